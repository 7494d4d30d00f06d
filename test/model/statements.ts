import type { RequestContext } from '../../lambdas/core/request-context';
import type { Choices } from './choices';
import {
  ACCOUNTS,
  CONDITION_KEYS,
  PROVIDERS,
  ROLE_IDS,
  SERVICES,
  USER_IDS,
  VALUES,
  choosePrincipal,
} from './requests';
import type { ConditionKey, KeyType } from './requests';
import type {
  ConditionElement,
  ConditionValue,
  PolicyJson,
  PrincipalElement,
  StatementJson,
} from './scenario';

/*
 * Statements of which every part is likely to match one of the given requests, and as likely to miss it narrowly.
 */

/** What a statement of one kind of policy may hold. */
export interface StatementShape {
  /** `named`: everything but NotPrincipal, which trust policies may not hold. */
  readonly principal: 'none' | 'everybody' | 'named' | 'any';
  /** Resource may be left out, as in trust policies. */
  readonly resourceOptional?: boolean;
  /** How many statements of a hundred are denies. */
  readonly denyPercent: number;
  /** How many of a hundred allows are as wide as can be. */
  readonly widePercent: number;
  /** At most so many statements in one policy; 3 unless told. */
  readonly mostStatements?: number;
}

export function choosePolicy(
  choices: Choices,
  requests: readonly RequestContext[],
  shape: StatementShape,
): PolicyJson {
  const version = choices.pickWeighted([
    [84, '2012-10-17'],
    [8, '2008-10-17'],
    [8, undefined],
  ]);
  const statements = choices.times(choices.integer(1, shape.mostStatements ?? 3), () =>
    chooseStatement(choices, choices.pick(requests), shape, version),
  );
  return {
    ...(version === undefined ? {} : { Version: version }),
    Statement: choices.loneOrListed(statements),
  };
}

/** One statement of a shape. */
export function chooseStatement(
  choices: Choices,
  request: RequestContext,
  shape: StatementShape,
  version: string | undefined,
): StatementJson {
  const isDeny = choices.chance(shape.denyPercent);
  if (!isDeny && choices.chance(shape.widePercent)) {
    const everybody = shape.principal === 'none' ? {} : { Principal: '*' as const };
    return { Effect: 'Allow', ...everybody, Action: '*', Resource: '*' };
  }
  return {
    Effect: isDeny ? 'Deny' : 'Allow',
    ...choosePrincipalElement(choices, request, shape, isDeny),
    ...chooseAction(choices, request.action),
    ...chooseResource(choices, request.resource, shape),
    ...chooseCondition(choices, request, isDeny, version),
  };
}

function choosePrincipalElement(
  choices: Choices,
  request: RequestContext,
  shape: StatementShape,
  isDeny: boolean,
): Pick<StatementJson, 'Principal' | 'NotPrincipal'> {
  if (shape.principal === 'none') return {};
  if (shape.principal === 'everybody') return { Principal: choices.pick(['*', { AWS: '*' }]) };
  if (shape.principal === 'any' && choices.chance(isDeny ? 25 : 8)) {
    if (choices.chance(8)) return { NotPrincipal: choices.pick(['*', { AWS: '*' }]) };
    return { NotPrincipal: chooseNames(choices, request, choices.integer(1, 4)) };
  }
  if (choices.chance(22)) return { Principal: choices.pick(['*', { AWS: '*' }, { AWS: ['*'] }]) };
  return { Principal: chooseNames(choices, request, choices.integer(1, 3)) };
}

function chooseNames(choices: Choices, request: RequestContext, count: number): PrincipalElement {
  const names: Record<string, string[]> = {};
  for (const [kind, name] of choices.times(count, () => chooseName(choices, request))) {
    names[kind] = [...new Set([...(names[kind] ?? []), name])];
  }
  return Object.fromEntries(
    Object.entries(names).map(([kind, list]) => [kind, choices.loneOrListed(list)]),
  );
}

function chooseName(choices: Choices, request: RequestContext): readonly [string, string] {
  const own = namesFor(request);
  if (own.length > 0 && choices.chance(75)) return choices.pick(own);
  const other = namesFor({
    ...request,
    principal: choosePrincipal(choices, choices.pick(['User', 'AssumedRole'])),
  });
  return choices.pickWeighted([
    [6, choices.pick(other)],
    [1, ['AWS', choices.pick([...USER_IDS, ...ROLE_IDS])]],
    [1, ['AWS', `${choices.pick([...USER_IDS, ...ROLE_IDS])}:s1`]],
    [1, ['AWS', choices.pick(ACCOUNTS)]],
    [1, ['Service', choices.pick(SERVICES)]],
    [1, ['Federated', choices.pick(PROVIDERS)]],
  ] as const);
}

/** Everything that a policy can name the principal of a request by. */
function namesFor({ principal }: RequestContext): readonly (readonly [string, string])[] {
  if (principal.type === 'Anonymous') return [];
  if (principal.type === 'Service') return [['Service', principal.service]];
  if ('provider' in principal) return [['Federated', principal.provider]];
  const [, roleName, session] = principal.type === 'AssumedRole' ? principal.arn.split('/') : [];
  return [
    principal.arn,
    principal.arn,
    principal.accountId,
    `arn:aws:iam::${principal.accountId}:root`,
    principal.uniqueId,
    session === undefined || principal.uniqueId === undefined
      ? undefined
      : `${principal.uniqueId}:${session}`,
    'userArn' in principal ? principal.userArn : undefined,
    'roleArn' in principal ? principal.roleArn : undefined,
    roleName === undefined ? undefined : `arn:aws:iam::${principal.accountId}:role/${roleName}`,
  ]
    .filter((name) => name !== undefined)
    .map((name) => ['AWS', name] as const);
}

function chooseAction(
  choices: Choices,
  action: string,
): Pick<StatementJson, 'Action' | 'NotAction'> {
  const patterns = choices.loneOrListed(
    choices.times(choices.integer(1, 2), () => chooseActionPattern(choices, action)),
  );
  return choices.chance(12) ? { NotAction: patterns } : { Action: patterns };
}

function chooseActionPattern(choices: Choices, action: string): string {
  const [service = '', name = ''] = action.split(':');
  const pattern = choices.pickWeighted([
    [20, action],
    [15, '*'],
    [20, `${service}:*`],
    [25, `${service}:${blur(choices, name)}`],
    [6, `${service}:${name.slice(0, -1)}`],
    [7, choices.pick(['orders:*', 'docs:Get*', 'orders:GetOrder', 'docs:*Document'])],
    [7, `${service}:${name.slice(0, 3)}*`],
  ]);
  return choices.chance(25) ? choices.recase(pattern) : pattern;
}

/** The text with a few places made wildcards: it still fits itself, mostly. */
function blur(choices: Choices, text: string): string {
  let blurred = text;
  for (let count = choices.integer(0, 3); count > 0; count -= 1) {
    const start = choices.integer(0, blurred.length);
    const end = Math.min(blurred.length, start + choices.integer(0, 4));
    const hole = choices.pickWeighted([
      [6, '*'],
      [3, '?'.repeat(end - start)],
      [1, '?'],
      [1, '**'],
    ]);
    // A hole in the middle of a variable would be another text than was meant.
    if (/[${}]/.test(blurred.slice(Math.max(0, start - 1), end + 1))) continue;
    blurred = blurred.slice(0, start) + hole + blurred.slice(end);
  }
  return blurred;
}

function chooseResource(
  choices: Choices,
  resource: string,
  shape: StatementShape,
): Pick<StatementJson, 'Resource' | 'NotResource'> {
  if (shape.resourceOptional === true && choices.chance(30)) return {};
  const patterns = choices.loneOrListed(
    choices.times(choices.integer(1, 2), () => chooseResourcePattern(choices, resource)),
  );
  return choices.chance(10) ? { NotResource: patterns } : { Resource: patterns };
}

const VARIABLES = [
  '${aws:username}',
  '${AWS:UserName}',
  '${aws:PrincipalTag/Team}',
  "${aws:PrincipalTag/Team, 'red'}",
  "${ aws:username , 'alice' }",
  '${aws:TagKeys}',
  '${orders:Unknown}',
] as const;

const ESCAPES = ['${*}', '${?}', '${$}'] as const;

function chooseResourcePattern(choices: Choices, resource: string): string {
  if (resource === '*' || choices.chance(15)) {
    return choices.chance(70) ? '*' : 'arn:aws:orders:*:*:order/*';
  }
  const [arn = '', partition = '', service = '', region = '', account = '', ...rest] =
    resource.split(':');
  const part = (text: string, wildcards: readonly string[]): string =>
    choices.chance(40) ? choices.pick(wildcards) : text;
  const pattern = [
    arn,
    part(partition, ['*', 'aws', 'aw?']),
    choices.chance(5) ? '*' : service,
    part(region, ['*', '*', 'eu-*', 'eu-west-?', 'us-east-1']),
    part(account, ['*', '*', '1*', ACCOUNTS[1]]),
    chooseEntityPattern(choices, rest.join(':')),
  ];
  return (choices.chance(2) ? endEarly(choices, pattern) : pattern).join(':');
}

/** An ARN may end early, but only where none of its parts is empty. */
function endEarly(choices: Choices, parts: readonly string[]): readonly string[] {
  const short = parts.slice(0, choices.integer(3, 5));
  return short.includes('') ? parts.slice(0, 3) : short;
}

function chooseEntityPattern(choices: Choices, entity: string): string {
  return choices.pickWeighted([
    [28, entity],
    [36, blur(choices, entity)],
    [18, vary(choices, entity)],
    [14, '*'],
    [6, `order/${choices.pick(VARIABLES)}*`],
    [3, choices.recase(entity)],
    [3, `${choices.pick(['order/', 'doc/', ''])}*${choices.pick(VARIABLES)}`],
  ]);
}

/** The text with its last word, or one of its special characters, put as a variable. */
function vary(choices: Choices, text: string): string {
  const escape: Readonly<Record<string, string>> = { '*': '${*}', '?': '${?}', $: '${$}' };
  const special = /[*?$]/.exec(text)?.[0];
  if (special !== undefined && choices.chance(60))
    return text.replace(special, () => escape[special] ?? '');
  if (choices.chance(15)) return text + choices.pick(ESCAPES);
  return text.replace(/alice|red|[^/]+$/, () => choices.pick(VARIABLES));
}

/** The operators that belong to each type of key; the generator uses strangers now and then too. */
const OPERATORS: Readonly<Record<KeyType, readonly string[]>> = {
  text: [
    'StringEquals',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'StringLike',
    'StringNotLike',
  ],
  arn: [
    'ArnEquals',
    'ArnLike',
    'ArnLike',
    'ArnNotEquals',
    'ArnNotLike',
    'StringLike',
    'StringEquals',
  ],
  number: comparisons('Numeric'),
  instant: comparisons('Date'),
  boolean: ['Bool'],
  address: ['IpAddress', 'NotIpAddress'],
  binary: ['BinaryEquals'],
};

function comparisons(type: string): readonly string[] {
  return [
    'Equals',
    'NotEquals',
    'LessThan',
    'LessThanEquals',
    'GreaterThan',
    'GreaterThanEquals',
  ].map((comparison) => type + comparison);
}

function chooseCondition(
  choices: Choices,
  request: RequestContext,
  isDeny: boolean,
  version: string | undefined,
): Pick<StatementJson, 'Condition'> {
  if (!choices.chance(isDeny ? 65 : 42)) return choices.chance(3) ? { Condition: {} } : {};
  const condition: Record<string, Record<string, ConditionValue | readonly ConditionValue[]>> = {};
  for (const key of choices.some(CONDITION_KEYS, 2)) {
    const operator = chooseOperator(choices, key);
    const clash = Object.keys(condition).find(
      (other) => other.toLowerCase() === operator.toLowerCase(),
    );
    const name = choices.chance(20) ? choices.recase(key.name) : key.name;
    condition[clash ?? operator] = {
      ...condition[clash ?? operator],
      [name]: chooseExpected(choices, request, key, operator, version),
    };
  }
  return { Condition: condition satisfies ConditionElement };
}

function chooseOperator(choices: Choices, key: ConditionKey): string {
  if (choices.chance(8)) return 'Null';
  const type = choices.chance(8) ? choices.pick(Object.keys(OPERATORS) as KeyType[]) : key.type;
  const base = choices.pick(OPERATORS[type]);
  const set = choices.chance(key.multivalued === true ? 85 : 6)
    ? choices.pick(['ForAllValues:', 'ForAnyValue:'])
    : '';
  const operator = set + base + (choices.chance(20) ? 'IfExists' : '');
  return choices.chance(10) ? choices.recase(operator) : operator;
}

function chooseExpected(
  choices: Choices,
  request: RequestContext,
  key: ConditionKey,
  operator: string,
  version: string | undefined,
): ConditionValue | readonly ConditionValue[] {
  if (operator === 'Null') return choices.pick(['true', 'false', true, false, ['true']]);
  const actual = Object.entries(request.context).find(
    ([name]) => name.toLowerCase() === key.name.toLowerCase(),
  )?.[1];
  const near = actual === undefined || actual.length === 0 ? VALUES[key.type] : [actual].flat();
  const values = choices.times(choices.integer(1, 3), () => {
    const value = choices.chance(55) ? choices.pick(near) : choices.pick(VALUES[key.type]);
    return vague(choices, value, key.type, version);
  });
  return choices.loneOrListed([...new Set(values)]);
}

/** The value as a policy may hold it: a pattern, a range, a JSON number or boolean, a variable. */
function vague(
  choices: Choices,
  value: string,
  type: KeyType,
  version: string | undefined,
): ConditionValue {
  if (choices.chance(40)) return value;
  switch (type) {
    case 'text':
      return choices.chance(50) ? blur(choices, value) : vary(choices, value);
    case 'arn':
      if (choices.chance(10)) return '*';
      return value.startsWith('arn:') ? vagueArn(choices, value, version) : value;
    case 'number':
      return /^-?\d+$/.test(value) ? Number(value) : choices.pick([value, '${orders:Total}']);
    case 'boolean':
      return /^(true|false)$/.test(value) ? value === 'true' : value;
    case 'address':
      return choices.pick([
        value,
        '10.0.0.0/16',
        '10.0.0.0/24',
        '0.0.0.0/0',
        '::/0',
        '2001:DB8::/32',
        '::ffff:10.0.0.0/112',
        '::ffff:10.0.0.0/24',
        '::ffff:a00:1',
        '10.0.0.1/32',
        '${aws:SourceIp}',
      ]);
    case 'instant':
    case 'binary':
      return value;
  }
}

function vagueArn(choices: Choices, value: string, version: string | undefined): string {
  const parts = value.split(':');
  const head = parts
    .slice(0, 5)
    .map((part, index) => (index > 0 && choices.chance(30) ? '*' : part));
  const tail = parts.slice(5).join(':');
  // The colon of a variable separates nothing in version 2012-10-17, and everything before it.
  if (version === '2012-10-17' && choices.chance(15)) head[4] = '${aws:PrincipalTag/Team}';
  if (parts.length < 6 || choices.chance(4)) return endEarly(choices, head).join(':');
  return [...head, choices.chance(50) ? blur(choices, tail) : vary(choices, tail)].join(':');
}
