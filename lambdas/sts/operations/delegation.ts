import {
  AssumeRoot$,
  GetDelegatedAccessToken$,
  type AssumeRootRequest,
  type AssumeRootResponse,
  type GetDelegatedAccessTokenRequest,
  type GetDelegatedAccessTokenResponse,
} from '@aws-sdk/client-sts';
import { describeDenial } from '../../core/access-denied';
import type { ConditionContext } from '../../core/request-context';
import { rootArn } from '../../identity/arns';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';

/*
 * What only an organization, or a partner's delegation, could lead to. No account here is a member of an organization, and no
 * delegation is ever accepted, so the answers are those of AWS to accounts like these.
 */

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
const assumeRoot: Operation<AssumeRootRequest, AssumeRootResponse> = {
  name: 'AssumeRoot',
  schema: AssumeRoot$,
  accessLevel: 'Write',
  route: 'POST /root-sessions',
  authorization: {
    action: 'sts:AssumeRoot',
    resourceType: 'root-user',
    resources: ({ TargetPrincipal }, call) => [readTarget(TargetPrincipal, call)],
    conditionKeys: ['sts:TaskPolicyArn'],
    context: ({ TaskPolicyArn }): ConditionContext =>
      TaskPolicyArn.arn === undefined ? {} : { 'sts:TaskPolicyArn': TaskPolicyArn.arn },
  },
  errors: ['AccessDenied', 'ValidationError'],
  run: ({ TargetPrincipal, TaskPolicyArn }, call) => {
    requireTaskPolicy(TaskPolicyArn.arn, call);
    const question = {
      principal: call.caller.principal,
      action: 'sts:AssumeRoot',
      resource: readTarget(TargetPrincipal, call),
      resourceAccount: call.accountId,
      context: {},
    };
    const denial = describeDenial(question, { decision: 'implicitDeny', because: [] });
    return Promise.reject(new IamError('AccessDenied', denial));
  },
};

/** The ARN of a member account's root, from that ARN or from the account's id. Errors: ValidationError. */
function readTarget(target: string, { partition }: Call): string {
  const [, accountId] = /^(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?$/.exec(target) ?? [];
  const arn = accountId === undefined ? undefined : rootArn({ partition, accountId });
  if (arn === undefined || (target !== accountId && target !== arn)) {
    throw new IamError('ValidationError', `${target} is invalid`);
  }
  return arn;
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html */
const TASK_POLICIES: readonly string[] = [
  'IAMAuditRootUserCredentials',
  'IAMCreateRootUserPassword',
  'IAMDeleteRootUserCredentials',
  'S3UnlockBucketPolicy',
  'SQSUnlockQueuePolicy',
];

function requireTaskPolicy(policyArn: string | undefined, { partition }: Call): void {
  const prefix = `arn:${partition}:iam::aws:policy/root-task/`;
  if (!TASK_POLICIES.some((name) => policyArn === prefix + name)) {
    throw new IamError('ValidationError', `${policyArn ?? 'TaskPolicyArn'} is invalid`);
  }
}

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html */
const getDelegatedAccessToken: Operation<
  GetDelegatedAccessTokenRequest,
  GetDelegatedAccessTokenResponse
> = {
  name: 'GetDelegatedAccessToken',
  schema: GetDelegatedAccessToken$,
  accessLevel: 'Write',
  route: 'POST /delegated-access-tokens',
  authorization: {
    action: 'sts:GetDelegatedAccessToken',
    resourceType: '*',
    resources: () => ['*'],
    conditionKeys: [],
  },
  errors: ['ExpiredTradeInTokenException'],
  run: () =>
    Promise.reject(
      new IamError(
        'ExpiredTradeInTokenException',
        'The trade-in token provided in the request has expired and can no longer be exchanged for credentials. Request a new token and retry the operation.',
      ),
    ),
};

export const delegationOperations: readonly AnyOperation[] = [assumeRoot, getDelegatedAccessToken];
