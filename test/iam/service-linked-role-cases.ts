import {
  CreateServiceLinkedRoleCommand,
  DeleteServiceLinkedRoleCommand,
} from '@aws-sdk/client-iam';
import { LINKED_SERVICES } from '../../lambdas/identity/linked-services';
import { ACCOUNT } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-case';

const SERVICE = 'autoscaling.amazonaws.com';

const roleArn = (name: string): string =>
  `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${SERVICE}/${name}`;

async function makeLinkedRole(scenery: Scenery): Promise<string> {
  const CustomSuffix = scenery.newName('suffix');
  const input = { AWSServiceName: SERVICE, CustomSuffix };
  const { Role } = await scenery.root.send(new CreateServiceLinkedRoleCommand(input));
  return String(Role?.RoleName);
}

const TEMPLATE = 'arn:aws:iam::aws:role-template/batch.amazonaws.com/jobs:1';

export const SERVICE_LINKED_ROLE_CASES: Readonly<Record<string, MakeCase>> = {
  CreateServiceLinkedRole: (scenery) => {
    const CustomSuffix = scenery.newName('made');
    const name = LINKED_SERVICES.find(({ service }) => service === SERVICE)?.roleName;
    return Promise.resolve({
      input: { AWSServiceName: SERVICE, CustomSuffix },
      resource: roleArn(`${name}_${CustomSuffix}`),
    });
  },
  DeleteServiceLinkedRole: async (scenery) => {
    const RoleName = await makeLinkedRole(scenery);
    return { input: { RoleName }, resource: roleArn(RoleName) };
  },
  GetServiceLinkedRoleDeletionStatus: async (scenery) => {
    const RoleName = await makeLinkedRole(scenery);
    const { DeletionTaskId } = await scenery.root.send(
      new DeleteServiceLinkedRoleCommand({ RoleName }),
    );
    return { input: { DeletionTaskId }, resource: roleArn(RoleName) };
  },
  AcquireRole: () =>
    Promise.resolve({
      input: { TemplateArn: TEMPLATE },
      resource: `arn:aws:iam::${ACCOUNT}:role/`,
      action: 'iam:CreateRole',
      refused: 'NoSuchEntityException',
    }),
  GetRoleTemplateVersion: () =>
    Promise.resolve({
      input: { TemplateArn: TEMPLATE },
      resource: TEMPLATE,
      refused: 'NoSuchEntityException',
    }),
};
