import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  DeleteServiceLinkedRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  type CreateServiceLinkedRoleCommandInput,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { LINKED_SERVICES } from '../../lambdas/identity/linked-services';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { HARMLESS } from '../operations/scenery';
import { commandOf } from './command';
import { TRUST } from './role-cases';

let deployment: AdminDeployment;
let root: IAMClient;

beforeEach(async () => {
  deployment = await deployAdmin();
  root = deployment.iam();
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

const BATCH = 'batch.amazonaws.com';
const BATCH_ROLE = 'AWSServiceRoleForBatch';
const BATCH_POLICY = 'arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy';

const create = (AWSServiceName = BATCH, more: Partial<CreateServiceLinkedRoleCommandInput> = {}) =>
  root.send(new CreateServiceLinkedRoleCommand({ AWSServiceName, ...more }));

const attachedTo = async (RoleName: string) =>
  (await root.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies;

describe("a service's role", () => {
  test('has the path, name, trust policy and policy that AWS gives it', async () => {
    const { Role } = await create();
    expect(Role).toEqual({
      Path: `/aws-service-role/${BATCH}/`,
      RoleName: BATCH_ROLE,
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/) as string,
      Arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${BATCH}/${BATCH_ROLE}`,
      CreateDate: expect.any(Date) as Date,
      AssumeRolePolicyDocument: encodeURIComponent(
        `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"${BATCH}"},"Action":"sts:AssumeRole"}]}`,
      ),
    });
    const got = await root.send(new GetRoleCommand({ RoleName: BATCH_ROLE }));
    expect(got.Role).toEqual({ ...Role, MaxSessionDuration: 3600, RoleLastUsed: {} });
    expect(await attachedTo(BATCH_ROLE)).toEqual([
      { PolicyName: 'BatchServiceRolePolicy', PolicyArn: BATCH_POLICY },
    ]);
    const { Policy } = await root.send(new GetPolicyCommand({ PolicyArn: BATCH_POLICY }));
    expect(Policy?.AttachmentCount).toBe(1);
  });

  test('is known for each service by a name and a policy of its own', () => {
    for (const { service, roleName, policyName } of LINKED_SERVICES) {
      expect(service).toMatch(/^[a-z0-9.-]+\.amazonaws\.com$/);
      expect(roleName).toMatch(/^AWSServiceRoleFor[A-Za-z0-9_-]{2,47}$/);
      expect(policyName).toMatch(/^[A-Za-z0-9_-]{3,128}$/);
    }
    const services = LINKED_SERVICES.map(({ service }) => service);
    expect(services).toEqual([...new Set(services)].sort());
    expect(new Set(LINKED_SERVICES.map(({ roleName }) => roleName)).size).toBe(services.length);
  });

  test('is made for any service of the table, with its own name', async () => {
    const described = LINKED_SERVICES.filter(({ description }) => description !== undefined);
    const others = LINKED_SERVICES.filter((_service, index) => index % 20 === 0);
    for (const { service, roleName, policyName, description } of [...described, ...others]) {
      const { Role } = await create(service);
      expect(Role?.RoleName).toBe(roleName);
      expect(Role?.Description).toBe(description);
      expect((await attachedTo(roleName))?.map((policy) => policy.PolicyName)).toEqual([
        policyName,
      ]);
    }
  });

  test('is one a service, but for services that tell theirs apart by a suffix', async () => {
    await create();
    expect(await refusal(create())).toEqual({
      statusCode: 400,
      code: 'InvalidInputException',
      message: `Service role name ${BATCH_ROLE} has been taken in this account, please try a different suffix.`,
    });
    expect(await refusal(create(BATCH, { CustomSuffix: 'second' }))).toMatchObject({
      code: 'InvalidInputException',
      message: `Custom suffix is not allowed for ${BATCH}`,
    });
    const { Role } = await create('autoscaling.amazonaws.com', { CustomSuffix: 'second' });
    expect(Role?.RoleName).toBe('AWSServiceRoleForAutoScaling_second');
  });

  test('is not made for a service that has none', async () => {
    expect(await refusal(create('orders.example.com'))).toMatchObject({
      statusCode: 400,
      code: 'InvalidInputException',
    });
  });

  test('is changed by nobody, but for its description', async () => {
    await create();
    await root.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
    const RoleName = BATCH_ROLE;
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const policy = { PolicyName: 'inline', PolicyDocument: HARMLESS };
    const changes = [
      new DeleteRoleCommand({ RoleName }),
      new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }),
      new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: TRUST }),
      new AttachRolePolicyCommand({ RoleName, PolicyArn }),
      new DetachRolePolicyCommand({ RoleName, PolicyArn: BATCH_POLICY }),
      new PutRolePolicyCommand({ RoleName, ...policy }),
      new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: PolicyArn }),
      new AddRoleToInstanceProfileCommand({ RoleName, InstanceProfileName: 'web' }),
    ];
    for (const change of changes) {
      const name = change.constructor.name.replace(/Command$/, '');
      expect(await refusal(root.send(commandOf(name, change.input)))).toEqual({
        statusCode: 400,
        code: 'UnmodifiableEntityException',
        message: `Cannot perform the operation on the protected role '${BATCH_ROLE}' - this role is only modifiable by AWS`,
      });
    }
    await root.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'ours' }));
    const { Role } = await root.send(new GetRoleCommand({ RoleName }));
    expect(Role?.Description).toBe('ours');
  });
});

test("a service's policy is listed, and attached to no role of somebody else", async () => {
  const { Policies } = await root.send(
    new ListPoliciesCommand({ PathPrefix: '/aws-service-role/', MaxItems: 1000 }),
  );
  const names = Policies?.map((policy) => policy.PolicyName);
  expect(names).toEqual(LINKED_SERVICES.map(({ policyName }) => policyName).sort());
  await root.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST }));
  const attachment = { RoleName: 'app', PolicyArn: BATCH_POLICY };
  expect(await refusal(root.send(new AttachRolePolicyCommand(attachment)))).toEqual({
    statusCode: 400,
    code: 'PolicyNotAttachableException',
    message: 'Cannot attach a Service Role Policy to a Customer Role.',
  });
});

describe("deleting a service's role", () => {
  const remove = (RoleName = BATCH_ROLE) =>
    root.send(new DeleteServiceLinkedRoleCommand({ RoleName }));
  const statusOf = (DeletionTaskId: string) =>
    root.send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }));

  test('is a task that has succeeded when it is asked for, and frees the name', async () => {
    await create();
    const { DeletionTaskId } = await remove();
    expect(DeletionTaskId).toMatch(
      /^task\/aws-service-role\/batch\.amazonaws\.com\/AWSServiceRoleForBatch\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
    const { Status } = await statusOf(String(DeletionTaskId));
    expect(Status).toBe('SUCCEEDED');
    const get = root.send(new GetRoleCommand({ RoleName: BATCH_ROLE }));
    expect(await refusal(get)).toMatchObject({ code: 'NoSuchEntityException' });
    const { Policy } = await root.send(new GetPolicyCommand({ PolicyArn: BATCH_POLICY }));
    expect(Policy?.AttachmentCount).toBe(0);
    await create();
  });

  test('works on no other role, and knows no task that was never made', async () => {
    await root.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST }));
    expect(await refusal(remove('app'))).toMatchObject({ code: 'NoSuchEntityException' });
    expect(await refusal(remove('nobody'))).toMatchObject({ code: 'NoSuchEntityException' });
    for (const id of ['task/aws-service-role/a/b/c', 'anything']) {
      expect(await refusal(statusOf(id))).toMatchObject({
        statusCode: 404,
        code: 'NoSuchEntityException',
      });
    }
  });
});

test.each([
  ['arn:aws:iam::aws:role-template/batch.amazonaws.com/jobs:1', 'NoSuchEntityException'],
  ['arn:aws:iam::aws:policy/AdministratorAccess', 'InvalidInputException'],
])('the template %s is none', async (TemplateArn, code) => {
  for (const command of ['AcquireRole', 'GetRoleTemplateVersion']) {
    expect(await refusal(root.send(commandOf(command, { TemplateArn })))).toMatchObject({ code });
  }
});
