import type { ConditionContext } from '../core/request-context';
import type { SessionClaims } from '../credentials/session-claims';
import type { Found } from '../identity/lookup';
import type { RoleRecord } from '../identity/role-entities';
import { findInstanceProfile, findRoleById } from '../identity/role-lookup';
import { resourceTagContext } from '../identity/tags';
import { evaluateTrust } from '../identity/trust';
import type { WorkloadService } from '../identity/workload-services';
import { IamError } from '../protocol/errors';
import type { Store } from '../store/store';
import { findTargetRole, readRoleArn } from './role-sessions';
import { issueCredentials } from './session-credentials';

export interface AskedWorkloadSession {
  /** The ARN of a role, or of an instance profile, which is for instances alone. */
  readonly arn: string;
  readonly service: WorkloadService;
  /** `i-0123456789abcdef0`, the id of a task, …: what tells sessions of one role apart. */
  readonly sessionName: string;
  /** From 900 to the role's longest; an hour where it is left out. */
  readonly durationSeconds?: number | undefined;
}

export interface WorkloadSession {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** ISO 8601, to the second. */
  readonly Expiration: string;
  readonly RoleArn: string;
  readonly RoleName: string;
  readonly InstanceProfile?: { readonly Arn: string; readonly InstanceProfileId: string };
}

export interface WorkloadSessionOptions {
  readonly store: Store;
  readonly partition: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly sealSession: (claims: SessionClaims) => Promise<string>;
}

interface Target {
  readonly role: Found<RoleRecord>;
  readonly accountId: string;
  readonly instanceProfile?: { readonly Arn: string; readonly InstanceProfileId: string };
}

const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 900;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const INSTANCE_PROFILE =
  /^arn:([a-z-]+):iam::(\d{12}):instance-profile\/(?:[\u0021-\u007e]*\/)?([\w+=,.@-]{1,128})$/;

/**
 * A session of a role for a workload, as the service that runs it would get it: the role's trust policy must allow that service
 * `sts:AssumeRole`. Nothing is written. A role that is not there is refused in the same words as one that does not trust.
 *
 * Errors: AccessDenied, ValidationError.
 */
export async function issueWorkloadSession(
  options: WorkloadSessionOptions,
  asked: AskedWorkloadSession,
): Promise<WorkloadSession> {
  if (!SESSION_NAME.test(asked.sessionName)) {
    throw new IamError('ValidationError', 'The session name is invalid.');
  }
  const target = await findTarget(options, asked);
  if (target === undefined || !isTrusted(options, asked, target)) {
    throw new IamError(
      'AccessDenied',
      `${asked.service} is not authorized to perform: sts:AssumeRole on resource: ${asked.arn}`,
    );
  }
  const { role, accountId, instanceProfile } = target;
  const { Credentials } = await issueCredentials(
    options,
    {
      kind: 'role',
      accountId,
      principalId: role.entity.RoleId,
      sessionName: asked.sessionName,
      tags: [],
      transitiveTagKeys: [],
      isChained: false,
      context: {},
    },
    { durationSeconds: readDuration(asked, role.entity) },
  );
  return {
    AccessKeyId: Credentials.AccessKeyId,
    SecretAccessKey: Credentials.SecretAccessKey,
    SessionToken: Credentials.SessionToken,
    Expiration: toSeconds(Credentials.Expiration.getTime()),
    RoleArn: role.arn,
    RoleName: role.entity.RoleName,
    ...(instanceProfile === undefined ? {} : { InstanceProfile: instanceProfile }),
  };
}

async function findTarget(
  options: WorkloadSessionOptions,
  { arn, service }: AskedWorkloadSession,
): Promise<Target | undefined> {
  const [, partition, accountId, name] = INSTANCE_PROFILE.exec(arn) ?? [];
  if (accountId === undefined || name === undefined) {
    const target = readRoleArn(options.partition, arn);
    const role = await findTargetRole(options, target);
    return role && { role, accountId: target.accountId };
  }
  if (partition !== options.partition || service !== 'ec2.amazonaws.com') {
    throw new IamError('ValidationError', 'An instance profile is for instances alone.');
  }
  const scope = { store: options.store, partition, accountId };
  const profile = await findInstanceProfile(scope, name);
  if (profile?.arn !== arn || profile.entity.RoleId === undefined) {
    return undefined;
  }
  const role = await findRoleById(scope, profile.entity.RoleId);
  const { InstanceProfileId } = profile.entity;
  return role && { role, accountId, instanceProfile: { Arn: arn, InstanceProfileId } };
}

function isTrusted(
  options: WorkloadSessionOptions,
  { service, sessionName }: AskedWorkloadSession,
  { role, accountId }: Target,
): boolean {
  const context: ConditionContext = {
    ...resourceTagContext(role.entity.Tags),
    'aws:CurrentTime': toSeconds(options.now),
    'aws:EpochTime': String(Math.floor(options.now / 1000)),
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': service,
    'aws:RequestedRegion': options.region,
    'aws:ResourceAccount': accountId,
    'aws:SecureTransport': 'true',
    'sts:RoleSessionName': sessionName,
  };
  const { decision } = evaluateTrust(role.entity, {
    action: 'sts:AssumeRole',
    principal: { type: 'Service', service },
    roleArn: role.arn,
    accountId,
    context,
  });
  return decision === 'allowed';
}

function readDuration(
  { durationSeconds = DEFAULT_SECONDS }: AskedWorkloadSession,
  { MaxSessionDuration }: RoleRecord,
): number {
  if (
    !Number.isSafeInteger(durationSeconds) ||
    durationSeconds < SHORTEST_SECONDS ||
    durationSeconds > MaxSessionDuration
  ) {
    throw new IamError(
      'ValidationError',
      `The duration must be from ${SHORTEST_SECONDS} seconds to the MaxSessionDuration set for this role.`,
    );
  }
  return durationSeconds;
}

function toSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
