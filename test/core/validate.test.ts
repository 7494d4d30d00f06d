import type { Finding } from '../../lambdas/core/finding';
import type { PolicyKind } from '../../lambdas/core/document';
import { countPolicyCharacters } from '../../lambdas/core/policy-size';
import {
  exceededQuotaMessage,
  malformedPolicyMessage,
  validatePolicy,
} from '../../lambdas/core/validate';

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const LEGACY = 'The policy failed legacy parsing';
const SYNTAX = 'Syntax errors in policy.';

function policy(statement: unknown, version: string | undefined = '2012-10-17'): string {
  return JSON.stringify({ Version: version, Statement: statement });
}

function messageOf(text: string, kind: PolicyKind = 'managed'): string | undefined {
  return malformedPolicyMessage(validatePolicy(text, kind).findings);
}

test('a sound policy has a document and no findings', () => {
  const { document, findings } = validatePolicy(policy(ALLOW), 'managed');
  expect(findings).toEqual([]);
  expect(document?.Statement).toHaveLength(1);
});

test.each<[string, string, string]>([
  ['no JSON', 'x', SYNTAX],
  [
    'an old version',
    policy(ALLOW, '2008-10-17'),
    'Policy document must be version 2012-10-17 or greater.',
  ],
  [
    'no version',
    JSON.stringify({ Statement: ALLOW }),
    'Policy document must be version 2012-10-17 or greater.',
  ],
  ['syntax before the version', policy({ ...ALLOW, Extra: 1 }, '2008-10-17'), SYNTAX],
  [
    'the version before the case of an Effect',
    policy({ ...ALLOW, Effect: 'allow' }, '2008-10-17'),
    'Policy document must be version 2012-10-17 or greater.',
  ],
  ['the case of an Effect', policy({ ...ALLOW, Effect: 'allow' }), LEGACY],
  [
    'a date',
    policy({ ...ALLOW, Condition: { DateLessThanIfExists: { 'a:b': ['0', 'x'] } } }),
    LEGACY,
  ],
  [
    'two equal Sids',
    policy([
      { ...ALLOW, Sid: 'a' },
      { ...ALLOW, Sid: 'a' },
    ]),
    'Statement IDs (SID) in a single policy must be unique.',
  ],
  [
    'equal Sids before a missing action',
    policy([
      { ...ALLOW, Sid: 'a' },
      { Effect: 'Allow', Sid: 'a' },
    ]),
    'Statement IDs (SID) in a single policy must be unique.',
  ],
  [
    'a Sid with other characters',
    policy({ ...ALLOW, Sid: 'a b' }),
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  ],
  [
    'a missing action before a wrong resource',
    policy({ Effect: 'Allow', Resource: 'x' }),
    'Policy statement must contain actions.',
  ],
  [
    'a missing resource',
    policy({ Effect: 'Allow', Action: 's3:x' }),
    'Policy statement must contain resources.',
  ],
  [
    'a wrong action before a missing resource',
    policy({ Effect: 'Allow', Action: 'x' }),
    'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  ],
  [
    'a wrong resource before a wrong action',
    policy({ ...ALLOW, Action: 'a:b:c', Resource: 'x' }),
    'Resource x must be in ARN format or "*".',
  ],
  [
    'a wrong Action before a wrong NotAction',
    policy([
      { Effect: 'Allow', NotAction: 'x', Resource: '*' },
      { ...ALLOW, Action: 'a:b:c' },
    ]),
    'Actions/Condition can contain only one colon.',
  ],
  ['a wrong vendor', policy({ ...ALLOW, Action: 's_3:x' }), 'Vendor s_3 is not valid'],
  [
    'the last statement among wrong resources',
    policy([
      { ...ALLOW, Resource: 'a' },
      { ...ALLOW, Resource: 'b' },
    ]),
    'Resource b must be in ARN format or "*".',
  ],
  [
    'the first in the alphabet among wrong resources of one statement',
    policy({ ...ALLOW, Resource: ['b', 'a', 'c'] }),
    'Resource a must be in ARN format or "*".',
  ],
  [
    'NotResource after Resource',
    policy([
      { Effect: 'Allow', Action: 'a:b', NotResource: 'x' },
      { ...ALLOW, Resource: 'y' },
    ]),
    'Resource x must be in ARN format or "*".',
  ],
  [
    'a wrong resource before one that cannot be read',
    policy([
      { ...ALLOW, Resource: 'x' },
      { ...ALLOW, Resource: 'arn:aws:s3::x' },
    ]),
    'Resource x must be in ARN format or "*".',
  ],
  [
    'a resource that cannot be read before a wrong one',
    policy([
      { ...ALLOW, Resource: 'arn:aws:s3::x' },
      { ...ALLOW, Resource: 'x' },
    ]),
    LEGACY,
  ],
  ['an empty service', policy({ ...ALLOW, Resource: 'arn:aws::::x' }), LEGACY],
  [
    'no service',
    policy({ ...ALLOW, Resource: 'arn:aws' }),
    'Resource vendor must be fully qualified and cannot contain regexes.',
  ],
  [
    'a wildcard as service',
    policy({ ...ALLOW, Resource: 'arn:aws:*:::x' }),
    'Resource vendor must be fully qualified and cannot contain regexes.',
  ],
  [
    'an unknown partition',
    policy({ ...ALLOW, Resource: 'arn:a:b' }),
    'Partition "a" is not valid for resource "arn:a:b:*:*:*".',
  ],
  [
    'a partition alone',
    policy({ ...ALLOW, Resource: 'arn:' }),
    'Partition "" is not valid for resource "arn::*:*:*:*".',
  ],
  [
    'an unknown partition with an empty service',
    policy({ ...ALLOW, Resource: 'arn:a::b' }),
    'Partition "a" is not valid for resource "arn:a::b:*:*".',
  ],
  [
    'another beginning',
    policy({ ...ALLOW, Resource: 'urn:aws:s3:::x' }),
    'Resource urn:aws:s3:::x must be in ARN format or "*".',
  ],
  [
    'a region of IAM',
    policy({ ...ALLOW, Resource: 'arn:aws:iam:eu-west-1::user/x' }),
    'IAM resource arn:aws:iam:eu-west-1::user/x cannot contain region information.',
  ],
  [
    'a region of a bucket',
    policy({ ...ALLOW, Resource: 'arn:aws:s3:eu-west-1::x' }),
    'Resource arn:aws:s3:eu-west-1::x can not contain region information.',
  ],
  [
    'another path of IAM',
    policy({ ...ALLOW, Resource: 'arn:aws:iam:::x' }),
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
  ],
  ...['root/', 'rooted', 'Root', 'roots*'].map(
    (path) =>
      [
        `what only begins like the root user: ${path}`,
        policy({ ...ALLOW, Resource: `arn:aws:iam::111111111111:${path}` }),
        expect.stringContaining('IAM resource path must either be') as string,
      ] as [string, string, string],
  ),
  [
    'a variable before the last part',
    policy({
      ...ALLOW,
      Resource: 'arn:aws:s3:::${aws:username}'.replace(':::', '::${aws:PrincipalAccount}:'),
    }),
    'Resource arn:aws:s3::${aws:PrincipalAccount}:${aws:username} has a policy variable before its last part',
  ],
  ['a broken variable', policy({ ...ALLOW, Resource: 'arn:aws:s3:::${aws:username' }), LEGACY],
  ['a character beyond Latin 1', policy({ ...ALLOW, Resource: 'arn:aws:s3:::\u0100' }), SYNTAX],
])('AWS names %s', (_name, text, message) => {
  expect(messageOf(text)).toEqual(message);
});

test.each([
  'arn:aws:s3:eu-west-1:111111111111:accesspoint/x',
  'arn:aws:iam:::us*',
  'arn:aws:iam::*:*',
  'arn:aws:iam::*:root',
  'arn:aws:iam::111111111111:root',
  'arn:aws:iam::111111111111:roo?',
  'arn:aws:iam::111111111111:role/x',
  'arn:*:iam::*:role/x',
  'arn:aws-cn:s3:::x',
  'arn:aws:s3:::${aws:username}',
  'arn:aws:fdsasf',
])('the resource %s is accepted', (Resource) => {
  expect(validatePolicy(policy({ ...ALLOW, Resource }), 'managed').findings).toEqual([]);
});

test('an empty Sid may stand twice, and an old version in an inline policy', () => {
  const text = policy(
    [
      { ...ALLOW, Sid: '' },
      { ...ALLOW, Sid: '' },
      { ...ALLOW, Sid: 'a_1' },
    ],
    '2008-10-17',
  );
  expect(validatePolicy(text, 'identity').findings).toEqual([]);
  const variable = policy({ ...ALLOW, Resource: 'arn:aws:sqs:${a:b}:x:y' }, '2008-10-17');
  expect(messageOf(variable, 'identity')).toBeUndefined();
});

const TRUST = { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' };

test.each<[string, PolicyKind, object | string, string | undefined]>([
  ['a sound one', 'trust', TRUST, undefined],
  [
    'several actions',
    'trust',
    { ...TRUST, Action: ['sts:AssumeRoleWithSAML', 'STS:TagSession', 'sts:*', 'sts:Assume*'] },
    undefined,
  ],
  ['NotAction', 'trust', { ...TRUST, Action: undefined, NotAction: 'sts:TagSession' }, undefined],
  [
    'another action',
    'trust',
    { ...TRUST, Action: 's3:GetObject' },
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'an action of STS that assumes nothing',
    'trust',
    { ...TRUST, Action: 'sts:GetSessionToken' },
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  ['a Resource', 'trust', { ...TRUST, Resource: '*' }, 'Has prohibited field Resource'],
  ['a NotResource', 'trust', { ...TRUST, NotResource: '*' }, 'Has prohibited field NotResource'],
  [
    'a NotPrincipal',
    'trust',
    { ...TRUST, Principal: undefined, NotPrincipal: TRUST.Principal },
    'Has prohibited field NotPrincipal',
  ],
  ['no principal', 'trust', { ...TRUST, Principal: undefined }, 'Missing required field Principal'],
  [
    'an operator that is none',
    'trust',
    { ...TRUST, Condition: { ForAllValuesStringEquals: { 'aws:username': 'a' } } },
    'Invalid Condition type : ForAllValuesStringEquals',
  ],
  [
    'a principal that is none',
    'trust',
    { ...TRUST, Principal: { AWS: 'x' } },
    'Invalid principal in policy: "AWS":"x"',
  ],
  [
    'a wrong Sid',
    'trust',
    { ...TRUST, Sid: '-' },
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  ],
  [
    'a principal',
    'managed',
    { ...ALLOW, Principal: '*' },
    'Policy document should not specify a principal.',
  ],
  ['a Sid with a space', 'resource', { ...ALLOW, Sid: 'a b', Principal: '*' }, undefined],
  ['a Sid with a space', 'scp', { ...ALLOW, Sid: 'a b' }, undefined],
  ['a Deny', 'rcp', { ...ALLOW, Effect: 'Deny', Principal: '*' }, undefined],
  [
    'an Allow',
    'rcp',
    { ...ALLOW, Principal: '*' },
    'The provided policy document does not meet the requirements of the specified policy type.',
  ],
  [
    'a narrow principal',
    'rcp',
    { ...ALLOW, Effect: 'Deny', Principal: { AWS: '111111111111' } },
    'The provided policy document does not meet the requirements of the specified policy type.',
  ],
  [
    'two principals',
    'rcp',
    { ...ALLOW, Effect: 'Deny', Principal: { AWS: ['*', '111111111111'] } },
    'The provided policy document does not meet the requirements of the specified policy type.',
  ],
  [
    'NotAction',
    'rcp',
    { Effect: 'Deny', Principal: '*', NotAction: 's3:x', Resource: '*' },
    'The provided policy document does not meet the requirements of the specified policy type.',
  ],
  [
    'every action',
    'rcp',
    { ...ALLOW, Effect: 'Deny', Principal: '*', Action: '*' },
    'The provided policy document does not meet the requirements of the specified policy type.',
  ],
])('%s in the kind %s', (_name, kind, statement, message) => {
  expect(messageOf(policy(statement), kind)).toBe(message);
});

test('a trust policy that is no JSON has words of its own', () => {
  expect(messageOf('{"a":1,}', 'trust')).toBe('This policy contains invalid Json');
  expect(messageOf('{"Statement":1,"Statement":1}', 'trust')).toBe(SYNTAX);
});

test('advice is no reason to refuse', () => {
  const finding: Finding = { code: 'X', path: [], message: 'x', severity: 'warning' };
  expect(malformedPolicyMessage([finding])).toBeUndefined();
  expect(malformedPolicyMessage([])).toBeUndefined();
  expect(exceededQuotaMessage([finding])).toBeUndefined();
});

test('white space does not count, and everything else does', () => {
  expect(countPolicyCharacters(' a\n\tb\r c\u00a0')).toBe(4);
});

function sized(length: number, kind: PolicyKind, space = ''): string {
  const statement =
    kind === 'trust'
      ? TRUST
      : kind === 'rcp'
        ? { ...ALLOW, Effect: 'Deny', Principal: '*' }
        : ALLOW;
  const empty = policy({ ...statement, Condition: { StringEquals: { 'a:b': '' } } });
  return empty.replace('""', `"${'x'.repeat(length - empty.length)}"`) + space;
}

test.each<[PolicyKind, number, string]>([
  ['managed', 6144, 'Cannot exceed quota for PolicySize: 6144'],
  ['trust', 2048, 'Cannot exceed quota for ACLSizePerRole: 2048'],
])(
  'a policy of the kind %s has at most %i characters that are not white space',
  (kind, maximum, message) => {
    expect(validatePolicy(sized(maximum, kind, ' \n\t\r'), kind).findings).toEqual([]);
    const { document, findings } = validatePolicy(sized(maximum + 1, kind), kind);
    expect(document).toBeUndefined();
    expect(exceededQuotaMessage(findings)).toBe(message);
    expect(malformedPolicyMessage(findings)).toBeUndefined();
  },
);

test.each<[PolicyKind, number]>([
  ['session', 2048],
  ['scp', 5120],
  ['rcp', 5120],
])('a policy of the kind %s has at most %i characters', (kind, maximum) => {
  expect(validatePolicy(sized(maximum, kind), kind).findings).toEqual([]);
  const { findings } = validatePolicy(sized(maximum, kind, ' '), kind);
  expect(exceededQuotaMessage(findings)).toContain(String(maximum));
});

test('an inline policy has no size of its own', () => {
  expect(validatePolicy(sized(20_000, 'identity'), 'identity').findings).toEqual([]);
});

test('characters outside the set are found where they stand', () => {
  expect(validatePolicy(`{}\u0100`, 'identity').findings).toContainEqual({
    code: 'INVALID_CHARACTER',
    path: [],
    message: 'a policy has characters from U+0020 to U+00FF, tabs and line ends only',
    awsMessage: SYNTAX,
    severity: 'error',
    position: { line: 1, column: 3 },
  });
  expect(validatePolicy('\u0001{}', 'identity').findings.at(-1)?.position).toEqual({
    line: 1,
    column: 1,
  });
  expect(
    validatePolicy(policy({ ...ALLOW, Resource: 'arn:aws:s3:::\u00ff' }), 'managed').findings,
  ).toEqual([]);
  expect(
    validatePolicy(JSON.stringify(JSON.parse(policy(ALLOW)), null, '\t\r\n'.slice(0, 1)), 'managed')
      .findings,
  ).toEqual([]);
});

test('problems of a saved policy have positions', () => {
  const text = `{"Version":"2012-10-17","Statement":[\n{"Sid":"a","Effect":"Allow","Action":"a:b","Resource":["*","arn:aws:*:::x"],\n"Condition":{"DateEquals":{"a:b":"x"}}}]}`;
  expect(validatePolicy(text, 'managed').findings).toMatchObject([
    { path: ['Statement', 0, 'Resource', 1], position: { line: 2, column: 60 } },
    {
      code: 'INVALID_DATE',
      path: ['Statement', 0, 'Condition', 'DateEquals', 'a:b'],
      message: '`x` is no date',
      position: { line: 3, column: 34 },
    },
  ]);
  const single = policy({ ...ALLOW, Resource: 'arn:aws:*:::x' });
  expect(validatePolicy(single, 'managed').findings).toMatchObject([
    {
      path: ['Statement', 'Resource', 0],
      position: { line: 1, column: single.indexOf('"arn') + 1 },
    },
  ]);
  expect(validatePolicy(policy(ALLOW, '2008-10-17'), 'managed').findings).toMatchObject([
    { code: 'VERSION_TOO_OLD', path: ['Version'], position: { line: 1, column: 12 } },
  ]);
  expect(validatePolicy(JSON.stringify({ Statement: ALLOW }), 'managed').findings).toMatchObject([
    { code: 'VERSION_TOO_OLD', path: [], position: { line: 1, column: 1 } },
  ]);
});
