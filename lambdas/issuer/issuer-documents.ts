import { ISSUER_ALGORITHMS } from '../identity/issuer-entities';
import { loadSigningKeys, publishedKeys } from '../identity/issuer-signing-keys';
import type { HttpRequest, HttpResponse } from '../protocol/http';
import { issuerKey } from '../store/keys';
import type { Store } from '../store/store';

export interface IssuerDocumentsOptions {
  readonly store: Store;
  /** What the URL of every issuer begins with, without a slash at its end. */
  readonly issuersUrl: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Shorter than the time for which a new key is published before it signs. */
const MAX_AGE_SECONDS = 300;

const PATH = /\/issuers\/([0-9a-f]{32})\/\.well-known\/(openid-configuration|jwks\.json)$/;

/**
 * What everybody may read of the deployment's issuers: who they are, and the public keys of their tokens.
 *
 * Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig and RFC 7517
 */
export class IssuerDocuments {
  constructor(private readonly options: IssuerDocumentsOptions) {}

  /** Errors: StoreUnavailable. */
  async handle({ method, path }: Pick<HttpRequest, 'method' | 'path'>): Promise<HttpResponse> {
    const [, issuerId, document] = PATH.exec(path) ?? [];
    if (issuerId === undefined || (method !== 'GET' && method !== 'HEAD')) {
      return notFound();
    }
    const issuer = await this.options.store.get(issuerKey(issuerId), { consistent: false });
    if (issuer === undefined) {
      return notFound();
    }
    return document === 'jwks.json'
      ? answer(await this.#readKeySet(issuerId))
      : answer(this.#describe(issuerId));
  }

  #describe(issuerId: string): object {
    const issuer = `${this.options.issuersUrl}/${issuerId}`;
    return {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ISSUER_ALGORITHMS,
      claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'],
    };
  }

  async #readKeySet(issuerId: string): Promise<object> {
    const keys = await loadSigningKeys(this.options.store, issuerId);
    return {
      keys: publishedKeys(keys, this.options.now()).map(
        ({ PublicKey }) => JSON.parse(PublicKey) as unknown,
      ),
    };
  }
}

function answer(document: object): HttpResponse {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
      // Browsers verify tokens too.
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    },
    body: JSON.stringify(document),
  };
}

function notFound(): HttpResponse {
  return {
    statusCode: 404,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ message: 'Not Found' }),
  };
}
