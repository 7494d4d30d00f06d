import type { PolicyKind } from '../../lambdas/core/document';
import { parsePolicy } from '../../lambdas/core/parse';

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

function policy(statement: unknown, version: unknown = '2012-10-17'): string {
  return JSON.stringify({ Version: version, Statement: statement });
}

function codesOf(source: string | object, kind: PolicyKind = 'identity'): string[] {
  return parsePolicy(source, kind).findings.map(({ code, path }) => [code, ...path].join(' '));
}

test('a policy is read with each list a list', () => {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Id: 'one',
    Statement: {
      Sid: 'S',
      Effect: 'Deny',
      NotAction: 's3:GetObject',
      NotResource: ['arn:aws:s3:::a'],
      Condition: { Bool: { 'a:b': true }, NumericEquals: { 'a:c': [1, '2.50', 3.0] } },
    },
  });
  const { document, findings, denies } = parsePolicy(text, 'identity');
  expect(findings).toEqual([]);
  expect(denies).toBe(true);
  expect(document).toEqual({
    Version: '2012-10-17',
    Id: 'one',
    Statement: [
      {
        Sid: 'S',
        Effect: 'Deny',
        NotAction: ['s3:GetObject'],
        NotResource: ['arn:aws:s3:::a'],
        Condition: [
          { operator: 'Bool', key: 'a:b', values: ['true'] },
          { operator: 'NumericEquals', key: 'a:c', values: ['1', '2.50', '3'] },
        ],
        start: text.indexOf('{"Sid"'),
        end: text.length - 1,
      },
    ],
  });
});

test('numbers are taken as they are written', () => {
  const text = policy({ ...ALLOW, Condition: { NumericEquals: { 'a:b': 0 } } }).replace(
    '"a:b":0',
    '"a:b":1.50',
  );
  expect(parsePolicy(text, 'identity').document?.Statement[0]?.Condition?.[0]?.values).toEqual([
    '1.50',
  ]);
});

test('a plain value is judged by the same rules as its text', () => {
  const value = { Statement: [{ ...ALLOW, effect: 'Allow' }] };
  expect(codesOf(value)).toEqual(['UNKNOWN_ELEMENT Statement 0 effect']);
  expect(parsePolicy(value, 'identity').text).toBeUndefined();
  expect(parsePolicy(value, 'identity').findings[0]?.position).toBeUndefined();
});

test('the version may stand behind the statements', () => {
  const broken = { ...ALLOW, Resource: 'arn:aws:s3:::${aws:username' };
  expect(codesOf(`{"Statement":${JSON.stringify(broken)},"Version":"2012-10-17"}`)).toEqual([
    'INVALID_VARIABLE Statement Resource',
  ]);
  expect(codesOf(`{"Statement":${JSON.stringify(broken)},"Version":"2008-10-17"}`)).toEqual([]);
});

test.each<[string, string | object, string]>([
  ['no object', '[]', 'INVALID_TYPE'],
  ['no JSON', '{', 'INVALID_JSON'],
  [
    'a duplicate member',
    '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"a:b","Resource":"*"}}',
    'DUPLICATE_MEMBER Statement Effect',
  ],
  ['no statement', { Version: '2012-10-17' }, 'MISSING_ELEMENT Statement'],
  ['an empty list of statements', { Statement: [] }, 'EMPTY_ELEMENT Statement'],
  ['a statement that is no object', { Statement: ['x'] }, 'INVALID_TYPE Statement 0'],
  ['an unknown top element', { Statement: ALLOW, statement: 1 }, 'UNKNOWN_ELEMENT statement'],
  ['an unknown version', policy(ALLOW, '2013-10-17'), 'INVALID_VERSION Version'],
  ['a version that is no string', policy(ALLOW, 2012), 'INVALID_TYPE Version'],
  ['an Id that is no string', { Id: [], Statement: ALLOW }, 'INVALID_TYPE Id'],
  ['a Sid that is no string', policy({ ...ALLOW, Sid: 1 }), 'INVALID_TYPE Statement Sid'],
  ['no Effect', policy({ ...ALLOW, Effect: undefined }), 'MISSING_ELEMENT Statement'],
  ['an Effect that is no string', policy({ ...ALLOW, Effect: 1 }), 'INVALID_TYPE Statement Effect'],
  ['an unknown Effect', policy({ ...ALLOW, Effect: 'Permit' }), 'INVALID_EFFECT Statement Effect'],
  [
    'an Effect in the wrong case',
    policy({ ...ALLOW, Effect: 'allow' }),
    'INVALID_EFFECT_CASE Statement Effect',
  ],
  [
    'a Deny in the wrong case',
    policy({ ...ALLOW, Effect: 'DENY' }),
    'INVALID_EFFECT_CASE Statement Effect',
  ],
  ['no Action', policy({ ...ALLOW, Action: undefined }), 'MISSING_ACTION Statement'],
  ['an empty Action', policy({ ...ALLOW, Action: [] }), 'MISSING_ACTION Statement Action'],
  [
    'an Action that is an object',
    policy({ ...ALLOW, Action: {} }),
    'INVALID_TYPE Statement Action',
  ],
  [
    'an Action with an object in it',
    policy([{ ...ALLOW, Action: ['a:b', {}] }]),
    'INVALID_TYPE Statement 0 Action 1',
  ],
  [
    'Action and NotAction',
    policy({ ...ALLOW, NotAction: 'a:b' }),
    'CONFLICTING_ELEMENTS Statement',
  ],
  [
    'Resource and NotResource',
    policy({ ...ALLOW, NotResource: '*' }),
    'CONFLICTING_ELEMENTS Statement',
  ],
  [
    'an action without a vendor',
    policy({ ...ALLOW, Action: 'x' }),
    'INVALID_ACTION Statement Action',
  ],
  [
    'an action with two colons in a list',
    policy({ ...ALLOW, Action: ['a:b', 'a:b:c'] }),
    'INVALID_ACTION Statement Action 1',
  ],
  [
    'an action without a name of a vendor',
    policy({ ...ALLOW, Action: ':x' }),
    'INVALID_ACTION Statement Action',
  ],
  ['no Resource', policy({ ...ALLOW, Resource: undefined }), 'MISSING_RESOURCE Statement'],
  ['an empty Resource', policy({ ...ALLOW, Resource: [] }), 'MISSING_RESOURCE Statement Resource'],
  [
    'an empty text as Resource',
    policy({ ...ALLOW, Resource: '' }),
    'INVALID_RESOURCE Statement Resource',
  ],
  [
    'a resource that is no ARN',
    policy({ ...ALLOW, Resource: ['*', 'urn:aws:s3:::a'] }),
    'INVALID_RESOURCE Statement Resource 1',
  ],
  [
    'a resource with too few parts',
    policy({ ...ALLOW, Resource: 'arn:aws:s3::a' }),
    'LEGACY_RESOURCE Statement Resource',
  ],
  [
    'a Condition that is no object',
    policy({ ...ALLOW, Condition: [] }),
    'INVALID_TYPE Statement Condition',
  ],
  [
    'an operator without keys',
    policy({ ...ALLOW, Condition: { Bool: 'x' } }),
    'INVALID_TYPE Statement Condition Bool',
  ],
  [
    'an unknown operator',
    policy({ ...ALLOW, Condition: { Boolean: { 'a:b': '1' } } }),
    'UNKNOWN_OPERATOR Statement Condition Boolean',
  ],
  [
    'a set operator on Null',
    policy({ ...ALLOW, Condition: { 'ForAllValues:Null': { 'a:b': 'true' } } }),
    'UNKNOWN_OPERATOR Statement Condition ForAllValues:Null',
  ],
  [
    'Null with IfExists',
    policy({ ...ALLOW, Condition: { NullIfExists: { 'a:b': 'true' } } }),
    'UNKNOWN_OPERATOR Statement Condition NullIfExists',
  ],
  [
    'one operator in two spellings',
    policy({ ...ALLOW, Condition: { Bool: {}, bool: {} } }),
    'DUPLICATE_CONDITION_OPERATOR Statement Condition bool',
  ],
  [
    'one key in two spellings',
    policy({ ...ALLOW, Condition: { Bool: { 'a:b': '1', 'A:B': '1' } } }),
    'DUPLICATE_CONDITION_KEY Statement Condition Bool A:B',
  ],
  [
    'a condition value that is an object',
    policy({ ...ALLOW, Condition: { Bool: { 'a:b': [{}] } } }),
    'INVALID_TYPE Statement Condition Bool a:b',
  ],
  [
    'a condition value that is null',
    policy({ ...ALLOW, Condition: { Bool: { 'a:b': null } } }),
    'INVALID_TYPE Statement Condition Bool a:b',
  ],
  [
    'a variable that is not closed in a condition',
    policy({ ...ALLOW, Condition: { StringLike: { 'a:b': '${x' } } }),
    'INVALID_VARIABLE Statement Condition StringLike a:b',
  ],
  ['a Principal', policy({ ...ALLOW, Principal: '*' }), 'PROHIBITED_PRINCIPAL Statement Principal'],
  [
    'a NotPrincipal',
    policy({ ...ALLOW, NotPrincipal: '*' }),
    'PROHIBITED_PRINCIPAL Statement NotPrincipal',
  ],
])('an identity-based policy with %s is refused', (_name, source, code) => {
  expect(codesOf(source)).toEqual([code]);
  expect(parsePolicy(source, 'identity').document).toBeUndefined();
});

test.each([
  ['an operator that does not exist, without keys', { Condition: { Boolean: {} } }],
  ['a variable that numbers do not have', { Condition: { NumericEquals: { 'a:b': '${x' } } }],
  ['an empty list of values', { Condition: { Bool: { 'a:b': [] } } }],
  ['a short ARN', { Resource: 'arn:aws:s3' }],
  ['an action of a wildcard service', { Action: '*:Get*' }],
])('%s is accepted', (_name, elements) => {
  expect(codesOf(policy({ ...ALLOW, ...elements }))).toEqual([]);
});

const RESOURCE_ALLOW = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' };

test.each<[string, PolicyKind, object, string[]]>([
  ['everyone', 'resource', RESOURCE_ALLOW, []],
  ['no principal', 'resource', ALLOW, ['MISSING_PRINCIPAL Statement']],
  [
    'no principal',
    'trust',
    { Effect: 'Allow', Action: 'sts:AssumeRole' },
    ['MISSING_PRINCIPAL Statement'],
  ],
  ['no resource', 'rcp', RESOURCE_ALLOW, ['MISSING_RESOURCE Statement']],
  ['no resource', 'endpoint', RESOURCE_ALLOW, ['MISSING_RESOURCE Statement']],
  [
    'a principal',
    'scp',
    { ...ALLOW, Principal: '*' },
    ['PROHIBITED_PRINCIPAL Statement Principal'],
  ],
  [
    'a principal',
    'session',
    { ...ALLOW, Principal: '*' },
    ['PROHIBITED_PRINCIPAL Statement Principal'],
  ],
  ['NotPrincipal', 'resource', { ...ALLOW, NotPrincipal: { AWS: '111111111111' } }, []],
  [
    'NotPrincipal',
    'trust',
    { ...ALLOW, NotPrincipal: { AWS: '111111111111' } },
    ['PROHIBITED_PRINCIPAL Statement NotPrincipal'],
  ],
  [
    'both principals',
    'resource',
    { ...RESOURCE_ALLOW, NotPrincipal: '*' },
    ['CONFLICTING_ELEMENTS Statement'],
  ],
  [
    'another text',
    'resource',
    { ...RESOURCE_ALLOW, Principal: 'ana' },
    ['INVALID_PRINCIPAL Statement Principal'],
  ],
  [
    'an empty object',
    'resource',
    { ...RESOURCE_ALLOW, Principal: {} },
    ['INVALID_TYPE Statement Principal'],
  ],
  [
    'a list',
    'resource',
    { ...RESOURCE_ALLOW, Principal: [] },
    ['INVALID_TYPE Statement Principal'],
  ],
  [
    'an unknown kind',
    'resource',
    { ...RESOURCE_ALLOW, Principal: { aws: '*' } },
    ['UNKNOWN_ELEMENT Statement Principal aws'],
  ],
  [
    'an empty list',
    'resource',
    { ...RESOURCE_ALLOW, Principal: { AWS: [] } },
    ['EMPTY_ELEMENT Statement Principal AWS'],
  ],
  [
    'a number',
    'resource',
    { ...RESOURCE_ALLOW, Principal: { AWS: 1 } },
    ['INVALID_TYPE Statement Principal AWS'],
  ],
  [
    'a partial wildcard',
    'resource',
    { ...RESOURCE_ALLOW, Principal: { AWS: ['*', 'arn:aws:iam::111111111111:role/*'] } },
    ['INVALID_PRINCIPAL Statement Principal AWS'],
  ],
])('a principal: %s in the kind %s', (_name, kind, statement, codes) => {
  expect(codesOf(policy(statement), kind)).toEqual(codes);
});

test('findings have lines and columns', () => {
  const text = '{\n  "Statement": {\n    "Effect": "Allow",\n    "Action": "x", "Resource": "*"}}';
  expect(parsePolicy(text, 'identity').findings).toEqual([
    {
      code: 'INVALID_ACTION',
      path: ['Statement', 'Action'],
      message: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
      severity: 'error',
      position: { line: 4, column: 15 },
    },
  ]);
});

test('a text longer than AWS takes, or deeper than a policy can be, is refused', () => {
  expect(codesOf(' '.repeat(131_073))).toEqual(['TOO_LARGE']);
  expect(codesOf('['.repeat(17))).toEqual([`TOO_DEEP${' 0'.repeat(16)}`]);
});
