import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
} from '@aws-sdk/client-iam';
import type { AnyOperation } from '../../lambdas/operations/operation-table';
import { describeOperation } from '../../lambdas/protocol/schema';
import { ACCOUNT } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { HARMLESS, type Scenery } from '../operations/scenery';
import { codesOf, makeVirtualDevice } from './credential-cases';
import { commandOf } from './command';
import type { MakeCase, OperationCase } from './operation-case';
import { TRUST } from './role-cases';

/* From the call that each row answers, the calls that it must refuse, and how. */

interface RefusalCase {
  /** What is wrong with the call. */
  readonly what: string;
  readonly input: object;
  /** As the client names it. */
  readonly code: string;
  readonly statusCode: number;
}

const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

/** By the member that names something: a name that nothing has. */
const ABSENT: Readonly<Record<string, string>> = {
  UserName: 'absent',
  GroupName: 'absent',
  RoleName: 'absent',
  InstanceProfileName: 'absent',
  ServerCertificateName: 'absent',
  PolicyArn: arn('policy/absent'),
  PermissionsBoundary: arn('policy/absent'),
  SerialNumber: arn('mfa/absent'),
  SAMLProviderArn: arn('saml-provider/absent'),
  OpenIDConnectProviderArn: arn('oidc-provider/absent.example.com'),
  AccessKeyId: 'AKIAABSENTABSENTABSE',
  CertificateId: 'ABSENTABSENTABSENTABSENTABSENTAB',
  SSHPublicKeyId: 'APKAABSENTABSENTABSE',
  ServiceSpecificCredentialId: 'ACCAABSENTABSENTABSE',
  VersionId: 'v99',
  JobId: '00000000-0000-4000-8000-000000000000',
  DeletionTaskId: 'task/aws-service-role/absent/absent/absent',
  AccountAlias: 'absent-alias',
};

/** Operations that make what such a member names, or that do not mind that it is gone. */
const MAKES =
  /^(?:Create(?:User|Group|Role|InstanceProfile|AccountAlias)|UploadServerCertificate)$/;
const MINDS_NOT = new Set(['DeleteOpenIDConnectProvider']);

/** The calls that name something which is not there, leave out what must be there, or bring a policy that is none. */
function refusalsOf(row: AnyOperation, known: OperationCase): readonly RefusalCase[] {
  return [...withAbsentNames(row, known), ...withoutMembers(row, known), ...withBadPolicies(known)];
}

function withAbsentNames(row: AnyOperation, { input }: OperationCase): readonly RefusalCase[] {
  if (!row.errors.includes('NoSuchEntity') || MINDS_NOT.has(row.name)) return [];
  return Object.keys(input)
    .filter((member) => ABSENT[member] !== undefined)
    .filter((member) => member === 'PermissionsBoundary' || !MAKES.test(row.name))
    .map((member) => ({
      what: `a ${member} of nothing`,
      input: { ...input, [member]: ABSENT[member] },
      code: 'NoSuchEntityException',
      statusCode: 404,
    }));
}

function withoutMembers(
  { schema }: AnyOperation,
  { input }: OperationCase,
): readonly RefusalCase[] {
  return describeOperation(schema)
    .input.members()
    .filter(({ required }) => required)
    .map(({ name }) => ({
      what: `no ${name}`,
      input: Object.fromEntries(Object.entries(input).filter(([member]) => member !== name)),
      code: 'ValidationError',
      statusCode: 400,
    }));
}

function withBadPolicies({ input }: OperationCase): readonly RefusalCase[] {
  return ['PolicyDocument', 'AssumeRolePolicyDocument']
    .filter((member) => member in input)
    .map((member) => ({
      what: `a ${member} that is none`,
      input: { ...input, [member]: '{"Version": "2012-10-17",}' },
      code: 'MalformedPolicyDocumentException',
      statusCode: 400,
    }));
}

/** Whether a row makes something under a name, so that the same call is refused once it has been answered. */
const namesWhatItMakes = ({ name, errors }: AnyOperation): boolean =>
  /^(?:Create|Upload)/.test(name) &&
  errors.includes('EntityAlreadyExists') &&
  name !== 'CreateDelegationRequest';

type Prepare = (scenery: Scenery) => Promise<object>;

/**
 * For each row that refuses to delete what is in use: a call that it so refuses. No load balancer uses a server certificate here.
 */
export const CONFLICTS: Readonly<Record<string, Prepare>> = {
  DeleteUser: async (scenery) => {
    const UserName = await scenery.user();
    await scenery.keyOf(UserName);
    return { UserName };
  },
  DeleteGroup: async (scenery) => ({ GroupName: (await scenery.member()).GroupName }),
  DeletePolicy: async (scenery) => ({ PolicyArn: (await scenery.attachedToUser()).PolicyArn }),
  DeletePolicyVersion: async (scenery) => ({
    PolicyArn: await scenery.policyOfTwoVersions(),
    VersionId: 'v1',
  }),
  DeleteRole: async (scenery) => ({ RoleName: (await usedRole(scenery)).RoleName }),
  DeleteInstanceProfile: async (scenery) => ({
    InstanceProfileName: (await usedRole(scenery)).InstanceProfileName,
  }),
  DeleteVirtualMFADevice: async (scenery) => {
    const { SerialNumber, seed } = await makeVirtualDevice(scenery);
    const UserName = await scenery.user();
    const input = { UserName, SerialNumber, ...codesOf(seed) };
    await scenery.root.send(commandOf('EnableMFADevice', input));
    return { SerialNumber };
  },
};

async function usedRole(scenery: Scenery) {
  const { root } = scenery;
  const used = {
    RoleName: scenery.newName('role'),
    InstanceProfileName: scenery.newName('profile'),
  };
  await root.send(
    new CreateRoleCommand({ RoleName: used.RoleName, AssumeRolePolicyDocument: TRUST }),
  );
  await root.send(new CreateInstanceProfileCommand(used));
  await root.send(new AddRoleToInstanceProfileCommand(used));
  return used;
}

/** For what has a quota: the calls that use it up, and then one that is refused. */
const QUOTAS: Readonly<Record<string, (scenery: Scenery) => Promise<readonly object[]>>> = {
  CreateAccessKey: async (scenery) => {
    const UserName = await scenery.user();
    return Array<object>(3).fill({ UserName });
  },
  CreatePolicyVersion: async (scenery) => {
    const PolicyArn = await scenery.policy();
    return Array<object>(5).fill({ PolicyArn, PolicyDocument: HARMLESS });
  },
  AddUserToGroup: async (scenery) => {
    const UserName = await scenery.user();
    return Promise.all(
      Array.from({ length: 11 }, async () => ({ UserName, GroupName: await scenery.group() })),
    );
  },
  AttachUserPolicy: async (scenery) => {
    const UserName = await scenery.user();
    return Promise.all(
      Array.from({ length: 11 }, async () => ({ UserName, PolicyArn: await scenery.policy() })),
    );
  },
};

/** All the tags that fit, with the one that is there already, and one more. */
function tooManyTags({ input }: OperationCase): readonly object[] {
  const others = Array.from({ length: 49 }, (_tag, index) => ({ Key: `tag-${index}`, Value: '' }));
  return [
    { ...input, Tags: [{ Key: 'team', Value: 'blue' }, ...others] },
    { ...input, Tags: [{ Key: 'more', Value: '' }] },
  ];
}

/** Makes every call that the row must refuse. */
export async function expectRefusals(
  row: AnyOperation,
  scenery: Scenery,
  makeCase: MakeCase,
): Promise<void> {
  const send = (input: object) => scenery.root.send(commandOf(row.name, input));
  const known = await makeCase(scenery);
  if (known.refused !== undefined || known.caller !== undefined) return;
  for (const { what, input, code, statusCode } of refusalsOf(row, known)) {
    const told = await refusal(send(input));
    expect({ what, ...told }).toMatchObject({ what, code, statusCode });
  }
  if (namesWhatItMakes(row)) {
    await send(known.input);
    expect(await refusal(send(known.input))).toMatchObject(ALREADY_THERE);
  }
  const conflict = await CONFLICTS[row.name]?.(scenery);
  if (conflict !== undefined) expect(await refusal(send(conflict))).toMatchObject(IN_USE);
  const calls = row.name.startsWith('Tag') ? tooManyTags(known) : await QUOTAS[row.name]?.(scenery);
  const last = calls?.at(-1);
  for (const input of calls?.slice(0, -1) ?? []) await send(input);
  if (last !== undefined) expect(await refusal(send(last))).toMatchObject(OVER_QUOTA);
}

const ALREADY_THERE = { statusCode: 409, code: 'EntityAlreadyExistsException' };
const IN_USE = { statusCode: 409, code: 'DeleteConflictException' };
const OVER_QUOTA = { statusCode: 409, code: 'LimitExceededException' };
