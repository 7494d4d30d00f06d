import { advisePolicy } from '../../lambdas/core/advice';
import { createCatalogue } from '../../lambdas/core/catalogue/catalogue';
import type { PolicyKind } from '../../lambdas/core/document';

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const PUBLIC = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' };
const FEDERATED = {
  Effect: 'Allow',
  Principal: { Federated: 'accounts.google.com' },
  Action: 'sts:AssumeRoleWithWebIdentity',
};

function adviceOn(
  statement: object,
  kind: PolicyKind = 'identity',
  Version = '2012-10-17',
): string[] {
  const text = JSON.stringify({ Version, Statement: [statement] });
  return advisePolicy(text, kind).map(({ code, path, severity }) =>
    [severity, code, ...path.slice(2)].join(' '),
  );
}

test.each<[string, object, string[], PolicyKind?]>([
  ['a narrow statement', ALLOW, []],
  [
    'NotAction with Allow',
    { ...ALLOW, Action: undefined, NotAction: ['iam:*', 'sts:*'] },
    ['security-warning ALLOW_WITH_NOT_ACTION NotAction'],
  ],
  ['NotAction with Deny', { ...ALLOW, Effect: 'Deny', Action: undefined, NotAction: 's3:x' }, []],
  [
    'NotResource with Allow',
    { ...ALLOW, Resource: undefined, NotResource: 'arn:aws:s3:::x' },
    ['security-warning ALLOW_WITH_NOT_RESOURCE NotResource'],
  ],
  [
    'NotResource with Deny',
    { ...ALLOW, Effect: 'Deny', Resource: undefined, NotResource: 'arn:aws:s3:::x' },
    [],
  ],
  [
    'NotPrincipal with Allow',
    { ...ALLOW, NotPrincipal: { AWS: '111111111111' } },
    ['security-warning ALLOW_WITH_NOT_PRINCIPAL NotPrincipal'],
    'resource',
  ],
  [
    'NotPrincipal with Deny',
    { ...ALLOW, Effect: 'Deny', NotPrincipal: { AWS: '111111111111' } },
    ['security-warning DENY_WITH_NOT_PRINCIPAL NotPrincipal'],
    'resource',
  ],
  ['everything', { ...ALLOW, Action: '*' }, ['security-warning ALLOW_EVERYTHING Action']],
  ['everything denied', { ...ALLOW, Effect: 'Deny', Action: '*' }, []],
  ['every action on one resource', { ...ALLOW, Action: '*', Resource: 'arn:aws:s3:::x' }, []],
  [
    'everything on a condition',
    { ...ALLOW, Action: '*', Condition: { Bool: { 'a:b': 'true' } } },
    [
      'security-warning PASS_ROLE_ON_EVERYTHING Resource',
      'security-warning ESCALATION_BY_POLICY_VERSION Action',
      'security-warning ESCALATION_BY_GRANT Action',
      'security-warning ESCALATION_BY_GROUP Action',
      'security-warning ESCALATION_BY_CREDENTIALS Action',
      'security-warning ESCALATION_BY_TRUST Action',
      'security-warning ESCALATION_BY_BOUNDARY Action',
      'security-warning ESCALATION_BY_PROVIDER Action',
      'security-warning ESCALATION_BY_ROLE Action',
      'security-warning ESCALATION_BY_PASS_ROLE Action',
    ],
  ],
  [
    'passing every role to one service',
    {
      ...ALLOW,
      Action: 'iam:PassRole',
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    [],
  ],
  [
    'passing every role to all services but one',
    {
      ...ALLOW,
      Action: 'iam:PassRole',
      Condition: { StringNotEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    ['security-warning PASS_ROLE_ON_EVERYTHING Resource'],
  ],
  [
    'passing every role',
    { ...ALLOW, Action: ['s3:x', 'IAM:Pass*'] },
    ['security-warning PASS_ROLE_ON_EVERYTHING Resource'],
  ],
  ['passing one role', { ...ALLOW, Action: 'iam:PassRole', Resource: 'arn:aws:iam:::role/x' }, []],
  ['everyone', PUBLIC, ['security-warning PUBLIC_ACCESS Principal'], 'resource'],
  [
    'everyone on a condition',
    { ...PUBLIC, Condition: { Bool: { 'a:b': 'true' } } },
    [],
    'resource',
  ],
  ['everyone denied', { ...PUBLIC, Effect: 'Deny' }, [], 'resource'],
  ['an account', { ...PUBLIC, Principal: { AWS: '111111111111' } }, [], 'resource'],
  ['everyone at an endpoint', { ...PUBLIC, Resource: '*' }, [], 'endpoint'],
  ['a provider', FEDERATED, ['security-warning UNCONDITIONAL_FEDERATION Principal'], 'trust'],
  [
    'a provider on a condition',
    { ...FEDERATED, Condition: { StringEquals: { 'a:aud': 'x' } } },
    [],
    'trust',
  ],
  [
    'ForAllValues alone',
    { ...ALLOW, Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } } },
    ['security-warning FOR_ALL_VALUES_ALONE Condition ForAllValues:StringEquals aws:TagKeys'],
  ],
  [
    'ForAllValues with Null',
    {
      ...ALLOW,
      Condition: {
        'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' },
        Null: { 'AWS:tagkeys': 'False' },
      },
    },
    [],
  ],
  [
    'ForAllValues with Null of another key',
    {
      ...ALLOW,
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' }, Null: { 'a:b': 'false' } },
    },
    ['security-warning FOR_ALL_VALUES_ALONE Condition ForAllValues:StringEquals aws:TagKeys'],
  ],
  [
    'ForAllValues with Null true',
    {
      ...ALLOW,
      Condition: {
        'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' },
        Null: { 'aws:TagKeys': 'true' },
      },
    },
    ['security-warning FOR_ALL_VALUES_ALONE Condition ForAllValues:StringEquals aws:TagKeys'],
  ],
  [
    'ForAllValues in a Deny',
    {
      ...ALLOW,
      Effect: 'Deny',
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } },
    },
    [],
  ],
  [
    'ForAnyValue',
    { ...ALLOW, Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } } },
    [],
  ],
  [
    'a key with several values',
    { ...ALLOW, Condition: { StringEquals: { 'aws:tagKeys': 'a' } } },
    ['warning MISSING_SET_OPERATOR Condition StringEquals aws:tagKeys'],
  ],
  [
    'a key with several values under Null',
    { ...ALLOW, Condition: { Null: { 'aws:TagKeys': 'true' } } },
    [],
  ],
  [
    'no value',
    { ...ALLOW, Condition: { Bool: { 'a:b': [] } } },
    ['warning EMPTY_CONDITION_VALUES Condition Bool a:b'],
  ],
  [
    'a number that is none',
    { ...ALLOW, Condition: { NumericEquals: { 'a:b': ['1', 'x'] } } },
    ['warning UNREADABLE_VALUE Condition NumericEquals a:b'],
  ],
  [
    'a date that is none',
    { ...ALLOW, Condition: { DateLessThan: { 'a:b': '01T' } } },
    ['warning UNREADABLE_VALUE Condition DateLessThan a:b'],
  ],
  [
    'a range that is none',
    { ...ALLOW, Condition: { NotIpAddress: { 'a:b': '10.0.0.0/99' } } },
    ['warning UNREADABLE_VALUE Condition NotIpAddress a:b'],
  ],
  [
    'a Boolean that is none',
    { ...ALLOW, Condition: { Bool: { 'a:b': 'yes' } } },
    ['warning UNREADABLE_VALUE Condition Bool a:b'],
  ],
  [
    'Null with another value',
    { ...ALLOW, Condition: { Null: { 'a:b': 'yes' } } },
    ['warning UNREADABLE_VALUE Condition Null a:b'],
  ],
  [
    'an ARN that is none',
    { ...ALLOW, Condition: { ArnLike: { 'a:b': ['x', '*', 'arn:x'] } } },
    ['warning UNREADABLE_VALUE Condition ArnLike a:b'],
  ],
  [
    'readable values',
    {
      ...ALLOW,
      Condition: {
        NumericEquals: { 'a:b': 1 },
        DateEquals: { 'a:b': '2030-01-01' },
        IpAddress: { 'a:b': '::/0' },
        Bool: { 'a:b': 'True' },
        BinaryEquals: { 'a:b': '*' },
      },
    },
    [],
  ],
  [
    'a wildcard where there are none',
    { ...ALLOW, Condition: { StringNotEqualsIfExists: { 'a:b': 'x*' } } },
    ['suggestion LITERAL_WILDCARD Condition StringNotEqualsIfExists a:b'],
  ],
  [
    'a question mark where there are no wildcards',
    { ...ALLOW, Condition: { StringEqualsIgnoreCase: { 'a:b': 'x?' } } },
    ['suggestion LITERAL_WILDCARD Condition StringEqualsIgnoreCase a:b'],
  ],
  ['an escaped star', { ...ALLOW, Condition: { StringEquals: { 'a:b': 'x${*}' } } }, []],
  ['a wildcard where there are some', { ...ALLOW, Condition: { StringLike: { 'a:b': 'x*' } } }, []],
  [
    'an action twice',
    { ...ALLOW, Action: ['s3:Get', 'S3:get'] },
    ['suggestion REDUNDANT_ACTION Action 1'],
  ],
  [
    'an action within another',
    { ...ALLOW, Action: ['s3:GetObject', 's3:Get*'] },
    ['suggestion REDUNDANT_ACTION Action 0'],
  ],
  [
    'an action within another that is not meant',
    { ...ALLOW, Effect: 'Deny', Action: undefined, NotAction: ['s3:*', 's3:Get*'] },
    ['suggestion REDUNDANT_ACTION NotAction 1'],
  ],
  ['different actions', { ...ALLOW, Action: ['s3:Get*', 's3:Put*'] }, []],
  ['an operator that says nothing', { ...ALLOW, Condition: { Foo: {} } }, []],
])('advice on %s', (_name, statement, advice, ...[kind]) => {
  expect(adviceOn(statement, kind)).toEqual(advice);
});

test('variables in an old version are no variables', () => {
  const variable = 'arn:aws:s3:::${aws:username}';
  const code = 'warning VARIABLE_IN_OLD_VERSION';
  expect(adviceOn({ ...ALLOW, Resource: variable }, 'identity', '2008-10-17')).toEqual([code]);
  expect(
    adviceOn({ Effect: 'Deny', Action: 'a:b', NotResource: variable }, 'identity', '2008-10-17'),
  ).toEqual([code]);
  expect(
    adviceOn({ ...ALLOW, Condition: { StringLike: { 'a:b': '${x}' } } }, 'identity', '2008-10-17'),
  ).toEqual([code]);
  expect(adviceOn({ ...ALLOW, Resource: variable })).toEqual([]);
  expect(adviceOn(PUBLIC, 'resource', '2008-10-17')).toEqual([
    'security-warning PUBLIC_ACCESS Principal',
  ]);
});

test('a missing version is worth a suggestion', () => {
  expect(advisePolicy(JSON.stringify({ Statement: ALLOW }), 'identity')).toEqual([
    {
      code: 'MISSING_VERSION',
      path: [],
      message: 'without a Version, policy variables are plain text; write 2012-10-17',
      severity: 'suggestion',
      position: { line: 1, column: 1 },
    },
  ]);
});

test('advice has a position, also in a policy without a list', () => {
  const text =
    '{"Version":"2012-10-17",\n"Statement":{"Effect":"Allow","NotAction":"s3:x","Resource":"arn:aws:s3:::x"}}';
  expect(advisePolicy(text, 'identity')).toMatchObject([
    { path: ['Statement', 'NotAction'], position: { line: 2, column: 43 } },
  ]);
});

test('there is no advice on a policy with errors', () => {
  expect(advisePolicy('{"Statement":{"Effect":"Allow","NotAction":"x"}}', 'identity')).toEqual([]);
  expect(advisePolicy('{', 'identity')).toEqual([]);
});

test('a catalogue adds what its services do not have', () => {
  const catalogue = createCatalogue([
    { service: 'orders', actions: [], resourceTypes: [], conditionKeys: [] },
  ]);
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [ALLOW, { ...ALLOW, Action: 'orders:Fly' }],
  });
  expect(advisePolicy(text, 'identity', catalogue)).toMatchObject([
    { code: 'UNKNOWN_ACTION', path: ['Statement', 1, 'Action', 0], position: { line: 1 } },
  ]);
});
