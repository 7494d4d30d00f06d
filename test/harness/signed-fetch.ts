import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

class Sha256 {
  readonly #hash;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(chunk: string | Uint8Array): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

/** What a request is made of besides its address. */
export interface SignedRequest {
  readonly service: string;
  readonly credentials: SigningCredentials;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a request, signed by AWS's own signer. */
export async function signHeaders(
  address: string,
  request: SignedRequest,
): Promise<Record<string, string>> {
  const url = new URL(address);
  const { service, credentials, method = 'POST', body, headers = {} } = request;
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials,
    sha256: Sha256 as never,
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...headers },
    ...(body !== undefined && { body }),
  });
  return signed.headers;
}

/** One request, signed by AWS's own signer. */
export async function fetchSigned(address: string, request: SignedRequest): Promise<Response> {
  const { method = 'POST', body } = request;
  const headers = await signHeaders(address, request);
  return fetch(address, { method, headers, ...(body !== undefined && { body }) });
}
