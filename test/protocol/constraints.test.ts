import type { Constraint } from '../../lambdas/protocol/constraint-table';
import { constraintOf, validateInput } from '../../lambdas/protocol/constraints';
import { IAM_CONSTRAINTS } from '../../lambdas/protocol/iam-constraints';
import { PATTERNS } from '../../lambdas/protocol/patterns';
import { describeOperation } from '../../lambdas/protocol/schema';
import type { Shape } from '../../lambdas/protocol/schema';
import { STS_CONSTRAINTS } from '../../lambdas/protocol/sts-constraints';
import { IAM, STS } from './official-clients';
import type { OfficialService } from './official-clients';
import { pythonHas, runPython } from './python';

function refusal(service: OfficialService, operation: string, input: Record<string, unknown>) {
  const schema = service.schemas.get(operation);
  if (schema === undefined) {
    throw new TypeError(`no operation ${operation}`);
  }
  try {
    validateInput(schema, input);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    expect(code).toBe('ValidationError');
    return message;
  }
  return undefined;
}

const prefix = '1 validation error detected: ';

describe('an input that satisfies its constraints is accepted', () => {
  test.each([
    ['CreateUser', { UserName: 'alice', Path: '/team/', Tags: [{ Key: 'a', Value: '' }] }],
    ['CreateUser', { UserName: 'x'.repeat(64) }],
    ['GetUser', {}],
    ['ListUsers', { MaxItems: 1000, PathPrefix: '/' }],
    ['ListUsers', { MaxItems: 1 }],
    ['UntagUser', { UserName: 'alice', TagKeys: [] }],
    ['CreatePolicy', { PolicyName: 'p', PolicyDocument: '{}', Path: '/a/b/' }],
    ['CreateAccountAlias', { AccountAlias: 'a-b' }],
  ])('%s %j', (operation, input) => {
    expect(refusal(IAM, operation, input)).toBeUndefined();
  });
});

describe('IAM names what is wrong without its value', () => {
  test.each([
    [
      'CreateUser',
      {},
      "Value null at 'userName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'UpdateServiceSpecificCredential',
      { ServiceSpecificCredentialId: 'x'.repeat(20), Status: 'Invalid' },
      "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
    ],
    [
      'DeleteServiceSpecificCredential',
      { ServiceSpecificCredentialId: 'a-b-c-d-e-f-g-h-i-j-k' },
      "Value at 'serviceSpecificCredentialId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w]+",
    ],
    [
      'CreateUser',
      { UserName: 'x'.repeat(65) },
      "Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
    ],
    [
      'ListUsers',
      { MaxItems: 1001 },
      "Value at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    [
      'ListUsers',
      { MaxItems: 0 },
      "Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'TagUser',
      {
        UserName: 'alice',
        Tags: [
          { Key: 'a', Value: 'b' },
          { Key: 'c', Value: '(d)' },
        ],
      },
      "Value at 'tags.2.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
    ],
    [
      'TagUser',
      { UserName: 'alice', Tags: [{ Key: 'a' }] },
      "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    ],
    [
      'TagUser',
      { UserName: 'alice', Tags: Array.from({ length: 51 }, () => ({ Key: '', Value: '' })) },
      "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    ],
    [
      'UntagUser',
      { UserName: 'alice', TagKeys: ['a', ''] },
      "Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]",
    ],
  ])('%s %j', (operation, input, message) => {
    expect(refusal(IAM, operation, input)).toBe(prefix + message);
  });

  test('every violation is listed, a pattern before a length', () => {
    expect(
      refusal(IAM, 'GetSSHPublicKey', { UserName: '', SSHPublicKeyId: '-', Encoding: 'x' }),
    ).toBe(
      "4 validation errors detected: Value at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        "Value at 'sSHPublicKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w]+; " +
        "Value at 'sSHPublicKeyId' failed to satisfy constraint: Member must have length greater than or equal to 20; " +
        "Value at 'encoding' failed to satisfy constraint: Member must satisfy enum value set",
    );
  });

  const NAME = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';
  const PATH =
    'It must begin and end with / and contain only alphanumeric characters and/or / characters.';
  const PREFIX =
    'It must begin with the / character and contain only alphanumeric characters and/or / characters.';

  test.each([
    ['CreateUser', { UserName: 'a b', Path: 'x' }, `userName is invalid. ${NAME}`],
    ['GetRole', { RoleName: 'a/b' }, `roleName is invalid. ${NAME}`],
    ['CreateGroup', { GroupName: 'g', Path: '/x' }, `path is invalid. ${PATH}`],
    [
      'CreatePolicy',
      { PolicyName: 'p', PolicyDocument: '{}', Path: '/a//' },
      `path is invalid. ${PATH}`,
    ],
    ['ListUsers', { PathPrefix: 'x' }, `pathPrefix is invalid. ${PREFIX}`],
    ['ListPolicies', { PathPrefix: '/foo' }, `pathPrefix is invalid. ${PREFIX}`],
  ])('letters are looked at last, and in words: %s %j', (operation, input, message) => {
    expect(refusal(IAM, operation, input)).toBe(`The specified value for ${message}`);
  });

  test('letters are not spoken of where something else is wrong', () => {
    expect(refusal(IAM, 'CreateUser', { UserName: 'a'.repeat(65), Path: 'x' })).toBe(
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
    );
  });
});

describe('STS quotes the value', () => {
  test.each([
    [
      'AssumeRole',
      { RoleArn: 'arn:a:b:::something/test-role', RoleSessionName: 'Session1:2' },
      "Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'GetFederationToken',
      { Name: 'bob', DurationSeconds: 899 },
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      'GetAccessKeyInfo',
      {},
      "Value null at 'accessKeyId' failed to satisfy constraint: Member must not be null",
    ],
  ])('%s %j', (operation, input, message) => {
    expect(refusal(STS, operation, input)).toBe(prefix + message);
  });

  test('but never a secret', () => {
    const input = {
      RoleArn: `arn:aws:iam::1:role/${'r'.repeat(9)}`,
      RoleSessionName: 'me',
      WebIdentityToken: 'abc',
    };
    expect(refusal(STS, 'AssumeRoleWithWebIdentity', input)).toBe(
      `${prefix}Value at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4`,
    );
  });
});

test('lengths are counted in code points', () => {
  const tags = (key: string) => ({ UserName: 'alice', Tags: [{ Key: key, Value: '' }] });
  expect(refusal(IAM, 'TagUser', tags('𝕏'.repeat(128)))).toBeUndefined();
  expect(refusal(IAM, 'TagUser', tags('𝕏'.repeat(129)))).toContain('less than or equal to 128');
});

test.each(Object.entries(PATTERNS))('matching %s takes linear time', (_name, { expression }) => {
  const seeds = [
    '/',
    '/a',
    'a',
    '-',
    'a-',
    '.',
    'v1.',
    'http://',
    '?a',
    '#',
    ' ',
    '\u00e9',
    'o-aaaaaaaaaa/r-aaaa/',
  ];
  const started = performance.now();
  for (const seed of seeds) {
    expression.test(`${seed.repeat(20_000)}\u{1F600}`);
    expression.test(`${seed.repeat(20_000)}\u0000`);
  }
  // Quadratic work on these lengths would take minutes.
  expect(performance.now() - started).toBeLessThan(1000);
});

interface Recorded {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly element?: Recorded;
}

const COLLECT = `
import json, botocore.session
session = botocore.session.get_session()
def constraint(shape):
    found = {name: shape.metadata[name] for name in ('min', 'max', 'pattern', 'enum') if name in shape.metadata}
    if shape.type_name == 'list' and shape.member.type_name != 'structure':
        element = constraint(shape.member)
        if element: found['element'] = element
    return found
def walk(shape, found):
    for name, member in shape.members.items():
        found.setdefault(name, []).append(constraint(member))
        while member.type_name == 'list': member = member.member
        if member.type_name == 'structure': walk(member, found)
    return found
print(json.dumps({service: {name: walk(model.operation_model(name).input_shape, {})
    for name in model.operation_names if model.operation_model(name).input_shape}
    for service, model in ((s, session.get_service_model(s)) for s in ('iam', 'sts'))}))
`;

/** In the form of botocore, without bounds that nothing can break. */
function recorded(constraint: Constraint | undefined): Recorded {
  if (constraint === undefined) {
    return {};
  }
  const [minimum = 0, maximum = Infinity] = constraint.range ?? [];
  const element = recorded(constraint.element);
  return {
    ...(minimum > 0 && { min: minimum }),
    ...(maximum < Infinity && { max: maximum }),
    ...(constraint.pattern !== undefined && { pattern: constraint.pattern.text }),
    ...(constraint.values !== undefined && { enum: constraint.values }),
    ...(Object.keys(element).length > 0 && { element }),
  };
}

function withoutZero({ min, element, ...rest }: Recorded): Recorded {
  return {
    ...rest,
    ...(min !== undefined && min > 0 && { min }),
    ...(element !== undefined && { element: withoutZero(element) }),
  };
}

const botocore = pythonHas('botocore') ? describe : describe.skip;

botocore('the tables agree with botocore', () => {
  const model = () =>
    runPython(COLLECT) as Record<'iam' | 'sts', Record<string, Record<string, Recorded[]>>>;

  test('in every member of every operation', () => {
    const differences: unknown[] = [];
    for (const [service, operations] of Object.entries(model()) as ['iam' | 'sts', never][]) {
      for (const [operation, members] of Object.entries<Record<string, Recorded[]>>(operations)) {
        for (const [member, constraints] of Object.entries(members)) {
          for (const expected of constraints) {
            const actual = recorded(constraintOf(service, operation, member));
            if (JSON.stringify(sorted(actual)) !== JSON.stringify(sorted(withoutZero(expected)))) {
              differences.push({ service, operation, member, actual, expected });
            }
          }
        }
      }
    }
    expect(differences).toEqual([]);
  });
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
}

test('no row of the tables is for a member that no operation has', () => {
  for (const [service, table] of [
    [IAM, IAM_CONSTRAINTS],
    [STS, STS_CONSTRAINTS],
  ] as const) {
    const all = new Set<string>();
    for (const [operation, schema] of service.schemas) {
      const names = memberNames(describeOperation(schema).input);
      names.forEach((name) => all.add(name));
      for (const name of Object.keys(table.operations[operation] ?? {})) {
        expect(names).toContain(name);
      }
    }
    expect(Object.keys(table.members).filter((name) => !all.has(name))).toEqual([]);
    expect(Object.keys(table.operations).filter((name) => !service.schemas.has(name))).toEqual([]);
  }
});

function memberNames(shape: Shape): string[] {
  if (shape.kind === 'list') {
    return memberNames(shape.element());
  }
  return shape.kind === 'structure'
    ? shape.members().flatMap((member) => [member.name, ...memberNames(member.shape)])
    : [];
}
