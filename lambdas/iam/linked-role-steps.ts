import { AWS_ACCOUNT_ID } from '../identity/aws-managed-policies';
import { iamArn } from '../identity/arns';
import { SERVICE_ROLE_PATH } from '../identity/linked-services';
import type { Found } from '../identity/lookup';
import { readAttachment, toAttributes } from '../identity/records';
import type { RoleRecord } from '../identity/role-entities';
import type { Step } from '../operations/commit';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';
import {
  attachmentKey,
  CHILD_PREFIX,
  deletionTaskKey,
  principalKey,
  principalPartition,
} from '../store/keys';
import { countStep, discountStep } from './account-steps';
import { findAttachable, releaseSteps, useSteps } from './attachable-policies';
import { readChildren } from './children';
import { releaseNameStep, takeNameStep } from './names';

/** How long one can ask what has become of a deletion. */
const TASK_SECONDS = 30 * 24 * 60 * 60;

/** The steps that make a service's role with its policy. */
export async function createLinkedRoleSteps(
  call: Call,
  role: RoleRecord,
  policyName: string,
): Promise<readonly Step[]> {
  const { RoleId: id, RoleName: name, Path: path } = role;
  const owner = { partition: call.partition, accountId: AWS_ACCOUNT_ID };
  const policyArn = iamArn(owner, 'policy', SERVICE_ROLE_PATH, policyName);
  const policy = await findAttachable(call, policyArn);
  if (policy === undefined) {
    throw new Error(`the policy ${policyName} of a service's role is not there`);
  }
  const taken = new IamError(
    'InvalidInput',
    `Service role name ${name} has been taken in this account, please try a different suffix.`,
  );
  return [
    takeNameStep(call, 'Role', { Id: id, Name: name, Path: path }, taken),
    putStep(principalKey('Role', call.accountId, id), role),
    putStep(attachmentKey('Role', call.accountId, id, policy.PolicyId), policy),
    ...(await useSteps(call, policy, 'PermissionsPolicy', { kind: 'Role', id })),
    countStep(call, 'RoleCount', 'RolesPerAccount', call.quotas.RolesPerAccount),
  ];
}

/** The steps that delete a service's role with its policy, and write down that this is done. */
export async function deleteLinkedRoleSteps(
  call: Call,
  role: Found<RoleRecord>,
  deletionTaskId: string,
): Promise<readonly Step[]> {
  const { RoleId: id, RoleName: name } = role.entity;
  const partition = principalPartition('Role', call.accountId, id);
  const attached = await readChildren(call, partition, CHILD_PREFIX.attachment, readAttachment);
  return [
    releaseNameStep(call, 'Role', { Id: id, Name: name }),
    {
      write: {
        kind: 'delete',
        key: role.key,
        condition: { exists: true, revision: role.revision },
      },
    },
    discountStep(call, 'RoleCount'),
    ...attached.flatMap((policy): Step[] => [
      {
        write: {
          kind: 'delete',
          key: attachmentKey('Role', call.accountId, id, policy.PolicyId),
          condition: { exists: true },
        },
      },
      ...releaseSteps(call, policy, 'PermissionsPolicy', { kind: 'Role', id }),
    ]),
    {
      write: {
        kind: 'put',
        key: deletionTaskKey(call.accountId, deletionTaskId),
        attributes: { RoleId: id },
        expiresAt: Math.floor(call.now / 1000) + TASK_SECONDS,
        condition: { exists: false },
      },
    },
  ];
}

function putStep(key: ReturnType<typeof principalKey>, row: object): Step {
  return {
    write: { kind: 'put', key, attributes: toAttributes(row), condition: { exists: false } },
  };
}
