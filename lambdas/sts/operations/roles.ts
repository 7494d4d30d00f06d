import { AssumeRole$, type AssumeRoleRequest, type AssumeRoleResponse } from '@aws-sdk/client-sts';
import type { ConditionContext } from '../../core/request-context';
import { resourceTagContext, requestTagContext } from '../../identity/tags';
import { compileTrustPolicy } from '../../identity/trust';
import type { Found } from '../../identity/lookup';
import type { RoleRecord } from '../../identity/role-entities';
import type { Call, Checked, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { proveMultiFactor } from '../multi-factor';
import { findTargetRole, issueRoleSession, readRoleArn } from '../role-sessions';
import { inheritedTags } from '../session-tags';

type Input = Checked<AssumeRoleRequest>;

/**
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html and
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse> = {
  name: 'AssumeRole',
  schema: AssumeRole$,
  accessLevel: 'Write',
  route: 'POST /roles/{RoleArn}/sessions',
  authorization: {
    action: 'sts:AssumeRole',
    resourceType: 'role',
    resources: ({ RoleArn }, call) => [readRoleArn(call.partition, RoleArn).arn],
    furtherActions: (input, call) => furtherActions(input, call),
    conditionKeys: [
      'aws:RequestTag/${TagKey}',
      'aws:ResourceTag/${TagKey}',
      'aws:TagKeys',
      'iam:ResourceTag/${TagKey}',
      'sts:ExternalId',
      'sts:RoleSessionName',
      'sts:SourceIdentity',
      'sts:TransitiveTagKeys',
    ],
    context: async (input, call) => ({
      ...resourceTagContext((await roleOf(input, call))?.entity.Tags ?? []),
      ...requestTagContext(input.Tags),
      ...textKey('sts:ExternalId', input.ExternalId),
      ...textKey('sts:RoleSessionName', input.RoleSessionName),
      ...textKey('sts:SourceIdentity', sourceIdentityOf(input, call)),
      ...((input.TransitiveTagKeys ?? []).length === 0
        ? {}
        : { 'sts:TransitiveTagKeys': input.TransitiveTagKeys ?? [] }),
    }),
    provenContext: (input, call) => multiFactorContext(input, call),
    ownPolicy: async (input, call) => {
      const role = await roleOf(input, call);
      return {
        accountId: readRoleArn(call.partition, input.RoleArn).accountId,
        policy: role && compileTrustPolicy(role.entity),
      };
    },
  },
  errors: [
    'ExpiredToken',
    'InvalidParameterValue',
    'MalformedPolicyDocument',
    'PackedPolicyTooLarge',
    'ValidationError',
  ],
  run: async (input, call) => {
    refuseContexts(input);
    const role = await roleOf(input, call);
    if (role === undefined) {
      throw new Error('a role that is not there has been authorized');
    }
    return issueRoleSession(call, {
      role,
      accountId: readRoleArn(call.partition, input.RoleArn).accountId,
      sessionName: input.RoleSessionName,
      durationSeconds: input.DurationSeconds,
      policy: input.Policy,
      policyArns: input.PolicyArns,
      tags: input.Tags,
      transitiveTagKeys: input.TransitiveTagKeys,
      sourceIdentity: sourceIdentityOf(input, call),
      multiFactorAt: multiFactorAtOf(input, call),
      callerSession: call.caller.session,
      minimumTokenLength: input.MinimumSessionTokenSize,
    });
  },
};

async function multiFactorContext(input: Input, call: Call): Promise<ConditionContext> {
  const isProven = await proveMultiFactor(call, input);
  return isProven ? { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' } : {};
}

function roleOf(input: Input, call: Call): Promise<Found<RoleRecord> | undefined> {
  return findTargetRole(call, readRoleArn(call.partition, input.RoleArn));
}

/** A session that passes on tags, or a source identity, asks for the right to as much as one that brings its own. */
function furtherActions(input: Input, call: Call): readonly string[] {
  const isTagged = (input.Tags ?? []).length > 0 || inheritedTags(call.caller.session).length > 0;
  const hasSource = sourceIdentityOf(input, call) !== undefined;
  return [...(isTagged ? ['sts:TagSession'] : []), ...(hasSource ? ['sts:SetSourceIdentity'] : [])];
}

/**
 * Once it is set, it stays in all sessions that come of this one.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
function sourceIdentityOf(input: Input, call: Call): string | undefined {
  const { SourceIdentity: asked } = input;
  const present = call.caller.session?.sourceIdentity;
  if (asked !== undefined && present !== undefined && asked !== present) {
    throw new IamError('AccessDenied', 'The source identity of a session cannot be changed.');
  }
  if (asked?.toLowerCase().startsWith('aws:') === true) {
    throw new IamError('ValidationError', 'A source identity cannot begin with aws:.');
  }
  return asked ?? present;
}

/** Epoch seconds. A second factor is that of a user: behind a second role, nobody knows who had it. */
function multiFactorAtOf({ TokenCode }: Input, call: Call): number | undefined {
  const { session } = call.caller;
  if (TokenCode !== undefined) {
    return Math.floor(call.now / 1000);
  }
  return session?.kind === 'user' ? session.multiFactorAt : undefined;
}

/** Only a trusted provider of AWS's own could have made one. */
function refuseContexts({ ProvidedContexts }: Input): void {
  if ((ProvidedContexts ?? []).length > 0) {
    throw new IamError('InvalidParameterValue', 'The provided contexts are not valid.');
  }
}

function textKey(key: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [key]: value };
}

export const roleOperations: readonly AnyOperation[] = [assumeRole];
