import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '../../lambdas/protocol/http';
import { ROOT, type Credentials } from './deployment';

class Sha256 {
  readonly #hash;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
}

export interface UnsignedRequest {
  readonly method?: string;
  readonly path?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Further ones, signed with the rest. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly service?: string;
  /** The service in the signature's scope; without it the service itself. */
  readonly signedFor?: string;
  readonly credentials?: Credentials;
  /** Epoch milliseconds. */
  readonly signedAt?: number;
}

let requests = 0;

/** Any request at all, rightly signed, as a gateway hands it over. */
export async function signedRequest(request: UnsignedRequest): Promise<HttpRequest> {
  const service = request.service ?? 'iam';
  const method = request.method ?? 'POST';
  const signer = new SignatureV4({
    service: request.signedFor ?? service,
    region: 'us-east-1',
    credentials: request.credentials ?? ROOT,
    sha256: Sha256 as never,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'https:',
      hostname: 'admin.example.com',
      path: request.path ?? `/${service}`,
      query: { ...request.query },
      headers: {
        host: 'admin.example.com',
        ...request.headers,
        ...(request.accept === undefined ? {} : { accept: request.accept }),
        ...(request.contentType === '' || method === 'GET'
          ? {}
          : { 'content-type': request.contentType ?? 'application/x-www-form-urlencoded' }),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    { signingDate: new Date(request.signedAt ?? Date.now()) },
  );
  return unsignedRequest({ ...request, headers: signed.headers });
}

/** The same without a signature, but for what `headers` have. */
export function unsignedRequest(request: UnsignedRequest): HttpRequest {
  requests += 1;
  return {
    method: request.method ?? 'POST',
    path: request.path ?? `/${request.service ?? 'iam'}`,
    query: Object.entries(request.query ?? {}).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    ),
    headers: new Map(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body: new Uint8Array(Buffer.from(request.body ?? '')),
    sourceIp: '192.0.2.1',
    secureTransport: true,
    requestId: `request-${requests}`,
  };
}
