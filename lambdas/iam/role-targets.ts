import type { ConditionContext } from '../core/request-context';
import { iamArn } from '../identity/arns';
import type { Found } from '../identity/lookup';
import type { InstanceProfileRecord, RoleRecord } from '../identity/role-entities';
import { findInstanceProfile, findRole } from '../identity/role-lookup';
import { resourceTagContext } from '../identity/tags';
import type { Authorization, Call, Checked } from '../operations/operation';
import { noSuchEntity } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';

/*
 * Roles and instance profiles that operations are about, found once per attempt. One that does not exist is authorized under
 * the ARN that it would have at the root path.
 */

/** The members of a row's authorization that differ between operations on the same kind of resource. */
type Details<Input> = Partial<
  Pick<Authorization<Input>, 'conditionKeys' | 'context' | 'passedRole'>
>;

/** On the role that the input names. */
export function onRole<Input extends { RoleName: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  const nameOf = (input: Checked<Input>): string => (input as { RoleName: string }).RoleName;
  return {
    action,
    resourceType: 'role',
    resources: async (input, call) => [await roleArnOf(call, nameOf(input))],
    resourceName: (input) => `role ${nameOf(input)}`,
    conditionKeys: [
      'aws:ResourceTag/${TagKey}',
      'iam:ResourceTag/${TagKey}',
      ...(details.conditionKeys ?? []),
    ],
    context: async (input, call) => ({
      ...resourceTagContext((await findRole(call, nameOf(input)))?.entity.Tags ?? []),
      ...(await details.context?.(input, call)),
    }),
  };
}

/** As {@link onRole}, with `iam:PermissionsBoundary`: the boundary that the role has. */
export function onBoundedRole<Input extends { RoleName: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  return onRole<Input>(action, {
    conditionKeys: ['iam:PermissionsBoundary', ...(details.conditionKeys ?? [])],
    context: async (input, call) => ({
      ...(await roleBoundaryContext(call, (input as { RoleName: string }).RoleName)),
      ...(await details.context?.(input, call)),
    }),
  });
}

async function roleBoundaryContext(call: Call, roleName: string): Promise<ConditionContext> {
  const boundary = (await findRole(call, roleName))?.entity.PermissionsBoundary;
  return boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary.PolicyArn };
}

/** On the instance profile that the input names. */
export function onInstanceProfile<Input extends { InstanceProfileName: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  const nameOf = (input: Checked<Input>): string =>
    (input as { InstanceProfileName: string }).InstanceProfileName;
  return {
    action,
    resourceType: 'instance-profile',
    resources: async (input, call) => [
      (await findInstanceProfile(call, nameOf(input)))?.arn ??
        iamArn(call, 'instance-profile', '/', nameOf(input)),
    ],
    resourceName: (input) => `instance profile ${nameOf(input)}`,
    conditionKeys: ['aws:ResourceTag/${TagKey}', ...(details.conditionKeys ?? [])],
    context: async (input, call) => {
      const tags = (await findInstanceProfile(call, nameOf(input)))?.entity.Tags ?? [];
      return {
        ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
        ...(await details.context?.(input, call)),
      };
    },
    ...(details.passedRole === undefined ? {} : { passedRole: details.passedRole }),
  };
}

export async function requireRole(call: Call, roleName: string): Promise<Found<RoleRecord>> {
  const role = await findRole(call, roleName);
  if (role === undefined) {
    throw noSuchEntity('role', roleName);
  }
  return role;
}

/** Errors: NoSuchEntity; UnmodifiableEntity for the role of a service, which the service alone changes. */
export async function requireModifiableRole(
  call: Call,
  roleName: string,
): Promise<Found<RoleRecord>> {
  const role = await requireRole(call, roleName);
  refuseLinked(role);
  return role;
}

/** Errors: UnmodifiableEntity. */
export function refuseLinked({ entity }: Found<RoleRecord>): void {
  if (entity.LinkedService !== undefined) {
    throw new IamError(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${entity.RoleName}' - this role is only modifiable by AWS`,
    );
  }
}

export async function requireInstanceProfile(
  call: Call,
  name: string,
): Promise<Found<InstanceProfileRecord>> {
  const profile = await findInstanceProfile(call, name);
  if (profile === undefined) {
    throw new IamError('NoSuchEntity', `Instance Profile ${name} cannot be found.`);
  }
  return profile;
}

export async function roleArnOf(call: Call, roleName: string): Promise<string> {
  return (await findRole(call, roleName))?.arn ?? iamArn(call, 'role', '/', roleName);
}
