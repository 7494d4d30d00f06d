import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** What a client sends, as it goes over the wire. */
export interface ClientRequest {
  readonly method: string;
  readonly host: string;
  /** Percent-encoded as the client chose. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ClientSigning {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly service?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether the signature goes into the query. */
  readonly isPresigned?: boolean;
}

/** The hash of the SDK's interface on top of Node's own. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

/** The request with a signature of the SDK's own signer. */
export async function signRequest(
  request: ClientRequest,
  signing: ClientSigning,
): Promise<ClientRequest> {
  const { accessKeyId, secretAccessKey, sessionToken } = signing;
  const signer = new SignatureV4({
    service: signing.service ?? 'execute-api',
    region: 'eu-west-1',
    sha256: Sha256 as never,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  });
  const plain = {
    method: request.method,
    protocol: 'https:',
    hostname: request.host,
    path: request.path,
    query: { ...request.query },
    headers: { host: request.host, ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
  };
  const signingDate = new Date(signing.now);
  const signed =
    signing.isPresigned === true
      ? await signer.presign(plain, { signingDate, expiresIn: 300 })
      : await signer.sign(plain, { signingDate });
  const query = Object.entries(signed.query ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    ...request,
    query: Object.fromEntries(query) as Record<string, string>,
    headers: Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
}

/** The query as it goes over the wire. */
export function rawQueryOf({ query }: ClientRequest): string {
  return Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
