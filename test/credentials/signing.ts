import { createHash, createHmac } from 'node:crypto';

import { SignatureV4 } from '@smithy/signature-v4';

import { SigningKeyCache } from '../../lambdas/credentials/signing-key-cache';
import { verifySignature } from '../../lambdas/credentials/signature-v4';
import type {
  SignatureOptions,
  SigningKeySource,
  VerifiedSignature,
} from '../../lambdas/credentials/signature-v4';
import type { HttpRequest } from '../../lambdas/protocol/http';

/** Requests signed by AWS's own signer, in the form that a gateway hands over. */

export const ACCESS_KEY_ID = 'AKIDEXAMPLE';
export const SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const NOW = Date.UTC(2026, 10, 22, 1, 30, 0);

/** SHA-256 as the signer wants it. */
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

export interface PlainRequest {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SigningOptions {
  readonly service?: string;
  readonly region?: string;
  readonly sessionToken?: string;
  readonly signedAt?: number;
  readonly secretAccessKey?: string;
  /** Sends and signs `x-amz-content-sha256`. */
  readonly applyChecksum?: boolean;
}

function signerOf(options: SigningOptions): SignatureV4 {
  return new SignatureV4({
    service: options.service ?? 'iam',
    region: options.region ?? 'us-east-1',
    credentials: {
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey: options.secretAccessKey ?? SECRET_ACCESS_KEY,
      ...(options.sessionToken !== undefined && { sessionToken: options.sessionToken }),
    },
    sha256: Sha256 as never,
    applyChecksum: options.applyChecksum ?? true,
  });
}

function unsigned(request: PlainRequest) {
  return {
    method: request.method ?? 'GET',
    protocol: 'http:',
    hostname: 'api.example.com',
    path: request.path ?? '/',
    query: { ...request.query },
    headers: { host: 'api.example.com', ...request.headers },
    ...(request.body !== undefined && { body: request.body }),
  };
}

interface SignedByClient {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

function received(signed: SignedByClient, body: string | undefined): HttpRequest {
  return {
    method: signed.method,
    path: signed.path,
    query: Object.entries(signed.query ?? {}).flatMap(([name, values]) =>
      [values ?? ''].flat().map((value): [string, string] => [name, value]),
    ),
    headers: new Map(
      Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body: Buffer.from(body ?? ''),
    sourceIp: '192.0.2.1',
    secureTransport: true,
    requestId: 'request-1',
  };
}

export async function sign(
  request: PlainRequest,
  options: SigningOptions = {},
): Promise<HttpRequest> {
  const signed = await signerOf(options).sign(unsigned(request), {
    signingDate: new Date(options.signedAt ?? NOW),
  });
  return received(signed, request.body);
}

export async function presign(
  request: PlainRequest,
  options: SigningOptions & { readonly expiresSeconds?: number } = {},
): Promise<HttpRequest> {
  const signed = await signerOf(options).presign(unsigned(request), {
    signingDate: new Date(options.signedAt ?? NOW),
    expiresIn: options.expiresSeconds ?? 60,
  });
  return received(signed, request.body);
}

export interface TestKey extends SigningKeySource {
  readonly owner: string;
}

export const KEY: TestKey = {
  owner: 'alice',
  keyVersion: '1',
  readSecretAccessKey: () => SECRET_ACCESS_KEY,
};

export function verify(
  request: HttpRequest,
  options: Partial<SignatureOptions<TestKey>> = {},
): Promise<VerifiedSignature<TestKey>> {
  return verifySignature(request, {
    services: ['iam'],
    now: NOW,
    findKey: (accessKeyId) => Promise.resolve(accessKeyId === ACCESS_KEY_ID ? KEY : undefined),
    signingKeys: new SigningKeyCache(),
    ...options,
  });
}

export function withHeader(request: HttpRequest, name: string, ...values: string[]): HttpRequest {
  const headers = new Map(request.headers);
  if (values.length === 0) {
    headers.delete(name);
  } else {
    headers.set(name, values);
  }
  return { ...request, headers };
}

export function header(request: HttpRequest, name: string): string {
  const value = request.headers.get(name)?.[0];
  if (value === undefined) {
    throw new TypeError(`no header ${name}`);
  }
  return value;
}

/** Puts another value in the place of a query parameter; undefined removes it. */
export function withParameter(
  request: HttpRequest,
  name: string,
  value: string | undefined,
): HttpRequest {
  const others = request.query.filter(([other]) => other !== name);
  return { ...request, query: value === undefined ? others : [...others, [name, value]] };
}

/** The code and message with which the request is refused. */
export async function refusal(
  request: HttpRequest,
  options: Partial<SignatureOptions<TestKey>> = {},
): Promise<{ code: string; message: string }> {
  try {
    await verify(request, options);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  throw new Error('the request was accepted');
}
