import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { IssuerUnavailable } from '../../../lambdas/credentials/oidc/issuer-errors';
import { requestTrustedDocument } from '../../../lambdas/credentials/oidc/trusted-document';
import { INTERMEDIATE, LEAF, LEAF_KEY, OTHER_LEAF } from './server-certificates';

const servers: Server[] = [];

async function serve(certificates: string): Promise<{ url: URL; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer({ cert: certificates, key: LEAF_KEY }, (request, response) => {
    requests.push(request.url ?? '');
    response.end('{"a":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`https://127.0.0.1:${port}/keys`), requests };
}

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const thumbprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint.replaceAll(':', '').toLowerCase();

function request(url: URL, thumbprints: readonly string[]): Promise<string> {
  return requestTrustedDocument(url, thumbprints, {
    allowLoopback: true,
    maximumBytes: 1000,
    signal: AbortSignal.timeout(5000),
  });
}

describe('a server whose certificate leads to no public root', () => {
  test('is believed where the authority that it sends last has a configured thumbprint', async () => {
    const { url, requests } = await serve(LEAF + INTERMEDIATE);
    const stranger = '0'.repeat(40);
    await expect(request(url, [stranger, thumbprintOf(INTERMEDIATE)])).resolves.toBe('{"a":1}');
    expect(requests).toEqual(['/keys']);
  });

  test('is believed by its own thumbprint where it sends nothing else', async () => {
    const { url } = await serve(LEAF);
    await expect(request(url, [thumbprintOf(LEAF)])).resolves.toBe('{"a":1}');
  });

  test.each([
    ['without thumbprints', []],
    ['with another thumbprint', ['0'.repeat(40)]],
    ['with the thumbprint of the leaf below it', [thumbprintOf(LEAF)]],
  ])('is not believed %s, and is asked nothing', async (_name, thumbprints) => {
    const { url, requests } = await serve(LEAF + INTERMEDIATE);
    const failing = request(url, thumbprints);
    await expect(failing).rejects.toBeInstanceOf(IssuerUnavailable);
    await expect(failing).rejects.toMatchObject({ isTransient: false });
    expect(requests).toEqual([]);
  });

  test('is not believed for another host, whatever the thumbprint', async () => {
    const { url, requests } = await serve(OTHER_LEAF + INTERMEDIATE);
    await expect(request(url, [thumbprintOf(INTERMEDIATE)])).rejects.toBeInstanceOf(
      IssuerUnavailable,
    );
    expect(requests).toEqual([]);
  });

  test('is not believed where the authority that it sends has not signed its certificate', async () => {
    const { url, requests } = await serve(LEAF);
    await expect(request(url, [thumbprintOf(INTERMEDIATE)])).rejects.toBeInstanceOf(
      IssuerUnavailable,
    );
    expect(requests).toEqual([]);
  });
});
