import type { webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { SignJWT } from 'jose/jwt/sign';

/** A key of an issuer that a test has, with both halves. */
export interface TestKey {
  readonly keyId: string;
  readonly algorithm: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicJwk: JWK;
}

export async function createTestKey(keyId: string, algorithm = 'ES256'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' };
  return { keyId, algorithm, privateKey, publicJwk };
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An OpenID Connect provider on 127.0.0.1: discovery, keys, and whatever a test puts in their place. */
export class IssuerServer {
  readonly requests: string[] = [];
  keys: JWK[] = [];
  /** In place of the document of a path. */
  readonly answers = new Map<string, Answer>();
  /** For paths that it does not know. */
  onOther: Answer | undefined;
  readonly #server = createServer((request, response) => {
    const path = request.url ?? '';
    this.requests.push(path);
    const answer = this.answers.get(path);
    if (answer !== undefined) answer(request, response);
    else if (this.onOther === undefined || path === '/keys') this.#answer(path, response);
    else this.onOther(request, response);
  });

  static async start(): Promise<IssuerServer> {
    const issuer = new IssuerServer();
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Without its scheme, as providers keep it. */
  get url(): string {
    return `127.0.0.1:${this.port}`;
  }

  get issuer(): string {
    return `http://${this.url}`;
  }

  #answer(path: string, response: ServerResponse): void {
    const documents: Record<string, object | undefined> = {
      '/.well-known/openid-configuration': {
        issuer: this.issuer,
        jwks_uri: `${this.issuer}/keys`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
      '/keys': { keys: this.keys },
    };
    const document = documents[path];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  }

  async sign(
    key: TestKey,
    claims: Record<string, unknown>,
    header: Record<string, unknown> = {},
  ): Promise<string> {
    return new SignJWT({ iss: this.issuer, ...claims })
      .setProtectedHeader({ alg: key.algorithm, kid: key.keyId, typ: 'JWT', ...header })
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
