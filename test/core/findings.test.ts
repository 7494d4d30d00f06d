import { FindingCollector, positionAt } from '../../lambdas/core/findings';
import type { Finding } from '../../lambdas/core/finding';
import { malformedPolicyMessage, validatePolicy } from '../../lambdas/core/validate';
import type { PolicyKind } from '../../lambdas/core/validate';

const SYNTAX = 'Syntax errors in policy.';
const LEGACY = 'The policy failed legacy parsing';
const ORGANIZATION =
  'The provided policy document does not meet the requirements of the specified policy type.';
const SID =
  'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
const NO_VALUE = 'a condition value is a string, a number or a Boolean, or a list of them';

const KINDS: Readonly<Partial<Record<PolicyKind, object>>> = {
  identity: { Effect: 'Allow', Action: 'a:b', Resource: '*' },
  trust: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' },
  rcp: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' },
};

/** What is found in a policy of one statement that differs from a sound one. */
function found(element: object, kind: PolicyKind = 'identity') {
  const Statement = [{ ...KINDS[kind], ...element }];
  const { findings } = validatePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), kind);
  return findings.map(({ code, path, message, awsMessage }) => ({
    code,
    path: path.slice(2),
    message,
    awsMessage,
  }));
}

test.each<[object, string, (string | number)[], string, string]>([
  ['x' as unknown as object, 'INVALID_TYPE', [], 'a Condition is an object', SYNTAX],
  [{ StringEquals: 'x' }, 'INVALID_TYPE', ['StringEquals'], 'an operator has keys', SYNTAX],
  [
    { StringEquals: {}, stringequals: {} },
    'DUPLICATE_CONDITION_OPERATOR',
    ['stringequals'],
    'the operator `stringequals` stands twice in one Condition',
    SYNTAX,
  ],
  [{ Foo: { a: 'b' } }, 'UNKNOWN_OPERATOR', ['Foo'], '`Foo` is no condition operator', SYNTAX],
  [
    { StringEquals: { 'a:b': 'x', 'A:B': 'y' } },
    'DUPLICATE_CONDITION_KEY',
    ['StringEquals', 'A:B'],
    'the key `A:B` stands twice under one operator',
    SYNTAX,
  ],
  [{ StringEquals: { 'a:b': {} } }, 'INVALID_TYPE', ['StringEquals', 'a:b'], NO_VALUE, SYNTAX],
  [{ StringEquals: { 'a:b': [null] } }, 'INVALID_TYPE', ['StringEquals', 'a:b'], NO_VALUE, SYNTAX],
  [
    { StringEquals: { 'a:b': '${x' } },
    'INVALID_VARIABLE',
    ['StringEquals', 'a:b'],
    '`${x` has an invalid policy variable',
    LEGACY,
  ],
  [
    { DateEquals: { 'a:b': 'soon' } },
    'INVALID_DATE',
    ['DateEquals', 'a:b'],
    '`soon` is no date',
    LEGACY,
  ],
])('a Condition %j is refused as %s', (Condition, code, path, message, awsMessage) => {
  expect(found({ Condition })).toEqual([
    { code, path: ['Condition', ...path], message, awsMessage },
  ]);
});

test.each([
  { Foo: {} },
  { NumericEquals: { 'a:b': '${x' } },
  { DateEquals: { 'a:b': ['2026-01-01T00:00:00Z', '1767225600'] } },
  { StringEquals: { 'a:b': [] } },
])('a Condition %j is accepted', (Condition) => {
  expect(found({ Condition })).toEqual([]);
});

const VENDOR = 'Resource vendor must be fully qualified and cannot contain regexes.';

test.each([
  ['nothing', 'INVALID_RESOURCE', 'Resource nothing must be in ARN format or "*".'],
  ['brn:aws:s3:::b', 'INVALID_RESOURCE', 'Resource brn:aws:s3:::b must be in ARN format or "*".'],
  ['arn:aws', 'INVALID_RESOURCE', VENDOR],
  ['arn:aws:s*:::b', 'INVALID_RESOURCE', VENDOR],
  ['arn:aws:s?:::b', 'INVALID_RESOURCE', VENDOR],
  ['arn:aws:s3:', 'LEGACY_RESOURCE', LEGACY],
  ['arn:aws:s3::x', 'LEGACY_RESOURCE', LEGACY],
  ['arn:aws::::x', 'LEGACY_RESOURCE', LEGACY],
  ['arn:aws:s3:::${x', 'INVALID_VARIABLE', LEGACY],
  [
    'arn:aws:s3:${aws:x}::b',
    'MISPLACED_VARIABLE',
    'Resource arn:aws:s3:${aws:x}::b has a policy variable before its last part',
  ],
  [
    'arn:xyz:s3:::b',
    'INVALID_RESOURCE',
    'Partition "xyz" is not valid for resource "arn:xyz:s3:::b".',
  ],
  ['arn:xyz', 'INVALID_RESOURCE', 'Partition "xyz" is not valid for resource "arn:xyz:*:*:*:*".'],
  ['arn:xyz:', 'INVALID_RESOURCE', 'Partition "xyz" is not valid for resource "arn:xyz:*:*:*:*".'],
  [
    'arn:xyz:s3:eu:1',
    'INVALID_RESOURCE',
    'Partition "xyz" is not valid for resource "arn:xyz:s3:eu:1:*".',
  ],
  [
    'arn:xyz:s3:eu:1:a:b',
    'INVALID_RESOURCE',
    'Partition "xyz" is not valid for resource "arn:xyz:s3:eu:1:a:b".',
  ],
  [
    'arn:aws:iam:eu-west-1:1:user/x',
    'INVALID_RESOURCE',
    'IAM resource arn:aws:iam:eu-west-1:1:user/x cannot contain region information.',
  ],
  [
    'arn:aws:s3:eu-west-1::b',
    'INVALID_RESOURCE',
    'Resource arn:aws:s3:eu-west-1::b can not contain region information.',
  ],
  [
    'arn:aws:iam::1:thing/user/x',
    'INVALID_RESOURCE',
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
  ],
])('the resource %s is refused as %s', (Resource, code, message) => {
  for (const element of [
    { Resource: ['*', Resource] },
    { Resource: undefined, NotResource: ['*', Resource] },
  ]) {
    const [name] = Object.keys(element).slice(-1);
    expect(found(element)).toEqual([{ code, path: [name, 1], message, awsMessage: undefined }]);
  }
});

test.each([
  'arn:aws:s3',
  'arn:aws:s3:eu-west-1:1:b',
  'arn:aws:sqs:eu-west-1::b',
  'arn:aws:iam::1:user/a:b',
  'arn:aws:iam::1:delegation-request/x',
  'arn:aws:iam::1:role-template/x',
  'arn:aws:iam::1:*',
  'arn:aws:iam::1:u*',
])('the resource %s is accepted', (Resource) => {
  expect(found({ Resource })).toEqual([]);
});

test.each([
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'STS:assumerolewithwebidentity',
  'sts:AssumeRoot',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  'sts:SetContext',
  'sts:*',
  'sts:Assume*',
  'sts:?ssumeRole',
])('a trust policy may hold %s', (Action) => {
  expect(found({ Action }, 'trust')).toEqual([]);
  expect(found({ Action: [Action, 'sts:TagSession'] }, 'trust')).toEqual([]);
});

test.each([
  'sts:GetCallerIdentity',
  's3:x',
  '*',
  'xsts:AssumeRole',
  'sts:TagSessions',
  'sts:Assume-*',
  'sts:xTagSession',
])('a trust policy may not hold %s', (Action) => {
  const refused = {
    code: 'PROHIBITED_ACTION',
    path: ['Action'],
    message: 'AssumeRole policy may only specify STS AssumeRole actions.',
    awsMessage: undefined,
  };
  expect(found({ Action }, 'trust')).toEqual([refused]);
  expect(found({ Action: ['sts:AssumeRole', Action] }, 'trust')).toEqual([refused]);
});

test.each<[object, PolicyKind, string, string, string, string | undefined]>([
  [
    { Resource: '*' },
    'trust',
    'PROHIBITED_RESOURCE',
    'Resource',
    'Has prohibited field Resource',
    undefined,
  ],
  [
    { NotResource: '*' },
    'trust',
    'PROHIBITED_RESOURCE',
    'NotResource',
    'Has prohibited field NotResource',
    undefined,
  ],
  [{ Sid: 'a b' }, 'trust', 'INVALID_SID', 'Sid', SID, undefined],
  [{ Sid: 'a b' }, 'identity', 'INVALID_SID', 'Sid', SID, undefined],
  [
    { Effect: 'Allow' },
    'rcp',
    'PROHIBITED_BY_TYPE',
    'Effect',
    'an RCP can only deny',
    ORGANIZATION,
  ],
  [
    { Principal: { AWS: '111111111111' } },
    'rcp',
    'PROHIBITED_BY_TYPE',
    'Principal',
    'the Principal of an RCP is "*"',
    ORGANIZATION,
  ],
  [
    { Principal: { AWS: ['*', '*'] } },
    'rcp',
    'PROHIBITED_BY_TYPE',
    'Principal',
    'the Principal of an RCP is "*"',
    ORGANIZATION,
  ],
  [
    { Principal: { Service: 'a.b' } },
    'rcp',
    'PROHIBITED_BY_TYPE',
    'Principal',
    'the Principal of an RCP is "*"',
    ORGANIZATION,
  ],
  [
    { Action: undefined, NotAction: 's3:*' },
    'rcp',
    'PROHIBITED_BY_TYPE',
    'NotAction',
    'an RCP has no NotAction',
    ORGANIZATION,
  ],
  [
    { Action: '*' },
    'rcp',
    'PROHIBITED_BY_TYPE',
    'Action',
    'an Action of an RCP names its service',
    ORGANIZATION,
  ],
])(
  '%j in a policy of the kind %s is refused as %s',
  (element, kind, code, name, message, awsMessage) => {
    expect(found(element, kind)).toEqual([{ code, path: [name], message, awsMessage }]);
  },
);

test('an RCP that denies everyone what it names is accepted; one without a Principal says only that', () => {
  expect(found({}, 'rcp')).toEqual([]);
  expect(found({ Principal: undefined }, 'rcp')).toMatchObject([{ code: 'MISSING_PRINCIPAL' }]);
});

test('a Sid that stands twice is named where it stands again', () => {
  const statement = { ...KINDS.identity, Sid: 'a' };
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement, statement] });
  expect(validatePolicy(text, 'identity').findings).toMatchObject([
    { code: 'DUPLICATE_SID', path: ['Statement', 1, 'Sid'], position: { line: 1 } },
  ]);
});

/** What AWS looks at first, and then. */
const STAGES: readonly (readonly string[])[] = [
  ['INVALID_TYPE', 'UNKNOWN_ELEMENT'],
  ['VERSION_TOO_OLD'],
  ['INVALID_EFFECT_CASE', 'INVALID_DATE', 'INVALID_VARIABLE', 'LEGACY_RESOURCE'],
  ['DUPLICATE_SID', 'INVALID_SID'],
  ['MISSING_ACTION'],
  ['INVALID_RESOURCE', 'MISPLACED_VARIABLE'],
  ['INVALID_ACTION'],
  ['MISSING_RESOURCE'],
  [
    'MISSING_PRINCIPAL',
    'INVALID_PRINCIPAL',
    'PROHIBITED_RESOURCE',
    'PROHIBITED_ACTION',
    'PROHIBITED_BY_TYPE',
  ],
];

const finding = (
  code: string,
  path: Finding['path'] = ['Statement', 0],
  message = code,
): Finding => ({
  code,
  path,
  message,
  severity: 'error',
});

describe('the one message that AWS gives', () => {
  const pairs = STAGES.slice(1).flatMap((codes, index) =>
    codes.flatMap((later) => (STAGES[index] ?? []).map((earlier) => [earlier, later] as const)),
  );

  test.each(pairs)('%s goes before %s', (earlier, later) => {
    const both = [finding(later, ['Statement', 1]), finding(earlier)];
    expect(malformedPolicyMessage(both)).toBe(earlier);
    expect(malformedPolicyMessage([...both].reverse())).toBe(earlier);
  });

  test('of two problems of one stage the first is given', () => {
    const first = finding('MISSING_ACTION', ['Statement', 1], 'first');
    const second = finding('MISSING_ACTION', ['Statement', 0], 'second');
    expect(malformedPolicyMessage([first, second])).toBe('first');
    expect(malformedPolicyMessage([second, first])).toBe('second');
  });

  test('an Action goes before a NotAction, a NotResource before a Resource', () => {
    const action = finding('INVALID_ACTION', ['Statement', 0, 'Action'], 'action');
    const notAction = finding('INVALID_ACTION', ['Statement', 0, 'NotAction'], 'not');
    expect(malformedPolicyMessage([notAction, action])).toBe('action');
    expect(malformedPolicyMessage([action, notAction])).toBe('action');
    const resource = finding('INVALID_RESOURCE', ['Statement', 1, 'Resource'], 'a');
    const notResource = finding('INVALID_RESOURCE', ['Statement', 0, 'NotResource'], 'b');
    expect(malformedPolicyMessage([resource, notResource])).toBe('b');
    expect(malformedPolicyMessage([notResource, resource])).toBe('b');
  });

  test("of several resources the last statement's is given, of one statement's the first by letters", () => {
    const at = (index: number, message: string) =>
      finding('INVALID_RESOURCE', ['Statement', index, 'Resource'], message);
    expect(malformedPolicyMessage([at(0, 'a'), at(1, 'b'), at(1, 'c')])).toBe('b');
    expect(malformedPolicyMessage([at(1, 'c'), at(1, 'b'), at(0, 'a')])).toBe('b');
    const lone = finding('INVALID_RESOURCE', ['Statement', 'Resource'], 'b');
    expect(malformedPolicyMessage([at(0, 'c'), lone])).toBe('b');
  });

  test('what cannot be read is hidden once a resource has been found wrong', () => {
    const wrong = finding('INVALID_RESOURCE', ['Statement', 1]);
    const unread = (index: number) => finding('LEGACY_RESOURCE', ['Statement', index]);
    expect(malformedPolicyMessage([wrong, unread(0)])).toBe('LEGACY_RESOURCE');
    expect(malformedPolicyMessage([wrong, unread(1)])).toBe('INVALID_RESOURCE');
    expect(malformedPolicyMessage([wrong, unread(2)])).toBe('INVALID_RESOURCE');
  });
});

test('a position is counted from one, and belongs to the line before its line end', () => {
  expect(positionAt('ab\ncd', 0)).toEqual({ line: 1, column: 1 });
  expect(positionAt('ab\ncd', 2)).toEqual({ line: 1, column: 3 });
  expect(positionAt('ab\ncd', 3)).toEqual({ line: 2, column: 1 });
  expect(positionAt('\n\nx', 0)).toEqual({ line: 1, column: 1 });
  expect(positionAt('\n\nx', 2)).toEqual({ line: 3, column: 1 });
});

test('a finding without a place has no position', () => {
  const at = (text: string | undefined, offset: number) => {
    const collector = new FindingCollector(text);
    collector.report(finding('X'), offset);
    return collector.findings;
  };
  expect(at('abc', 1)).toEqual([{ ...finding('X'), position: { line: 1, column: 2 } }]);
  expect(at('abc', 0)).toEqual([{ ...finding('X'), position: { line: 1, column: 1 } }]);
  for (const none of [at('abc', -1), at(undefined, 1)]) {
    expect(none).toEqual([finding('X')]);
    expect(none[0]).not.toHaveProperty('position');
  }
});
