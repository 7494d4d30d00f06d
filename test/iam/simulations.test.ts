import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagUserCommand,
  type EvaluationResult,
  type IAMClient,
  type SimulateCustomPolicyRequest,
} from '@aws-sdk/client-iam';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let root: IAMClient;
let scenery: Scenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  root = deployment.iam();
  scenery = new Scenery(root);
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

const ORDER = `arn:aws:orders:eu-central-1:${ACCOUNT}:order/1`;
const OTHER_ORDER = `arn:aws:orders:eu-central-1:${ACCOUNT}:order/2`;

function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

const allow = (Action: string, more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});

const deny = (Action: string, more: object = {}): object => ({
  ...allow(Action, more),
  Effect: 'Deny',
});

type Question = Omit<SimulateCustomPolicyRequest, 'ActionNames'> & { ActionNames?: string[] };

async function simulate(question: Question): Promise<EvaluationResult> {
  const { EvaluationResults = [] } = await root.send(
    new SimulateCustomPolicyCommand({ ActionNames: ['orders:GetOrder'], ...question }),
  );
  const [result, ...others] = EvaluationResults;
  if (result === undefined || others.length > 0) throw new Error('one result was expected');
  return result;
}

const userArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/team/${name}`;

describe('SimulateCustomPolicy', () => {
  test('an answer about everything has the members that AWS gives, and no more', async () => {
    expect(await simulate({ PolicyInputList: [policy(allow('orders:GetOrder'))] })).toEqual({
      EvalActionName: 'orders:GetOrder',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [
        {
          SourcePolicyId: 'PolicyInputList.1',
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 1, Column: 38 },
          EndPosition: { Line: 1, Column: 98 },
        },
      ],
      MissingContextValues: [],
    });
  });

  test('an answer about one resource tells it again under its name', async () => {
    const result = await simulate({
      PolicyInputList: [policy(allow('orders:PutOrder'))],
      ResourceArns: [ORDER],
    });
    expect(result).toEqual({
      EvalActionName: 'orders:GetOrder',
      EvalResourceName: ORDER,
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      MissingContextValues: [],
      EvalDecisionDetails: {},
      ResourceSpecificResults: [
        {
          EvalResourceName: ORDER,
          EvalResourceDecision: 'implicitDeny',
          MatchedStatements: [],
          MissingContextValues: [],
        },
      ],
    });
  });

  test('each action is answered for each resource, with what is missing told of that resource', async () => {
    const { EvaluationResults = [] } = await root.send(
      new SimulateCustomPolicyCommand({
        ActionNames: ['orders:GetOrder', 'orders:PutOrder'],
        PolicyInputList: [
          policy(
            allow('orders:GetOrder', { Resource: ORDER }),
            allow('orders:PutOrder', { Condition: { Bool: { 'orders:Paid': 'true' } } }),
          ),
        ],
        ResourceArns: [ORDER, OTHER_ORDER],
      }),
    );
    const told = EvaluationResults.map((result) => [
      result.EvalActionName,
      result.EvalResourceName,
      result.EvalDecision,
      result.MissingContextValues,
      result.ResourceSpecificResults?.map((specific) => [
        specific.EvalResourceName,
        specific.EvalResourceDecision,
        specific.MissingContextValues,
      ]),
    ]);
    const missing = ['orders:Paid'];
    expect(told).toEqual([
      ['orders:GetOrder', ORDER, 'allowed', [], [[ORDER, 'allowed', []]]],
      [
        'orders:GetOrder',
        OTHER_ORDER,
        'implicitDeny',
        [],
        [[OTHER_ORDER, 'implicitDeny', missing]],
      ],
      ['orders:PutOrder', ORDER, 'implicitDeny', [], [[ORDER, 'implicitDeny', missing]]],
      [
        'orders:PutOrder',
        OTHER_ORDER,
        'implicitDeny',
        [],
        [[OTHER_ORDER, 'implicitDeny', missing]],
      ],
    ]);
  });

  const instanceArns = (...types: string[]): string[] =>
    types.map((type) => `arn:aws:ec2:eu-central-1:${ACCOUNT}:${type}/${type}-1`);

  test('starting an instance is allowed only where each of its resources is', async () => {
    const ResourceArns = instanceArns('instance', 'image', 'security-group', 'network-interface');
    const question = {
      ActionNames: ['ec2:RunInstances'],
      ResourceArns,
      ResourceHandlingOption: 'EC2-VPC-InstanceStore',
    };
    const refused = await simulate({
      ...question,
      PolicyInputList: [policy(allow('ec2:*', { Resource: ResourceArns.slice(0, 3) }))],
    });
    expect(refused.EvalResourceName).toBeUndefined();
    expect(refused.EvalDecision).toBe('implicitDeny');
    expect(refused.MatchedStatements).toHaveLength(1);
    expect(
      refused.ResourceSpecificResults?.map(({ EvalResourceDecision }) => EvalResourceDecision),
    ).toEqual(['allowed', 'allowed', 'allowed', 'implicitDeny']);
    const allowed = await simulate({ ...question, PolicyInputList: [policy(allow('ec2:*'))] });
    expect(allowed.EvalDecision).toBe('allowed');
  });

  test('a scenario is refused without a resource of each of its types', async () => {
    const call = simulate({
      PolicyInputList: [policy(allow('ec2:*'))],
      ActionNames: ['ec2:RunInstances'],
      ResourceArns: instanceArns('instance', 'image', 'security-group'),
      ResourceHandlingOption: 'EC2-VPC-EBS-Subnet',
    });
    expect(await refusal(call)).toEqual({
      statusCode: 400,
      code: 'InvalidInputException',
      message:
        'The resource handling option EC2-VPC-EBS-Subnet needs resources of these types: network-interface, subnet, volume.',
    });
  });

  test('a statement in a list starts behind the token before it, one that stands alone behind its brace', async () => {
    const list =
      '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": "orders:GetOrder",\n      "Resource": "*",\n      "Sid": "First"\n    },\n    {\n      "Effect": "Deny",\n      "Action": "orders:PutOrder",\n      "Resource": "*",\n      "Sid": "Second"\n    }\n  ]\n}';
    const { EvaluationResults = [] } = await root.send(
      new SimulateCustomPolicyCommand({
        ActionNames: ['orders:GetOrder', 'orders:PutOrder'],
        PolicyInputList: [list],
      }),
    );
    const positions = EvaluationResults.map(({ MatchedStatements }) =>
      MatchedStatements?.map(({ StartPosition, EndPosition }) => [StartPosition, EndPosition]),
    );
    expect(positions).toEqual([
      [
        [
          { Line: 3, Column: 17 },
          { Line: 9, Column: 6 },
        ],
      ],
      [
        [
          { Line: 9, Column: 6 },
          { Line: 15, Column: 6 },
        ],
      ],
    ]);
    const alone = await simulate({
      PolicyInputList: [
        '{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "orders:GetOrder", "Resource": "*"}}',
      ],
    });
    expect(alone.MatchedStatements?.[0]?.StartPosition).toEqual({ Line: 1, Column: 41 });
  });

  test('every Allow that matches is named, and only Denies where one matches', async () => {
    const allows = [policy(allow('orders:*')), policy(allow('orders:GetOrder'))];
    const idsOf = async (question: Question) =>
      (await simulate(question)).MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId);
    expect(await idsOf({ PolicyInputList: allows })).toEqual([
      'PolicyInputList.1',
      'PolicyInputList.2',
    ]);
    expect(await idsOf({ PolicyInputList: [...allows, policy(deny('orders:*'))] })).toEqual([
      'PolicyInputList.3',
    ]);
  });

  test('keys that policies ask for and the question does not tell are missing, unless it is allowed without', async () => {
    const conditional = policy(
      allow('orders:PutOrder', { Condition: { StringEquals: { 'orders:Channel': 'web' } } }),
      allow('orders:GetOrder', { Resource: 'arn:aws:orders:*:*:order/${orders:Customer}' }),
    );
    expect(await simulate({ PolicyInputList: [conditional] })).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['orders:Channel', 'orders:Customer'],
    });
    const told = await simulate({
      PolicyInputList: [conditional],
      ContextEntries: [
        { ContextKeyName: 'ORDERS:channel', ContextKeyValues: ['shop'], ContextKeyType: 'string' },
      ],
    });
    expect(told.MissingContextValues).toEqual(['orders:Customer']);
    const allowed = await simulate({
      PolicyInputList: [conditional, policy(allow('orders:GetOrder'))],
    });
    expect(allowed).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] });
  });

  test('values that are told decide, with their types', async () => {
    const small = policy(
      allow('orders:GetOrder', { Condition: { NumericLessThan: { 'orders:Total': '100' } } }),
    );
    const withTotal = (total: string) =>
      simulate({
        PolicyInputList: [small],
        ContextEntries: [
          { ContextKeyName: 'orders:Total', ContextKeyValues: [total], ContextKeyType: 'numeric' },
        ],
      });
    expect((await withTotal('99')).EvalDecision).toBe('allowed');
    expect((await withTotal('100')).EvalDecision).toBe('implicitDeny');
    const tagged = policy(
      allow('orders:GetOrder', {
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost'] } },
      }),
    );
    const withKeys = (...keys: string[]) =>
      simulate({
        PolicyInputList: [tagged],
        ContextEntries: [
          { ContextKeyName: 'aws:TagKeys', ContextKeyValues: keys, ContextKeyType: 'stringList' },
        ],
      });
    expect((await withKeys('team', 'cost')).EvalDecision).toBe('allowed');
    expect((await withKeys('team', 'owner')).EvalDecision).toBe('implicitDeny');
  });

  test('a boundary takes away, and its part is told', async () => {
    const base = { PolicyInputList: [policy(allow('orders:*'))] };
    const bounded = (document: string) =>
      simulate({ ...base, PermissionsBoundaryPolicyInputList: [document] });
    expect(await bounded(policy(allow('orders:*')))).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1' }],
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
    });
    expect(await bounded(policy(allow('orders:PutOrder')))).toMatchObject({
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    expect(await bounded(policy(deny('orders:*')))).toMatchObject({
      EvalDecision: 'explicitDeny',
      MatchedStatements: [
        {
          SourcePolicyId: 'PermissionsBoundaryPolicyInputList.1',
          SourcePolicyType: 'Permissions Boundary Policy',
        },
      ],
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
  });

  test('levels of an organization must all allow, and end the simulation where one does not', async () => {
    const everything = policy(allow('*'));
    const under = (...levels: string[]) =>
      simulate({
        PolicyInputList: [policy(allow('orders:*'))],
        OrderedOrganizationPolicyInputList: levels.map((document) => ({
          ServiceControlPolicyInputList: [document],
        })),
      });
    expect(await under(everything, everything)).toMatchObject({
      EvalDecision: 'allowed',
      OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    });
    expect(await under(everything, policy(allow('orders:PutOrder')))).toMatchObject({
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    });
    expect(await under(everything, policy(deny('orders:GetOrder')))).toMatchObject({
      EvalDecision: 'explicitDeny',
      MatchedStatements: [],
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    });
  });

  test('a resource policy decides about its caller; between accounts both sides must allow', async () => {
    const caller = userArn('somebody');
    const ResourcePolicy = policy(allow('orders:GetOrder', { Principal: { AWS: caller } }));
    const question = { CallerArn: caller, ResourceArns: [ORDER], ResourcePolicy };
    expect(
      await simulate({ ...question, PolicyInputList: [policy(allow('iam:*'))] }),
    ).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [
        { SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'Resource Policy' },
      ],
      EvalDecisionDetails: {},
    });
    const foreign = {
      ...question,
      ResourceArns: ['arn:aws:orders:eu-central-1::order/1'],
      ResourceOwner: 'arn:aws:iam::999999999999:root',
    };
    expect(await simulate({ ...foreign, PolicyInputList: [policy(allow('iam:*'))] })).toMatchObject(
      {
        EvalDecision: 'implicitDeny',
        EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' },
      },
    );
    expect(
      await simulate({ ...foreign, PolicyInputList: [policy(allow('orders:*'))] }),
    ).toMatchObject({
      EvalDecision: 'allowed',
      EvalDecisionDetails: { 'IAM Policy': 'allowed', 'Resource Policy': 'allowed' },
    });
  });

  test('pages are of results, in the order of the question', async () => {
    const question = {
      PolicyInputList: [policy(allow('orders:*'))],
      ActionNames: ['orders:C', 'orders:A', 'orders:B'],
      MaxItems: 2,
    };
    const first = await root.send(new SimulateCustomPolicyCommand(question));
    expect(first.EvaluationResults?.map(({ EvalActionName }) => EvalActionName)).toEqual([
      'orders:C',
      'orders:A',
    ]);
    expect(first.IsTruncated).toBe(true);
    const second = await root.send(
      new SimulateCustomPolicyCommand({ ...question, Marker: first.Marker }),
    );
    expect(second.EvaluationResults?.map(({ EvalActionName }) => EvalActionName)).toEqual([
      'orders:B',
    ]);
    expect(second.IsTruncated).toBe(false);
    expect(second.Marker).toBeUndefined();
  });

  const ALLOWING = { PolicyInputList: [policy(allow('*'))] };
  const entry = (
    values: string[],
    ContextKeyType: 'string' | 'numeric' | 'date' | 'ip' | 'binary',
  ) => ({
    ...ALLOWING,
    ContextEntries: [{ ContextKeyName: 'orders:Key', ContextKeyValues: values, ContextKeyType }],
  });

  test.each<[string, Question, string]>([
    [
      'a policy that is none',
      { PolicyInputList: [policy(allow('*')), '{'] },
      'Policy input list item 2 has invalid content',
    ],
    [
      'an action without a service',
      { ...ALLOWING, ActionNames: ['GetOrder'] },
      'The action is invalid since it is missing names',
    ],
    [
      'a resource that is no ARN',
      { ...ALLOWING, ResourceArns: ['order'] },
      'ResourceNames are not in a valid ARN format: order.',
    ],
    [
      'an owner that is no ARN',
      { ...ALLOWING, ResourceOwner: ACCOUNT },
      `'${ACCOUNT}' is not a valid as a Resource Owner.`,
    ],
    [
      'two boundaries',
      { ...ALLOWING, PermissionsBoundaryPolicyInputList: [policy(allow('*')), policy(allow('*'))] },
      'The list of Permissions Boundary policies cannot exceed 1 items.',
    ],
    [
      'a level without a policy',
      { ...ALLOWING, OrderedOrganizationPolicyInputList: [{ ServiceControlPolicyInputList: [] }] },
      'Organization policy at index 1 must contain at least one service control policy',
    ],
    [
      'a resource policy without a caller',
      {
        ...ALLOWING,
        ResourceArns: [ORDER],
        ResourcePolicy: policy(allow('*', { Principal: '*' })),
      },
      'Invalid caller - Caller must be an IAM user in this context.',
    ],
    [
      'a caller that is no user',
      { ...ALLOWING, CallerArn: `arn:aws:sts::${ACCOUNT}:assumed-role/a/b` },
      `Invalid Entity Arn: arn:aws:sts::${ACCOUNT}:assumed-role/a/b`,
    ],
    [
      'two values for one',
      entry(['a', 'b'], 'string'),
      'Context key string expected a single value, but received 2.',
    ],
    [
      'a word for a number',
      entry(['ten'], 'numeric'),
      'Invalid context value for key orders:Key: expected numeric format.',
    ],
    [
      'a word for a date',
      entry(['tomorrow'], 'date'),
      'Invalid context value for key orders:Key: expected DateTime format.',
    ],
    [
      'no IP address',
      entry(['999.0.0.1'], 'ip'),
      'Invalid context value for key orders:Key: expected IP address.',
    ],
    [
      'no base64',
      entry(['!base64'], 'binary'),
      'Invalid context value for key orders:Key: expected base-64 encoded binary format.',
    ],
    [
      'a key in two cases',
      {
        ...ALLOWING,
        ContextEntries: ['orders:Key', 'ORDERS:KEY'].map((ContextKeyName) => ({
          ContextKeyName,
          ContextKeyValues: ['a'],
          ContextKeyType: 'string' as const,
        })),
      },
      'Duplicate context key: ORDERS:KEY.',
    ],
    [
      'a scenario of another service',
      { ...ALLOWING, ResourceArns: [ORDER], ResourceHandlingOption: 'EC2-VPC-EBS' },
      'Invalid input resource handling options. Action does not support resource handling options: orders:GetOrder. Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html',
    ],
  ])('%s is refused in the words of AWS', async (_name, question, message) => {
    expect(await refusal(simulate(question))).toEqual({
      statusCode: 400,
      code: 'InvalidInputException',
      message,
    });
  });
});

describe('SimulatePrincipalPolicy', () => {
  let member: { UserName: string; GroupName: string };

  beforeAll(async () => {
    member = { UserName: await scenery.user(), GroupName: await scenery.group() };
    await root.send(new AddUserToGroupCommand(member));
    await root.send(
      new PutUserPolicyCommand({
        UserName: member.UserName,
        PolicyName: 'Own',
        PolicyDocument: policy(allow('orders:GetOrder', { Resource: ORDER })),
      }),
    );
    await root.send(
      new PutGroupPolicyCommand({
        GroupName: member.GroupName,
        PolicyName: 'Shared',
        PolicyDocument: policy(allow('orders:PutOrder', { Resource: ORDER })),
      }),
    );
    const { Policy } = await root.send(
      new CreatePolicyCommand({
        PolicyName: 'Deletes',
        PolicyDocument: policy(allow('orders:DeleteOrder')),
      }),
    );
    const PolicyArn = Policy?.Arn;
    await root.send(new AttachUserPolicyCommand({ UserName: member.UserName, PolicyArn }));
    await root.send(new AttachGroupPolicyCommand({ GroupName: member.GroupName, PolicyArn }));
  });

  const ask = async (PolicySourceArn: string, more: object = {}) => {
    const { EvaluationResults = [] } = await root.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: ['orders:GetOrder', 'orders:PutOrder', 'orders:DeleteOrder'],
        ResourceArns: [ORDER],
        ...more,
      }),
    );
    return EvaluationResults;
  };

  const idsOf = (results: readonly EvaluationResult[]) =>
    results.map(({ MatchedStatements = [] }) =>
      MatchedStatements.map(({ SourcePolicyId }) => SourcePolicyId),
    );

  test("a user's own policies, its groups' and managed ones decide, each once and by name", async () => {
    const results = await ask(userArn(member.UserName));
    expect(idsOf(results)).toEqual([
      [`user_${member.UserName}_Own`],
      [`group_${member.GroupName}_Shared`],
      ['Deletes'],
    ]);
    expect(results.map(({ EvalDecision }) => EvalDecision)).toEqual([
      'allowed',
      'allowed',
      'allowed',
    ]);
    for (const result of results) {
      expect(result.OrganizationsDecisionDetail).toEqual({ AllowedByOrganizations: true });
      expect(result.PermissionsBoundaryDecisionDetail).toBeUndefined();
    }
  });

  test('a group has its own policies alone, and the path in an ARN does not matter', async () => {
    const results = await ask(`arn:aws:iam::${ACCOUNT}:group/elsewhere/${member.GroupName}`);
    expect(idsOf(results)).toEqual([[], [`group_${member.GroupName}_Shared`], ['Deletes']]);
  });

  test('a role is asked about in the same way', async () => {
    const RoleName = scenery.newName('role');
    await root.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    await root.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: 'Reads',
        PolicyDocument: policy(allow('orders:GetOrder')),
      }),
    );
    const results = await ask(`arn:aws:iam::${ACCOUNT}:role/${RoleName}`);
    expect(idsOf(results)).toEqual([[`role_${RoleName}_Reads`], [], []]);
  });

  test('policies that are excluded do not take part, policies of the question do', async () => {
    const without = (...PolicyExclusionList: object[]) =>
      ask(userArn(member.UserName), { PolicyExclusionList });
    expect(idsOf(await without({ PolicyType: 'inline' }))).toEqual([[], [], ['Deletes']]);
    expect(idsOf(await without({ PolicyType: 'user-managed' }))[2]).toEqual([]);
    expect(idsOf(await without({ PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/Del*` }))[2]).toEqual(
      [],
    );
    const byOwner = {
      InlinePolicyIdentifier: {
        PolicyName: 'Shared',
        AttachmentType: 'group',
        AttachmentName: 'group-*',
      },
    };
    expect(idsOf(await without(byOwner))).toEqual([
      [`user_${member.UserName}_Own`],
      [],
      ['Deletes'],
    ]);
    const added = await ask(userArn(member.UserName), {
      PolicyInputList: [policy(deny('orders:*'))],
      PolicyExclusionList: [{ PolicyType: 'inline' }],
    });
    expect(idsOf(added)).toEqual([
      ['PolicyInputList.1'],
      ['PolicyInputList.1'],
      ['PolicyInputList.1'],
    ]);
  });

  test("the entity's boundary binds, one of the question replaces it, and excluded it is gone", async () => {
    const UserName = await scenery.user();
    await scenery.permit(UserName, allow('orders:*'));
    const PermissionsBoundary = await scenery.policy(policy(allow('orders:GetOrder')));
    await root.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
    const decisions = async (more: object = {}) =>
      (await ask(userArn(UserName), more)).map((result) => [
        result.EvalDecision,
        result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      ]);
    expect(await decisions()).toEqual([
      ['allowed', true],
      ['implicitDeny', false],
      ['implicitDeny', false],
    ]);
    expect(
      await decisions({
        PermissionsBoundaryPolicyInputList: [policy(allow('orders:DeleteOrder'))],
      }),
    ).toEqual([
      ['implicitDeny', false],
      ['implicitDeny', false],
      ['allowed', true],
    ]);
    expect(
      await decisions({ PolicyExclusionList: [{ PolicyType: 'permission-boundary' }] }),
    ).toEqual([
      ['allowed', undefined],
      ['allowed', undefined],
      ['allowed', undefined],
    ]);
  });

  test('the context is that of the entity, unless the question tells another', async () => {
    const UserName = await scenery.user();
    await root.send(new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'blue' }] }));
    await scenery.permit(
      UserName,
      allow('orders:GetOrder', {
        Condition: {
          StringEquals: { 'aws:username': UserName, 'aws:PrincipalTag/team': 'blue' },
        },
      }),
    );
    const one = async (more: object = {}) =>
      (await ask(userArn(UserName), { ActionNames: ['orders:GetOrder'], ...more }))[0];
    expect((await one())?.EvalDecision).toBe('allowed');
    const other = await one({
      ContextEntries: [
        {
          ContextKeyName: 'aws:principaltag/TEAM',
          ContextKeyValues: ['red'],
          ContextKeyType: 'string',
        },
      ],
    });
    expect(other).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: [],
      ResourceSpecificResults: [{ MissingContextValues: ['aws:username'] }],
    });
  });

  test('an entity that is not there, and an ARN of something else, are refused', async () => {
    expect(await refusal(ask(userArn('nobody')))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: 'The user with name nobody cannot be found.',
    });
    for (const arn of [
      `arn:aws:iam::${ACCOUNT}:policy/Deletes`,
      `arn:aws:iam::999999999999:user/${member.UserName}`,
      `arn:aws:sts::${ACCOUNT}:assumed-role/role/session`,
    ]) {
      expect(await refusal(ask(arn))).toEqual({
        statusCode: 400,
        code: 'InvalidInputException',
        message: `Invalid Entity Arn: ${arn}`,
      });
    }
  });
});

describe('context keys', () => {
  const keysOf = async (...PolicyInputList: string[]) =>
    (await root.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList })))
      .ContextKeyNames;

  test('conditions and variables are told as they are written, once for each text', async () => {
    const document = policy(
      allow('orders:*', {
        Resource: 'arn:aws:orders:::${aws:username}',
        Condition: {
          StringEquals: { 'aws:PrincipalTag/team': "${orders:Team, 'blue'}" },
          Bool: { 'aws:SecureTransport': 'true' },
        },
      }),
    );
    expect(await keysOf(document)).toEqual([
      'aws:username',
      'aws:PrincipalTag/team',
      'orders:Team',
      'aws:SecureTransport',
    ]);
    expect(await keysOf(document, document)).toHaveLength(8);
  });

  test('an old version has no variables, and a resource policy may be asked about', async () => {
    const old =
      '{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"orders:*","Resource":"arn:aws:orders:::${aws:username}"}}';
    expect(await keysOf(old)).toEqual([]);
    const resource = policy(
      allow('orders:*', { Principal: '*', Condition: { Null: { 'orders:Key': 'true' } } }),
    );
    expect(await keysOf(resource)).toEqual(['orders:Key']);
  });

  test('what is no policy is refused', async () => {
    expect(await refusal(keysOf(policy(allow('*')), '[]'))).toEqual({
      statusCode: 400,
      code: 'InvalidInputException',
      message: 'Policy input list item 2 has invalid content',
    });
  });

  test("an entity's policies, groups and boundary are read, and those of the question after them", async () => {
    const { UserName, GroupName } = await scenery.member();
    const asking = (key: string) =>
      policy(allow('orders:*', { Condition: { StringEquals: { [key]: 'x' } } }));
    await root.send(
      new PutGroupPolicyCommand({
        GroupName,
        PolicyName: 'p',
        PolicyDocument: asking('orders:Group'),
      }),
    );
    await root.send(
      new PutUserPermissionsBoundaryCommand({
        UserName,
        PermissionsBoundary: await scenery.policy(asking('orders:Boundary')),
      }),
    );
    const { ContextKeyNames } = await root.send(
      new GetContextKeysForPrincipalPolicyCommand({
        PolicySourceArn: userArn(UserName),
        PolicyInputList: [asking('orders:Given')],
      }),
    );
    expect(ContextKeyNames).toEqual(['orders:Group', 'orders:Boundary', 'orders:Given']);
  });
});
