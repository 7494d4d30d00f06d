import { PutUserPolicyCommand } from '@aws-sdk/client-iam';
import * as fc from 'fast-check';
import { compileFilter } from '../../lambdas/core/resource-filter';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { allow, StsScenery } from '../sts/sts-scenery';
import { callPortcullis, ORDERS } from './operation-cases';

/* The filter that a backend makes of a list's answer, against the decision on each resource. */

interface Filter {
  readonly Resources: string[];
  readonly NotResources: string[];
}

interface Listed {
  readonly Allowed: readonly Filter[];
  readonly Denied: readonly Filter[];
  readonly Undecided: readonly (Filter & { readonly Effect: string })[];
}

const ORDER = `arn:aws:orders:eu-central-1:${ACCOUNT}:order/`;

let deployment: AdminDeployment;
let scenery: StsScenery;
let UserName: string;
let Principal: string;

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new StsScenery(deployment);
  await callPortcullis(deployment, 'PutServiceDefinition', ORDERS);
  UserName = await scenery.user();
  Principal = await scenery.userArn(UserName);
});

afterAll(async () => {
  expect(deployment.failures).toEqual([]);
  await deployment.close();
});

const list = (change: object = {}) =>
  callPortcullis(deployment, 'ListAllowedResources', {
    PrincipalType: 'user',
    Principal,
    Action: 'orders:GetOrder',
    ...change,
  });

async function permit(Statement: object): Promise<void> {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await scenery.root.send(
    new PutUserPolicyCommand({ UserName, PolicyName: 'permissions', PolicyDocument }),
  );
}

function readList({ Allowed, Denied, Undecided }: Listed): (resource: string) => string {
  const any = (filters: readonly Filter[], resource: string) =>
    filters.some(({ Resources, NotResources }) =>
      compileFilter({ resources: Resources, notResources: NotResources })(resource),
    );
  const perhaps = (effect: string) => Undecided.filter(({ Effect }) => Effect === effect);
  return (resource) => {
    if (any(Denied, resource)) return 'denied';
    if (any(Allowed, resource)) return any(perhaps('Deny'), resource) ? 'undecided' : 'allowed';
    return any(perhaps('Allow'), resource) ? 'undecided' : 'denied';
  };
}

test('a list is the patterns of whoever asks, within the account and the types of the action', async () => {
  await permit([
    {
      Effect: 'Allow',
      Action: 'orders:Get*',
      Resource: 'arn:aws:orders:*:*:order/${aws:username}/*',
    },
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'orders:Locked': 'true' } },
      Sid: 'Locked',
    },
  ]);
  const resource = (partition: string, account: string) =>
    `arn:${partition}:orders:*:${account}:order/`;
  const { statusCode, body } = await list();
  expect(statusCode).toBe(200);
  expect(body).toEqual({
    Allowed: [
      { Resources: [`${resource('aws', ACCOUNT)}${UserName}/*`], NotResources: [] },
      { Resources: [`${resource('aws', '')}${UserName}/*`], NotResources: [] },
    ],
    Denied: [],
    Undecided: [ACCOUNT, ''].map((account) => ({
      Effect: 'Deny',
      Resources: [`${resource('*', account)}*`],
      NotResources: [],
      Statements: [
        {
          PolicyType: 'identity-based policy',
          PolicyId: `user_${UserName}_permissions`,
          Sid: 'Locked',
          StatementIndex: 1,
          ContextKeyNames: ['orders:Locked'],
        },
      ],
    })),
  });
  const told = await list({
    ContextEntries: [{ ContextKeyName: 'orders:Locked', ContextKeyValues: ['false'] }],
  });
  expect(told.body).toMatchObject({ Undecided: [] });
});

test('a list of a session has its session policies', async () => {
  const { UserName: asker, credentials } = await scenery.caller();
  const RoleName = scenery.newName('role');
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(asker) })], {
    RoleName,
    allow: everything,
  });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { ...everything, Resource: `${ORDER}42` },
  });
  const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one', Policy });
  const asked = {
    PrincipalType: 'session',
    Principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/one`,
  };
  const { body } = await list({ ...asked, SessionToken: session.sessionToken });
  expect(body['Allowed']).toEqual([{ Resources: [`${ORDER}42`], NotResources: [] }]);
  expect(await list(asked)).toMatchObject({ statusCode: 404, body: { code: 'NoSuchEntity' } });
});

test.each([
  ['an unknown principal', { Principal: 'AIDANOBODYNOBODY1' }, 404, 'NoSuchEntity'],
  ['another type of principal', { PrincipalType: 'group' }, 400, 'ValidationError'],
  ['an action of IAM', { Action: 'iam:GetUser' }, 400, 'InvalidInput'],
  ['an action on AWS’s keys', { Action: 'kms:Decrypt' }, 400, 'InvalidInput'],
  ['a pattern of actions', { Action: 'orders:*' }, 400, 'ValidationError'],
  ['no address', { SourceIp: 'here' }, 400, 'InvalidInput'],
  [
    "AWS's key",
    { ContextEntries: [{ ContextKeyName: 'aws:SourceIp', ContextKeyValues: ['192.0.2.1'] }] },
    400,
    'InvalidInput',
  ],
  [
    'a value of another type',
    { ContextEntries: [{ ContextKeyName: 'orders:Amount', ContextKeyValues: ['a lot'] }] },
    400,
    'InvalidInput',
  ],
])('a list for %s is refused', async (_what, change, statusCode, code) => {
  expect(await list(change)).toMatchObject({ statusCode, body: { code } });
});

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    resource: fc.constantFrom(
      { Resource: '*' },
      { Resource: `${ORDER}*` },
      { Resource: [`${ORDER}4?`, `${ORDER}7`] },
      { Resource: 'arn:aws:orders:*:*:*/${aws:username}*' },
      { NotResource: `${ORDER}42` },
      { NotResource: [`${ORDER}4*`, 'arn:*:orders:*:*:*7'] },
    ),
    Condition: fc.constantFrom(
      undefined,
      { StringEquals: { 'orders:Channel': 'web' } },
      { NumericGreaterThan: { 'orders:Amount': '5' } },
      { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    ),
  })
  .map(({ Effect, resource, Condition }) => ({
    Effect,
    Action: 'orders:*',
    ...resource,
    ...(Condition && { Condition }),
  }));

test('wherever a list says that it is decided, so it is decided about each resource', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(undefined, 'web', 'shop'),
      fc.constantFrom(undefined, '192.0.2.7', '198.51.100.7'),
      async (statements, channel, address) => {
        await permit(statements);
        const { body } = await list({
          ...(channel && {
            ContextEntries: [{ ContextKeyName: 'orders:Channel', ContextKeyValues: [channel] }],
          }),
          ...(address && { SourceIp: address }),
        });
        const read = readList(body as unknown as Listed);
        const ids = ['42', '7', '77', '5', `${UserName}7`, ''];
        const answer = await callPortcullis(deployment, 'EvaluateAccessBatch', {
          subject: {
            type: 'user',
            id: Principal,
            properties: { ip_address: address ?? '203.0.113.9' },
          },
          action: { name: 'orders:GetOrder' },
          context: { 'orders:Channel': channel ?? 'fair', 'orders:Amount': 7 },
          evaluations: ids.map((id) => ({ resource: { type: 'order', id: ORDER + id } })),
        });
        const decisions = answer.body['evaluations'] as { readonly decision: boolean }[];
        for (const [index, id] of ids.entries()) {
          const answered = read(ORDER + id);
          seen.add(answered);
          if (answered === 'undecided') continue;
          expect([id, answered === 'allowed']).toEqual([id, decisions[index]?.decision]);
        }
      },
    ),
    { numRuns: 60 },
  );
  expect([...seen].sort()).toEqual(['allowed', 'denied', 'undecided']);
});
