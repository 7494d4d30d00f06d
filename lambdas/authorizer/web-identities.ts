import { createHash } from 'node:crypto';
import { IdentityTokens, readIssuer } from '../credentials/oidc/identity-tokens';
import { TokenRefused } from '../credentials/oidc/issuer-errors';
import { IssuerKeys } from '../credentials/oidc/issuer-keys';
import { providerUrlOf, type IssuerReach } from '../credentials/oidc/issuer-url';
import type { Found } from '../identity/lookup';
import type { RoleRecord } from '../identity/role-entities';
import { findRole } from '../identity/role-lookup';
import { findProviderByUrl, isTrustedWebIdentity } from '../identity/web-identity';
import {
  type NamedRole,
  readDefaultRole,
  readRoleArn,
  trustKeysOf,
  type VerifiedWebIdentity,
  webIdentitySession,
  webIdentitySessionName,
} from '../identity/web-identity-session';
import { requestKeys } from '../protocol/request-keys';
import { encodeParts } from '../store/keys';
import type { Store } from '../store/store';
import type { GuardedRequest } from './events/guarded-request';
import { FreshnessCache } from './freshness-cache';
import { ROLE_HEADER, type WebIdentityProof, type WebIdentityProver } from './web-identity-proof';

export interface WebIdentitiesOptions extends IssuerReach {
  readonly store: Store;
  readonly stalenessSeconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How far the issuer's clock may be ahead of ours. Behind it must not be: a token that has expired is over. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** Less than the function has for a whole answer. */
const ISSUER_TIMEOUT_MILLISECONDS = 3000;

const BOUNDS = { entries: 5_000, bytes: 16 * 1024 * 1024 };
const ENTRY_BYTES = 4096;

interface Scope {
  readonly partition: string;
  readonly accountId: string;
}

/**
 * Whether a role trusts a token is decided for each request, as its policy may look at the request; providers and roles are read, and
 * tokens verified, at most once in `stalenessSeconds`.
 */
class WebIdentities implements WebIdentityProver {
  readonly #tokens: IdentityTokens;
  readonly #verified: FreshnessCache<VerifiedWebIdentity | undefined>;
  readonly #roles: FreshnessCache<Found<RoleRecord> | undefined>;

  constructor(private readonly options: WebIdentitiesOptions) {
    this.#tokens = new IdentityTokens({
      ...options,
      keys: new IssuerKeys({ ...options, timeoutMilliseconds: ISSUER_TIMEOUT_MILLISECONDS }),
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    });
    this.#verified = new FreshnessCache({ ...options, bounds: BOUNDS });
    this.#roles = new FreshnessCache({ ...options, bounds: BOUNDS });
  }

  async prove(request: GuardedRequest, token: string, now: number): Promise<WebIdentityProof> {
    const named = readRoleHeader(request);
    if (named === 'invalid') {
      return { refused: 'AccessDenied', message: `${ROLE_HEADER} is not the ARN of one role` };
    }
    const { partition } = request.gateway;
    const scope = { partition, accountId: named?.accountId ?? request.gateway.accountId };
    // Beside the provider, so that nobody waits for one after the other; whether it counts is decided below.
    const finding = named && this.#findRole(named);
    finding?.catch(() => undefined);
    const verified = await this.#verify(token, scope);
    if (verified === undefined) {
      return { refused: 'InvalidIdentityToken', message: 'the token proves nothing' };
    }
    if (!(now < verified.claims.expiresAt * 1000)) {
      return { refused: 'ExpiredToken', message: 'the token has expired' };
    }
    const asked = named ?? readDefaultRole(verified.provider);
    if (asked?.accountId !== scope.accountId || asked.partition !== partition) {
      return { refused: 'AccessDenied', message: 'no role of the provider’s account is named' };
    }
    const role = await (finding ?? this.#findRole(asked));
    return role !== undefined && isTrusted(request, { ...verified, role, ...scope, now })
      ? {
          claims: webIdentitySession(verified, role, scope.accountId),
          tokenClaims: verified.claims.tokenClaims,
          trustKeys: trustKeysOf(role.entity.AssumeRolePolicyDocument),
        }
      : { refused: 'AccessDenied', message: 'the role does not trust the token, or there is none' };
  }

  #verify(token: string, scope: Scope): Promise<VerifiedWebIdentity | undefined> {
    const key = encodeParts(scope.partition, scope.accountId, hashOf(token));
    return this.#verified.get(key, async () => ({
      value: await this.#verifyAnew(token, scope),
      bytes: ENTRY_BYTES + 4 * token.length,
    }));
  }

  async #verifyAnew(token: string, scope: Scope): Promise<VerifiedWebIdentity | undefined> {
    try {
      const url = providerUrlOf(readIssuer(token), this.options);
      const provider = url && (await findProviderByUrl(this.options.store, scope, url));
      if (!provider) {
        return undefined;
      }
      const { Url, ClientIDList, ThumbprintList } = provider.record;
      const trusted = { url: Url, clientIds: ClientIDList, thumbprints: ThumbprintList };
      return { provider, claims: await this.#tokens.verify(token, trusted) };
    } catch (error) {
      if (error instanceof TokenRefused) return undefined;
      throw error;
    }
  }

  /** By its ARN, letter by letter. */
  #findRole(asked: NamedRole): Promise<Found<RoleRecord> | undefined> {
    return this.#roles.get(encodeParts(asked.arn), async () => {
      const role = await findRole({ ...asked, store: this.options.store }, asked.name);
      return { value: role?.arn === asked.arn ? role : undefined, bytes: ENTRY_BYTES };
    });
  }
}

/** Made once for each execution environment: it holds the issuers' keys. */
export function createWebIdentityProver(options: WebIdentitiesOptions): WebIdentityProver {
  return new WebIdentities(options);
}

function isTrusted(
  request: GuardedRequest,
  asked: VerifiedWebIdentity & {
    readonly role: Found<RoleRecord>;
    readonly accountId: string;
    readonly now: number;
  },
): boolean {
  const { provider, claims, role, accountId, now } = asked;
  return isTrustedWebIdentity({
    provider,
    claims,
    role: role.entity,
    roleArn: role.arn,
    accountId,
    sessionName: webIdentitySessionName(claims.subject),
    requestContext: requestKeys(request.http, {
      region: request.gateway.region,
      resourceAccount: accountId,
      now,
    }),
  });
}

/** undefined where no role is named. */
function readRoleHeader({ http }: GuardedRequest): NamedRole | 'invalid' | undefined {
  const values = http.headers.get(ROLE_HEADER);
  if (values === undefined) {
    return undefined;
  }
  const [value = ''] = values;
  return (values.length === 1 ? readRoleArn(value) : undefined) ?? 'invalid';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
