import { createHash } from 'node:crypto';
import { parsePolicy } from '../core/parse';
import { variablesOf } from '../core/variables';
import type { IdentityClaims } from '../credentials/oidc/identity-claims';
import { IdentityTokens, readIssuer } from '../credentials/oidc/identity-tokens';
import { TokenRefused } from '../credentials/oidc/issuer-errors';
import { IssuerKeys } from '../credentials/oidc/issuer-keys';
import { providerUrlOf, type IssuerReach } from '../credentials/oidc/issuer-url';
import type { SessionClaims } from '../credentials/session-claims';
import type { Found } from '../identity/lookup';
import type { RoleRecord } from '../identity/role-entities';
import { findRole } from '../identity/role-lookup';
import {
  findProviderByUrl,
  isTrustedWebIdentity,
  webIdentityKeys,
  type FoundProvider,
} from '../identity/web-identity';
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

/** The tag of a provider that holds the ARN of the role for callers who name none. */
const DEFAULT_ROLE_TAG = 'portcullis:default-role';

const ROLE_ARN = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:[!-~]*\/)?([\w+=,.@-]{1,64})$/;

/** As long as STS's own pattern lets a session's name be. */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const HASHED_PREFIX = 'sha256-';

/** How far the issuer's clock may be ahead of ours. Behind it must not be: a token that has expired is over. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** Less than the function has for a whole answer. */
const ISSUER_TIMEOUT_MILLISECONDS = 3000;

const BOUNDS = { entries: 5_000, bytes: 16 * 1024 * 1024 };
const ENTRY_BYTES = 4096;

/** What a token proves. */
interface Verified {
  readonly provider: FoundProvider;
  readonly claims: IdentityClaims;
}

interface Scope {
  readonly partition: string;
  readonly accountId: string;
}

interface RoleName extends Scope {
  readonly arn: string;
  readonly name: string;
}

/**
 * Whether a role trusts a token is decided for each request, as its policy may look at the request; providers and roles are read, and
 * tokens verified, at most once in `stalenessSeconds`.
 */
class WebIdentities implements WebIdentityProver {
  readonly #tokens: IdentityTokens;
  readonly #verified: FreshnessCache<Verified | undefined>;
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
          claims: sessionOf(verified, role, scope.accountId),
          tokenClaims: verified.claims.tokenClaims,
          trustKeys: conditionKeysOf(role.entity.AssumeRolePolicyDocument),
        }
      : { refused: 'AccessDenied', message: 'the role does not trust the token, or there is none' };
  }

  #verify(token: string, scope: Scope): Promise<Verified | undefined> {
    const key = encodeParts(scope.partition, scope.accountId, hashOf(token));
    return this.#verified.get(key, async () => ({
      value: await this.#verifyAnew(token, scope),
      bytes: ENTRY_BYTES + 4 * token.length,
    }));
  }

  async #verifyAnew(token: string, scope: Scope): Promise<Verified | undefined> {
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
  #findRole(asked: RoleName): Promise<Found<RoleRecord> | undefined> {
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
  asked: Verified & {
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
    sessionName: sessionNameOf(claims.subject),
    requestContext: requestKeys(request.http, {
      region: request.gateway.region,
      resourceAccount: accountId,
      now,
    }),
  });
}

/** Of all statements, whatever they are about, and of the variables in them. */
function conditionKeysOf(trustPolicy: string): readonly string[] {
  const statements = parsePolicy(trustPolicy, 'trust').document?.Statement ?? [];
  const entries = statements.flatMap(({ Condition = [] }) => Condition);
  return entries.flatMap(({ key, values }) => [key, ...values.flatMap(variablesOf)]);
}

function sessionOf(
  { provider, claims }: Verified,
  role: Found<RoleRecord>,
  accountId: string,
): SessionClaims {
  return {
    kind: 'role',
    accountId,
    principalId: role.entity.RoleId,
    sessionName: sessionNameOf(claims.subject),
    // There are no credentials: nothing can be signed as this session.
    accessKeyId: '',
    secretAccessKey: '',
    issuedAt: claims.issuedAt,
    expiresAt: claims.expiresAt,
    tags: claims.tags,
    transitiveTagKeys: claims.transitiveTagKeys,
    sourceIdentity: claims.sourceIdentity,
    federatedProvider: provider.arn,
    isChained: false,
    context: webIdentityKeys(provider.record.Url, claims),
  };
}

/** undefined where no role is named. */
function readRoleHeader({ http }: GuardedRequest): RoleName | 'invalid' | undefined {
  const values = http.headers.get(ROLE_HEADER);
  if (values === undefined) {
    return undefined;
  }
  const [value = ''] = values;
  return (values.length === 1 ? readRoleArn(value) : undefined) ?? 'invalid';
}

function readDefaultRole({ record }: FoundProvider): RoleName | undefined {
  const tag = record.Tags.find(({ Key }) => Key === DEFAULT_ROLE_TAG);
  return tag && readRoleArn(tag.Value);
}

function readRoleArn(arn: string): RoleName | undefined {
  const [, partition, accountId, name] = ROLE_ARN.exec(arn) ?? [];
  return partition === undefined || accountId === undefined || name === undefined
    ? undefined
    : { arn, partition, accountId, name };
}

/** Invariant: two subjects never have one name. */
function sessionNameOf(subject: string): string {
  return SESSION_NAME.test(subject) && !subject.startsWith(HASHED_PREFIX)
    ? subject
    : HASHED_PREFIX + hashOf(subject);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
