import { createHash } from 'node:crypto';
import { parsePolicy } from '../core/parse';
import { variablesOf } from '../core/variables';
import type { IdentityClaims } from '../credentials/oidc/identity-claims';
import type { SessionClaims } from '../credentials/session-claims';
import type { Found } from './lookup';
import type { RoleRecord } from './role-entities';
import { webIdentityKeys, type FoundProvider } from './web-identity';

/* The session that the token of an OIDC provider is by itself, without a call of STS. */

/** What a token proves. */
export interface VerifiedWebIdentity {
  readonly provider: FoundProvider;
  readonly claims: IdentityClaims;
}

/** A role by its ARN. */
export interface NamedRole {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  readonly name: string;
}

/** The tag of a provider that holds the ARN of the role for callers who name none. */
const DEFAULT_ROLE_TAG = 'portcullis:default-role';

const ROLE_ARN = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:[!-~]*\/)?([\w+=,.@-]{1,64})$/;

/** As long as STS's own pattern lets a session's name be. */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const HASHED_PREFIX = 'sha256-';

export function readDefaultRole({ record }: FoundProvider): NamedRole | undefined {
  const tag = record.Tags.find(({ Key }) => Key === DEFAULT_ROLE_TAG);
  return tag && readRoleArn(tag.Value);
}

/** undefined for what is not the ARN of one role. */
export function readRoleArn(arn: string): NamedRole | undefined {
  const [, partition, accountId, name] = ROLE_ARN.exec(arn) ?? [];
  return partition === undefined || accountId === undefined || name === undefined
    ? undefined
    : { arn, partition, accountId, name };
}

/** Invariant: two subjects never have one name. */
export function webIdentitySessionName(subject: string): string {
  return SESSION_NAME.test(subject) && !subject.startsWith(HASHED_PREFIX)
    ? subject
    : HASHED_PREFIX + createHash('sha256').update(subject).digest('base64url');
}

/** Of a role that has been found to trust the token. */
export function webIdentitySession(
  { provider, claims }: VerifiedWebIdentity,
  role: Found<RoleRecord>,
  accountId: string,
): SessionClaims {
  return {
    kind: 'role',
    accountId,
    principalId: role.entity.RoleId,
    sessionName: webIdentitySessionName(claims.subject),
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

/** The condition keys of a trust policy, as it writes them: of all statements, whatever they are about, and of the variables in them. */
export function trustKeysOf(trustPolicy: string): readonly string[] {
  const statements = parsePolicy(trustPolicy, 'trust').document?.Statement ?? [];
  const entries = statements.flatMap(({ Condition = [] }) => Condition);
  return entries.flatMap(({ key, values }) => [key, ...values.flatMap(variablesOf)]);
}
