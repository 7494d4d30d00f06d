import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import { ACCOUNT } from '../operations/deployment';
import { HARMLESS, type Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-case';

/** A trust policy that a service's principal alone is named by. */
export const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
});

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/team/${name}`;

export async function makeRole(
  scenery: Scenery,
  AssumeRolePolicyDocument = TRUST,
): Promise<string> {
  const RoleName = scenery.newName('role');
  await scenery.root.send(
    new CreateRoleCommand({ RoleName, Path: '/team/', AssumeRolePolicyDocument }),
  );
  return RoleName;
}

const onRole =
  (more: object = {}, prepare: Preparation = nothing): MakeCase =>
  async (scenery) => {
    const RoleName = await makeRole(scenery);
    const prepared = await prepare(scenery, RoleName);
    return { input: { RoleName, ...more, ...prepared }, resource: roleArn(RoleName) };
  };

/** What is done to the role before the call, and what the call's input gets from it. */
type Preparation = (scenery: Scenery, RoleName: string) => Promise<object>;

const nothing: Preparation = () => Promise.resolve({});

const putInlinePolicy: Preparation = async ({ root }, RoleName) => {
  const PolicyName = 'inline';
  await root.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: HARMLESS }));
  return { PolicyName };
};

const attachPolicy: Preparation = async (scenery, RoleName) => {
  const PolicyArn = await scenery.policy();
  await scenery.root.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  return { PolicyArn };
};

const makePolicy: Preparation = async (scenery) => ({ PolicyArn: await scenery.policy() });

const makeBoundary: Preparation = async (scenery) => ({
  PermissionsBoundary: await scenery.policy(),
});

const putBoundary: Preparation = async (scenery, RoleName) => {
  const PermissionsBoundary = await scenery.policy();
  await scenery.root.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
  return {};
};

const TAGS = [{ Key: 'team', Value: 'blue' }];

const tag: Preparation = async ({ root }, RoleName) => {
  await root.send(new TagRoleCommand({ RoleName, Tags: TAGS }));
  return {};
};

export const ROLE_CASES: Readonly<Record<string, MakeCase>> = {
  CreateRole: (scenery) => {
    const RoleName = scenery.newName('made');
    return Promise.resolve({
      input: { RoleName, Path: '/team/', AssumeRolePolicyDocument: TRUST },
      resource: roleArn(RoleName),
    });
  },
  GetRole: onRole(),
  ListRoles: () => Promise.resolve({ input: {}, resource: `arn:aws:iam::${ACCOUNT}:role/` }),
  DeleteRole: onRole(),
  UpdateRole: onRole({ Description: 'another', MaxSessionDuration: 7200 }),
  UpdateRoleDescription: onRole({ Description: 'another' }),
  UpdateAssumeRolePolicy: onRole({ PolicyDocument: TRUST }),
  TagRole: onRole({ Tags: TAGS }),
  UntagRole: onRole({ TagKeys: ['team'] }, tag),
  ListRoleTags: onRole({}, tag),
  PutRolePermissionsBoundary: onRole({}, makeBoundary),
  DeleteRolePermissionsBoundary: onRole({}, putBoundary),
  PutRolePolicy: onRole({ PolicyName: 'inline', PolicyDocument: HARMLESS }),
  GetRolePolicy: onRole({}, putInlinePolicy),
  DeleteRolePolicy: onRole({}, putInlinePolicy),
  ListRolePolicies: onRole({}, async (scenery, RoleName) => {
    await putInlinePolicy(scenery, RoleName);
    return {};
  }),
  AttachRolePolicy: onRole({}, makePolicy),
  DetachRolePolicy: onRole({}, attachPolicy),
  ListAttachedRolePolicies: onRole({}, async (scenery, RoleName) => {
    await attachPolicy(scenery, RoleName);
    return {};
  }),
};
