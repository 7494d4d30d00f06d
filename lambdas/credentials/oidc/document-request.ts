import { lookup as lookupHost, type LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { IssuerUnavailable } from './issuer-errors';
import type { IssuerReach } from './issuer-url';
import { isLoopbackAddress, isPublicAddress } from './public-address';

/** How addresses of a host are found; {@link lookupHost} with `all`. */
export type FindAddresses = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface DocumentRequestOptions extends IssuerReach {
  /** Bytes of the body. */
  readonly maximumBytes: number;
  /** Of the whole exchange, not of a silence in it. */
  readonly signal: AbortSignal;
  readonly findAddresses?: FindAddresses;
  /** Certificates (PEM) that are trusted instead of the public roots. */
  readonly certificateAuthorities?: readonly string[];
}

/**
 * One document of an issuer. Only 200 is an answer: a redirect would lead where nobody has looked.
 *
 * Invariant: the address that was looked at is the one that is connected to, so that a name which answers differently the second time
 * gains nothing.
 *
 * Errors: {@link IssuerUnavailable}.
 */
export async function requestDocument(url: URL, options: DocumentRequestOptions): Promise<string> {
  const isLoopback = checkUrl(url, options);
  try {
    return await send(url, isLoopback, options);
  } catch (error) {
    if (error instanceof IssuerUnavailable) throw error;
    throw new IssuerUnavailable(`${url.host} did not answer`, true, { cause: error });
  }
}

/** True where the document is on this machine. Errors: {@link IssuerUnavailable} for whatever must not be connected to. */
export function checkUrl(url: URL, { allowLoopback }: IssuerReach): boolean {
  const hostname = bareHost(url);
  const isLoopback = allowLoopback && (hostname === 'localhost' || isLoopbackAddress(hostname));
  const isPlain = url.protocol === 'http:';
  if ((isPlain && !isLoopback) || (!isPlain && url.protocol !== 'https:')) {
    throw new IssuerUnavailable(`${url.protocol}//${url.host} is not https`, false);
  }
  if (url.username !== '' || url.password !== '') {
    throw new IssuerUnavailable(`${url.host} is named together with credentials`, false);
  }
  if (isIP(hostname) !== 0 && !isLoopback) requirePublic(hostname, hostname);
  return isLoopback;
}

/** Without the brackets of an IPv6 address. */
export function bareHost({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function requirePublic(address: string, hostname: string): void {
  if (!isPublicAddress(address)) {
    throw new IssuerUnavailable(`${hostname} is at ${address}, which is not public`, false);
  }
}

function send(url: URL, isLoopback: boolean, options: DocumentRequestOptions): Promise<string> {
  const { signal, certificateAuthorities } = options;
  const init: RequestOptions = {
    method: 'GET',
    headers: { accept: 'application/json', 'accept-encoding': 'identity' },
    signal,
    lookup: createLookup(isLoopback, options),
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const sent =
      url.protocol === 'http:'
        ? requestHttp(url, init)
        : requestHttps(url, {
            ...init,
            minVersion: 'TLSv1.2',
            ...(certificateAuthorities !== undefined && {
              ca: [...certificateAuthorities],
              allowPartialTrustChain: true,
            }),
          });
    sent.on('error', reject);
    sent.on('response', (response) => {
      readBody(response, url, options.maximumBytes).then(resolve, (error: unknown) => {
        sent.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    sent.end();
  });
}

const findAddresses: FindAddresses = (hostname) =>
  new Promise((resolve, reject) => {
    lookupHost(hostname, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });

/** In place of the resolver that the connection would use: it connects to nothing that has not been looked at here. */
export function createLookup(
  isLoopback: boolean,
  options: Pick<DocumentRequestOptions, 'findAddresses'>,
): LookupFunction {
  const find = options.findAddresses ?? findAddresses;
  return (hostname, { all }, callback) => {
    find(hostname)
      .then((addresses) => {
        const [first] = addresses;
        if (first === undefined) throw new IssuerUnavailable(`${hostname} has no address`, true);
        for (const { address } of addresses) {
          if (!isLoopback) requirePublic(address, hostname);
          else if (!isLoopbackAddress(address)) {
            throw new IssuerUnavailable(`${hostname} is not this machine`, false);
          }
        }
        if (all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), '', 0);
      });
  };
}

async function readBody(
  response: IncomingMessage,
  { host, pathname }: URL,
  maximumBytes: number,
): Promise<string> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    const isTransient = statusCode >= 500 || statusCode === 429;
    throw new IssuerUnavailable(`${host} answered ${statusCode} for ${pathname}`, isTransient);
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new IssuerUnavailable(`${host} answered in an encoding of its own`, false);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maximumBytes) {
      throw new IssuerUnavailable(`${host} answered at too great a length`, false);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new IssuerUnavailable(`${host} answered no text`, false);
  }
}
