import type { SessionClaims, SessionTag } from '../credentials/session-claims';
import { roleSessionArn } from '../identity/arns';
import type { CallerSession } from '../identity/caller';
import type { AccountScope, Found } from '../identity/lookup';
import type { RoleRecord } from '../identity/role-entities';
import { findRole } from '../identity/role-lookup';
import type { UnsignedCall } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { issueCredentials, type SessionCredentials } from './session-credentials';
import { measurePacked, readSessionPolicies } from './session-policies';
import { combineTags } from './session-tags';

/*
 * What every way of assuming a role shares: AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html
 */

/** A role as an ARN names it; the ARN may name nothing that is there. */
export interface RoleTarget {
  readonly arn: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** undefined where the ARN is of something else than a role. */
  readonly name: string | undefined;
}

/** Everything that a session of a role is asked with. */
export interface AskedRoleSession {
  readonly role: Found<RoleRecord>;
  /** The role's; twelve digits. */
  readonly accountId: string;
  readonly sessionName: string;
  /** Default: an hour. */
  readonly durationSeconds?: number | undefined;
  /** What somebody else allows besides the role: `SessionNotOnOrAfter` of a SAML assertion. A longer session is made shorter. */
  readonly maximumSeconds?: number | undefined;
  readonly policy?: string | undefined;
  readonly policyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
  readonly tags?: readonly SessionTag[] | undefined;
  readonly transitiveTagKeys?: readonly string[] | undefined;
  readonly sourceIdentity?: string | undefined;
  /** Epoch seconds. */
  readonly multiFactorAt?: number | undefined;
  readonly federatedProvider?: string | undefined;
  /** Condition keys of the identity provider. */
  readonly context?: SessionClaims['context'] | undefined;
  /** The caller's session, where it has one. */
  readonly callerSession?: CallerSession | undefined;
  readonly minimumTokenLength?: number | undefined;
}

export interface IssuedRoleSession extends SessionCredentials {
  readonly AssumedRoleUser: { readonly AssumedRoleId: string; readonly Arn: string };
  /** Absent where there is neither policy nor tag, as on AWS. */
  readonly PackedPolicySize?: number;
  readonly SourceIdentity?: string;
}

const DEFAULT_SECONDS = 3600;

/** Of a session that another session of a role asked for. */
const MAX_CHAINED_SECONDS = 3600;

/**
 * Reads a RoleArn. Errors: ValidationError for whatever is no ARN of IAM.
 *
 * What is an ARN of IAM, and not that of a role, is a role that is not there.
 */
export function readRoleArn(partition: string, roleArn: string): RoleTarget {
  const [, found, accountId, resource] =
    /^arn:([a-z-]+):iam::(\d{12}):([\u0021-\u007e]+)$/.exec(roleArn) ?? [];
  if (found !== partition || accountId === undefined || resource === undefined) {
    throw new IamError('ValidationError', `${roleArn} is invalid`);
  }
  const isRole = resource.startsWith('role/');
  const name = isRole ? resource.slice(resource.lastIndexOf('/') + 1) : '';
  return { arn: roleArn, accountId, name: /^[\w+=,.@-]{1,64}$/.test(name) ? name : undefined };
}

/** The role of exactly this ARN, path and case included; undefined where there is none. */
export async function findTargetRole(
  call: Pick<UnsignedCall, 'store' | 'partition'>,
  target: RoleTarget,
): Promise<Found<RoleRecord> | undefined> {
  if (target.name === undefined) {
    return undefined;
  }
  const role = await findRole(scopeOf(call, target.accountId), target.name);
  return role?.arn === target.arn ? role : undefined;
}

function scopeOf(
  { store, partition }: Pick<UnsignedCall, 'store' | 'partition'>,
  accountId: string,
): AccountScope {
  return { store, partition, accountId };
}

/**
 * Checks durations, session policies, tags and source identity, and issues the credentials. Whether the role may be assumed has been
 * decided before. Nothing is written.
 *
 * Errors: ValidationError, InvalidParameterValue, MalformedPolicyDocument, PackedPolicyTooLarge.
 */
export async function issueRoleSession(
  call: UnsignedCall,
  asked: AskedRoleSession,
): Promise<IssuedRoleSession> {
  const { role, accountId, sessionName, callerSession } = asked;
  const isChained = callerSession?.kind === 'role';
  const durationSeconds = readDuration(asked, isChained);
  const { tags, transitiveTagKeys } = combineTags(
    { tags: asked.tags ?? [], transitiveTagKeys: asked.transitiveTagKeys ?? [] },
    callerSession,
  );
  const policies = await readSessionPolicies(
    { ...call, accountId },
    {
      policy: asked.policy,
      policyArns: asked.policyArns,
    },
  );
  const packed = measurePacked(policies, tags);
  const { sourceIdentity } = asked;
  const issued = await issueCredentials(
    call,
    {
      kind: 'role',
      accountId,
      principalId: role.entity.RoleId,
      sessionName,
      policies,
      tags,
      transitiveTagKeys,
      sourceIdentity,
      multiFactorAt: asked.multiFactorAt,
      federatedProvider: asked.federatedProvider,
      isChained,
      context: asked.context ?? {},
    },
    { durationSeconds, minimumTokenLength: asked.minimumTokenLength },
  );
  return {
    ...issued,
    AssumedRoleUser: {
      AssumedRoleId: `${role.entity.RoleId}:${sessionName}`,
      Arn: roleSessionArn({ ...call, accountId }, role.entity.RoleName, sessionName),
    },
    ...(packed === 0 ? {} : { PackedPolicySize: packed }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

function readDuration(asked: AskedRoleSession, isChained: boolean): number {
  const { durationSeconds, maximumSeconds = Infinity } = asked;
  const { MaxSessionDuration } = asked.role.entity;
  if (durationSeconds !== undefined && durationSeconds > MaxSessionDuration) {
    throw new IamError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  if (isChained && durationSeconds !== undefined && durationSeconds > MAX_CHAINED_SECONDS) {
    throw new IamError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  return Math.min(durationSeconds ?? DEFAULT_SECONDS, maximumSeconds);
}
