import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A port could not be had; the message is for the person who started the run. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(readonly port: number) {
    super(`port ${port} is in use: stop what listens there, or choose another one with PORT`);
  }
}

/** Listens on loopback and nothing else; 0 takes any free port. Resolves with the port; rejects with PortTakenError. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port) : error);
    };
    server.once('error', refuse);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refuse);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening and ends every connection, open requests included. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** The whole body; undefined when it is larger than the limit. What comes after the limit is not kept. */
export async function readBody(
  request: IncomingMessage,
  maximumBytes: number,
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maximumBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The stream outlives the loop: the rest of a body that is too large is still taken in, so that the answer can be read.
  const chunksOfBody: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of chunksOfBody) {
    bytes += chunk.length;
    if (bytes > maximumBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
