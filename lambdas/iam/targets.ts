import type { ConditionContext } from '../core/request-context';
import { iamArn } from '../identity/arns';
import type { GroupRecord, PolicyRecord, UserRecord } from '../identity/entities';
import {
  findAwsManagedPolicy,
  findGroup,
  findPolicy,
  findUser,
  findUserById,
  type Found,
} from '../identity/lookup';
import { resourceTagContext } from '../identity/tags';
import type { Authorization, Call, Checked } from '../operations/operation';
import { invalidArn, noSuchEntity, noSuchPolicy, userNameNeeded } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';

/*
 * What operations are about: users, groups and policies, found once per attempt, for the authorization and for the function.
 * An entity that does not exist is authorized under the ARN that it would have at the root path.
 */

/** The members of a row's authorization that differ between operations on the same kind of resource. */
type Details<Input> = Partial<
  Pick<Authorization<Input>, 'conditionKeys' | 'context' | 'resourceName'>
>;

const RESOURCE_TAG_KEYS = ['aws:ResourceTag/${TagKey}', 'iam:ResourceTag/${TagKey}'];

/** For an operation that AWS knows no resource for. */
export function onEverything<Input>(action: string): Authorization<Input> {
  return { action, resourceType: '*', resources: () => ['*'], conditionKeys: [] };
}

/** On the user that the input names; on the caller itself where the operation lets it leave the name out. */
export function onUser<Input extends { UserName?: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  return {
    action,
    resourceType: 'user',
    resources: async (input, call) => [await userArnOf(call, nameIn(input))],
    resourceName: (input, call) => `user ${userNameOf(call, nameIn(input)) ?? call.accountId}`,
    conditionKeys: [...RESOURCE_TAG_KEYS, ...(details.conditionKeys ?? [])],
    context: async (input, call) => ({
      ...resourceTagContext((await findSubject(call, nameIn(input)))?.entity.Tags ?? []),
      ...(await details.context?.(input, call)),
    }),
  };
}

/** On the group that the input names. */
export function onGroup<Input extends { GroupName: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  const nameOf = (input: Checked<Input>): string => (input as { GroupName: string }).GroupName;
  return {
    action,
    resourceType: 'group',
    resources: async (input, call) => [
      (await findGroup(call, nameOf(input)))?.arn ?? iamArn(call, 'group', '/', nameOf(input)),
    ],
    resourceName: (input) => `group ${nameOf(input)}`,
    conditionKeys: details.conditionKeys ?? [],
    context: details.context,
  };
}

/** On the managed policy whose ARN the input has. */
export function onPolicy<Input extends { PolicyArn: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  const arnOf = (input: Checked<Input>): string => (input as { PolicyArn: string }).PolicyArn;
  return {
    action,
    resourceType: 'policy',
    resources: (input) => {
      checkPolicyArn(arnOf(input));
      return [arnOf(input)];
    },
    resourceName: (input) => `policy ${arnOf(input)}`,
    conditionKeys: [...RESOURCE_TAG_KEYS, ...(details.conditionKeys ?? [])],
    context: async (input, call) => ({
      ...resourceTagContext((await findPolicy(call, arnOf(input)))?.entity.Tags ?? []),
      ...(await details.context?.(input, call)),
    }),
  };
}

/** `iam:PolicyARN` of operations that attach and detach. */
export function policyArnContext(input: { readonly PolicyArn: string }): ConditionContext {
  checkPolicyArn(input.PolicyArn);
  return { 'iam:PolicyARN': input.PolicyArn };
}

/** `iam:PermissionsBoundary` of operations on a user: the boundary that the user has. */
export async function boundaryContext(
  input: { readonly UserName: string },
  call: Call,
): Promise<ConditionContext> {
  const boundary = (await findUser(call, input.UserName))?.entity.PermissionsBoundary;
  return boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary.PolicyArn };
}

export async function requireUser(call: Call, userName: string): Promise<Found<UserRecord>> {
  return requireFound(await findUser(call, userName), userName);
}

/** The user of that name; without a name, the caller, or undefined for the root user. Errors: NoSuchEntity. */
export async function requireSubject(
  call: Call,
  userName: string | undefined,
): Promise<Found<UserRecord> | undefined> {
  const name = userNameOf(call, userName);
  return name === undefined ? undefined : requireFound(await findSubject(call, userName), name);
}

/**
 * As {@link requireSubject}, undefined also for a user that does not exist. The caller is found by its id: its name may be
 * somebody else's by now.
 */
async function findSubject(
  call: Call,
  userName: string | undefined,
): Promise<Found<UserRecord> | undefined> {
  if (userName !== undefined) {
    return findUser(call, userName);
  }
  return userNameOf(call, userName) === undefined
    ? undefined
    : findUserById(call, call.caller.userId);
}

function requireFound(user: Found<UserRecord> | undefined, userName: string): Found<UserRecord> {
  if (user === undefined) {
    throw noSuchEntity('user', userName);
  }
  return user;
}

export async function requireGroup(call: Call, groupName: string): Promise<Found<GroupRecord>> {
  const group = await findGroup(call, groupName);
  if (group === undefined) {
    throw noSuchEntity('group', groupName);
  }
  return group;
}

/** A customer managed policy, for operations that change it. */
export async function requirePolicy(call: Call, policyArn: string): Promise<Found<PolicyRecord>> {
  if (findAwsManagedPolicy(call, policyArn) !== undefined) {
    throw new IamError(
      'AccessDenied',
      `Policy ${policyArn} is managed by AWS and cannot be changed.`,
    );
  }
  const policy = await findPolicy(call, policyArn);
  if (policy === undefined) {
    throw noSuchPolicy(policyArn);
  }
  return policy;
}

/** The name of the user that an operation is about; undefined for the root user, which has none. Errors: ValidationError for a role. */
function userNameOf(call: Call, userName: string | undefined): string | undefined {
  if (userName !== undefined) {
    return userName;
  }
  switch (call.caller.principal.type) {
    case 'Root':
      return undefined;
    case 'User':
      if (call.caller.userName === undefined) {
        throw new Error('a caller of the type User has a name');
      }
      return call.caller.userName;
    case 'AssumedRole':
    case 'FederatedUser':
      throw userNameNeeded();
  }
}

async function userArnOf(call: Call, userName: string | undefined): Promise<string> {
  const name = userNameOf(call, userName);
  if (name === undefined) {
    return call.caller.principal.arn;
  }
  return (await findSubject(call, userName))?.arn ?? iamArn(call, 'user', '/', name);
}

function nameIn(input: unknown): string | undefined {
  return (input as { readonly UserName?: string }).UserName;
}

/** Errors: ValidationError for what is no ARN, InvalidInput for the ARN of something else. */
export function checkPolicyArn(policyArn: string): void {
  const parts = policyArn.split(':', 7);
  if (parts.length < 6 || parts[0] !== 'arn') {
    throw invalidArn();
  }
  const [, , service, region, accountId, resource] = parts;
  if (
    parts.length > 6 ||
    service !== 'iam' ||
    region !== '' ||
    !/^(?:\d{12}|aws)$/.test(accountId ?? '') ||
    !/^policy\/[!-~]+$/.test(resource ?? '')
  ) {
    throw new IamError('InvalidInput', `ARN ${policyArn} is not valid.`);
  }
}
