import type { SessionTag } from '../credentials/session-claims';
import type { ConditionContext, Principal } from '../core/request-context';
import { requestTagContext, resourceTagContext } from '../identity/tags';
import { evaluateTrust, type TrustAction } from '../identity/trust';
import type { UnsignedCall } from '../operations/operation';
import { IamError } from '../protocol/errors';
import {
  findTargetRole,
  issueRoleSession,
  readRoleArn,
  type IssuedRoleSession,
} from './role-sessions';

/* What AssumeRoleWithSAML and AssumeRoleWithWebIdentity share, once their token has been verified. */

/** Whom an identity provider has vouched for. */
export interface FederatedIdentity {
  readonly principal: Extract<Principal, { type: 'WebIdentityUser' | 'SAMLUser' }>;
  /** Of the session's keys: `aws:FederatedProvider`. */
  readonly federatedProvider: string;
  /** Condition keys of the provider alone; the session keeps them. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string | undefined;
}

export interface AskedFederatedRole {
  readonly action: Extract<TrustAction, 'sts:AssumeRoleWithSAML' | 'sts:AssumeRoleWithWebIdentity'>;
  readonly roleArn: string;
  readonly identity: FederatedIdentity;
  readonly sessionName: string;
  readonly durationSeconds?: number | undefined;
  /** What the provider allows besides the role. */
  readonly maximumSeconds?: number | undefined;
  readonly policy?: string | undefined;
  readonly policyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
}

/**
 * A session of a role for somebody without an identity of the account's own: the role's trust policy alone decides. A role that is not
 * there is refused in the same words as one that does not trust.
 *
 * Errors: AccessDenied, and those of issueRoleSession.
 */
export async function assumeFederatedRole(
  call: UnsignedCall,
  asked: AskedFederatedRole,
): Promise<IssuedRoleSession> {
  const { identity } = asked;
  const target = readRoleArn(call.partition, asked.roleArn);
  const role = await findTargetRole(call, target);
  if (role === undefined) {
    throw notAuthorized(asked.action);
  }
  const context = {
    ...identity.context,
    ...resourceTagContext(role.entity.Tags),
    ...sessionContext(asked),
    ...call.requestContext,
  };
  for (const action of actionsOf(asked)) {
    const { decision } = evaluateTrust(role.entity, {
      action,
      principal: identity.principal,
      roleArn: role.arn,
      accountId: target.accountId,
      context,
    });
    if (decision !== 'allowed') {
      throw notAuthorized(action);
    }
  }
  return issueRoleSession(call, {
    role,
    accountId: target.accountId,
    sessionName: asked.sessionName,
    durationSeconds: asked.durationSeconds,
    maximumSeconds: asked.maximumSeconds,
    policy: asked.policy,
    policyArns: asked.policyArns,
    tags: identity.tags,
    transitiveTagKeys: identity.transitiveTagKeys,
    sourceIdentity: identity.sourceIdentity,
    federatedProvider: identity.federatedProvider,
    context: identity.context,
  });
}

/** A provider that hands on tags, or a source identity, must be trusted with that as well. */
function actionsOf({ action, identity }: AskedFederatedRole): readonly TrustAction[] {
  return [
    action,
    ...(identity.tags.length > 0 ? (['sts:TagSession'] as const) : []),
    ...(identity.sourceIdentity === undefined ? [] : (['sts:SetSourceIdentity'] as const)),
  ];
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
function sessionContext({ identity, sessionName }: AskedFederatedRole): ConditionContext {
  const { tags, transitiveTagKeys, sourceIdentity } = identity;
  return {
    'aws:FederatedProvider': identity.federatedProvider,
    'sts:RoleSessionName': sessionName,
    ...requestTagContext([...tags]),
    ...(transitiveTagKeys.length === 0 ? {} : { 'sts:TransitiveTagKeys': transitiveTagKeys }),
    ...(sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity }),
  };
}

/** As AWS says it to those who have no ARN yet. */
function notAuthorized(action: string): IamError {
  return new IamError('AccessDenied', `Not authorized to perform ${action}`);
}
