import { advisePolicy } from '../../lambdas/core/advice';
import type { PolicyKind } from '../../lambdas/core/document';

const ACCOUNT = '123456789012';
const USERS = `arn:aws:iam::${ACCOUNT}:user/*`;
const ROLES = `arn:aws:iam::${ACCOUNT}:role/*`;
const GROUPS = `arn:aws:iam::${ACCOUNT}:group/*`;
const POLICIES = `arn:aws:iam::${ACCOUNT}:policy/*`;
const SAML = `arn:aws:iam::${ACCOUNT}:saml-provider/*`;
const OIDC = `arn:aws:iam::${ACCOUNT}:oidc-provider/*`;
const ONESELF = `arn:aws:iam::${ACCOUNT}:user/\${aws:username}`;

interface Element {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string;
  readonly Condition?: object;
}

/** What is said about escalation, as `CODE: message`. */
function escalations(statements: readonly Element[], kind: PolicyKind = 'identity'): string[] {
  const Statement = statements.map((one) => ({ Effect: 'Allow', ...one }));
  return advisePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), kind)
    .filter(({ code }) => code.startsWith('ESCALATION'))
    .map(({ code, message }) => `${code}: ${message}`);
}

function codes(...statements: readonly Element[]): string[] {
  return escalations(statements).map((text) => text.slice(0, text.indexOf(':')));
}

const WAYS: readonly (readonly [action: string, resource: string, code: string, means: string])[] =
  [
    [
      'iam:CreatePolicyVersion',
      POLICIES,
      'POLICY_VERSION',
      'a policy that the caller has can be rewritten',
    ],
    [
      'iam:SetDefaultPolicyVersion',
      POLICIES,
      'POLICY_VERSION',
      'a policy that the caller has can be rewritten',
    ],
    ['iam:AttachUserPolicy', USERS, 'GRANT', 'the caller can give itself any rights'],
    ['iam:PutUserPolicy', USERS, 'GRANT', 'the caller can give itself any rights'],
    ['iam:AttachGroupPolicy', GROUPS, 'GRANT', 'the caller can give itself any rights'],
    ['iam:PutGroupPolicy', GROUPS, 'GRANT', 'the caller can give itself any rights'],
    ['iam:AttachRolePolicy', ROLES, 'GRANT', 'the caller can give itself any rights'],
    ['iam:PutRolePolicy', ROLES, 'GRANT', 'the caller can give itself any rights'],
    ['iam:AddUserToGroup', GROUPS, 'GROUP', 'the caller can join any group'],
    ['iam:CreateAccessKey', USERS, 'CREDENTIALS', 'the caller can sign in as another user'],
    ['iam:CreateLoginProfile', USERS, 'CREDENTIALS', 'the caller can sign in as another user'],
    ['iam:UpdateLoginProfile', USERS, 'CREDENTIALS', 'the caller can sign in as another user'],
    [
      'iam:CreateServiceSpecificCredential',
      USERS,
      'CREDENTIALS',
      'the caller can sign in as another user',
    ],
    [
      'iam:ResetServiceSpecificCredential',
      USERS,
      'CREDENTIALS',
      'the caller can sign in as another user',
    ],
    [
      'iam:UploadSigningCertificate',
      USERS,
      'CREDENTIALS',
      'the caller can sign in as another user',
    ],
    ['iam:UpdateAssumeRolePolicy', ROLES, 'TRUST', 'the caller can let itself assume a role'],
    [
      'iam:DeleteUserPermissionsBoundary',
      USERS,
      'BOUNDARY',
      'a permissions boundary can be taken off or replaced',
    ],
    [
      'iam:DeleteRolePermissionsBoundary',
      ROLES,
      'BOUNDARY',
      'a permissions boundary can be taken off or replaced',
    ],
    [
      'iam:PutUserPermissionsBoundary',
      USERS,
      'BOUNDARY',
      'a permissions boundary can be taken off or replaced',
    ],
    [
      'iam:PutRolePermissionsBoundary',
      ROLES,
      'BOUNDARY',
      'a permissions boundary can be taken off or replaced',
    ],
    [
      'iam:UpdateSAMLProvider',
      SAML,
      'PROVIDER',
      'the caller can vouch for anyone whom a role trusts the provider for',
    ],
    [
      'iam:UpdateOpenIDConnectProviderThumbprint',
      OIDC,
      'PROVIDER',
      'the caller can vouch for anyone whom a role trusts the provider for',
    ],
    [
      'iam:AddClientIDToOpenIDConnectProvider',
      OIDC,
      'PROVIDER',
      'the caller can vouch for anyone whom a role trusts the provider for',
    ],
    [
      'sts:AssumeRole',
      ROLES,
      'ROLE',
      'the caller can become every role whose trust policy leaves it to the account',
    ],
  ];

describe.each(WAYS)('%s', (Action, Resource, code, meaning) => {
  const named = [`ESCALATION_BY_${code}: with ${Action} ${meaning}`];

  test('is named on resources of its type, and on all', () => {
    expect(escalations([{ Action, Resource }])).toEqual(named);
    expect(escalations([{ Action: Action.toUpperCase(), Resource: '*' }], 'managed')).toEqual(
      named,
    );
    expect(escalations([{ Action, NotResource: 'arn:aws:s3:::x' }])).toEqual(named);
  });

  test('is not named on one resource, on another type, or where it is denied', () => {
    expect(codes({ Action, Resource: Resource.replace('*', 'one') })).toEqual([]);
    expect(codes({ Action, Resource: `arn:aws:iam::${ACCOUNT}:mfa/*` })).toEqual([]);
    expect(codes({ Effect: 'Deny', Action, Resource: '*' })).toEqual([]);
    const deny = { Effect: 'Deny', Action, Resource: '*' };
    expect(codes({ Action, Resource }, deny)).toEqual([]);
  });

  test('is not named where tags of the resource must match', () => {
    for (const key of ['aws:ResourceTag/team', 'iam:ResourceTag/team']) {
      const Condition = { StringEquals: { [key]: 'a' } };
      expect(codes({ Action, Resource, Condition })).toEqual([]);
    }
  });
});

test('the actions of one way are one finding', () => {
  expect(escalations([{ Action: 'iam:*LoginProfile', Resource: '*' }])).toEqual([
    'ESCALATION_BY_CREDENTIALS: with iam:CreateLoginProfile, iam:UpdateLoginProfile the caller can sign in as another user',
  ]);
});

test('NotAction gives what it does not list', () => {
  const NotAction = ['iam:*', 'lambda:*'];
  expect(codes({ NotAction, Resource: '*' })).toEqual(['ESCALATION_BY_ROLE']);
  expect(codes({ NotAction: [...NotAction, 'sts:*'], Resource: '*' })).toEqual([]);
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', NotAction, Resource: '*' },
  });
  const found = advisePolicy(text, 'identity').find(({ code }) => code === 'ESCALATION_BY_ROLE');
  expect(found).toMatchObject({ path: ['Statement', 'NotAction'], severity: 'security-warning' });
});

test('whoever may do everything need not escalate', () => {
  expect(codes({ Action: '*', Resource: '*' })).toEqual([]);
  expect(codes({ Action: '*', Resource: POLICIES })).toEqual(['ESCALATION_BY_POLICY_VERSION']);
});

test.each<PolicyKind>(['session', 'scp'])('a policy of the kind %s grants nothing', (kind) => {
  expect(escalations([{ Action: 'iam:PutUserPolicy', Resource: '*' }], kind)).toEqual([]);
});

test("one's own credentials are harmless, one's own policies are not", () => {
  expect(codes({ Action: 'iam:CreateAccessKey', Resource: ONESELF })).toEqual([]);
  expect(codes({ Action: 'iam:CreateAccessKey', Resource: [ONESELF, USERS] })).toEqual([
    'ESCALATION_BY_CREDENTIALS',
  ]);
  const suffix = ONESELF.replace('user/', 'user/a-');
  expect(codes({ Action: 'iam:CreateAccessKey', Resource: suffix })).toEqual([
    'ESCALATION_BY_CREDENTIALS',
  ]);
  expect(codes({ Action: 'iam:PutUserPolicy', Resource: ONESELF })).toEqual([
    'ESCALATION_BY_GRANT',
  ]);
});

test.each([
  [`arn:aws:iam::${ACCOUNT}:user/team/*`, true],
  [`arn:aws:iam::${ACCOUNT}:u*`, true],
  [`arn:aws:iam::${ACCOUNT}:*`, true],
  [`arn:aws:iam::${ACCOUNT}:user/bo?`, true],
  ['arn:aws:iam::*:user/bob', false],
  [`arn:aws:iam::${ACCOUNT}:users/*`, false],
  [`arn:aws:iam::${ACCOUNT}:x*`, false],
])('whether %s is more than named users: %p', (Resource, isWide) => {
  const expected = isWide ? ['ESCALATION_BY_CREDENTIALS'] : [];
  expect(codes({ Action: 'iam:CreateAccessKey', Resource })).toEqual(expected);
});

const ARN_OF_BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;

test.each([
  ['iam:AttachUserPolicy', 'iam:PermissionsBoundary', true],
  ['iam:AttachUserPolicy', 'iam:PolicyARN', true],
  ['iam:PutUserPolicy', 'iam:PermissionsBoundary', true],
  ['iam:PutUserPolicy', 'iam:PolicyARN', false],
  ['iam:AttachGroupPolicy', 'iam:PolicyARN', true],
  ['iam:AttachGroupPolicy', 'iam:PermissionsBoundary', false],
  ['iam:PutGroupPolicy', 'iam:PolicyARN', false],
  ['iam:AttachRolePolicy', 'iam:PermissionsBoundary', true],
  ['iam:AttachRolePolicy', 'iam:PolicyARN', true],
  ['iam:PutRolePolicy', 'iam:PermissionsBoundary', true],
  ['iam:PutUserPermissionsBoundary', 'iam:PermissionsBoundary', true],
  ['iam:PutRolePermissionsBoundary', 'iam:PermissionsBoundary', true],
  ['iam:DeleteUserPermissionsBoundary', 'iam:PermissionsBoundary', false],
  ['iam:CreatePolicyVersion', 'iam:PolicyARN', false],
  ['iam:PutUserPolicy', 'aws:MultiFactorAuthPresent', false],
])('whether %s is kept within bounds by %s: %p', (Action, key, isGuarded) => {
  const Condition = { ArnEquals: { [key]: ARN_OF_BOUNDARY } };
  expect(codes({ Action, Resource: '*', Condition })).toHaveLength(isGuarded ? 0 : 1);
});

test.each([
  ['StringEquals', true],
  ['StringLike', true],
  ['ForAnyValue:StringEquals', true],
  ['ArnNotEquals', false],
  ['StringEqualsIfExists', false],
  ['ForAllValues:StringEquals', false],
  ['Null', false],
])('whether %s holds only for a boundary that is there: %p', (operator, isGuarded) => {
  const value = operator === 'Null' ? 'false' : ARN_OF_BOUNDARY;
  const Condition = { [operator]: { 'IAM:permissionsboundary': value } };
  const found = codes({ Action: 'iam:PutUserPolicy', Resource: '*', Condition });
  expect(found).toHaveLength(isGuarded ? 0 : 1);
});

test('a Deny closes a way only where it always holds', () => {
  const open = { Action: 'iam:PutUserPolicy', Resource: '*' };
  const deny = { Effect: 'Deny', Action: 'iam:Put*', Resource: '*' };
  expect(codes(open, deny)).toEqual([]);
  expect(codes(open, { ...deny, Resource: USERS })).toEqual(['ESCALATION_BY_GRANT']);
  expect(codes(open, { ...deny, Action: 'iam:Get*' })).toEqual(['ESCALATION_BY_GRANT']);
  const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } };
  expect(codes(open, { ...deny, Condition })).toEqual(['ESCALATION_BY_GRANT']);
});

describe('iam:PassRole', () => {
  const pass = { Action: 'iam:PassRole', Resource: ROLES };

  test.each([
    'apprunner:CreateService',
    'autoscaling:CreateLaunchConfiguration',
    'batch:RegisterJobDefinition',
    'cloudformation:CreateStack',
    'codebuild:CreateProject',
    'datapipeline:PutPipelineDefinition',
    'ec2:RunInstances',
    'ecs:RegisterTaskDefinition',
    'ecs:RunTask',
    'glue:CreateDevEndpoint',
    'glue:CreateJob',
    'lambda:CreateFunction',
    'sagemaker:CreateNotebookInstance',
    'sagemaker:CreateTrainingJob',
    'ssm:StartAutomationExecution',
    'states:CreateStateMachine',
  ])('opens a way together with %s', (Action) => {
    expect(escalations([pass, { Action, Resource: '*' }])).toEqual([
      `ESCALATION_BY_PASS_ROLE: with iam:PassRole, ${Action} the caller can run its own work under any role that it passes`,
    ]);
    expect(codes(pass, { Effect: 'Deny', Action, Resource: '*' })).toEqual([]);
  });

  test('opens none alone, on one role, for one service, or denied', () => {
    const run = { Action: 'lambda:CreateFunction', Resource: '*' };
    expect(codes(pass)).toEqual([]);
    expect(codes(run)).toEqual([]);
    expect(codes({ ...pass, Resource: ROLES.replace('*', 'one') }, run)).toEqual([]);
    for (const key of ['iam:PassedToService', 'iam:AssociatedResourceArn', 'iam:ResourceTag/a']) {
      expect(codes({ ...pass, Condition: { StringLike: { [key]: 'x' } } }, run)).toEqual([]);
    }
    expect(codes(pass, run, { ...pass, Effect: 'Deny', Resource: '*' })).toEqual([]);
    expect(codes(pass, run, { ...run, Effect: 'Deny' })).toEqual([]);
  });
});
