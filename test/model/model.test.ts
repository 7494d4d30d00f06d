import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DecisionType } from '../../lambdas/core/decision';
import { asksForRole, compileLayers } from './differential';
import { decideByDefinition } from './model';
import { fits, readPieces, substitute } from './pattern';
import { meetsExpectation, readScenario } from './scenario';
import type { PolicyJson, PolicyLayers, ScenarioRecord, StatementJson } from './scenario';

/** The repository's own scenario files, and those that PORTCULLIS_SCENARIOS names. */
function scenarioFiles(): readonly string[] {
  const cases = join(__dirname, '..', 'cases');
  const own = readdirSync(cases).filter((name) => !name.startsWith('unreadable-'));
  const more = (process.env['PORTCULLIS_SCENARIOS'] ?? '').split(':').filter((path) => path !== '');
  return [...own.map((name) => join(cases, name)), ...more];
}

/** One record a line, or all in a list. */
function readRecords(path: string): readonly ScenarioRecord[] {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.jsonl')) {
    return (JSON.parse(text) as { cases: readonly ScenarioRecord[] }).cases;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => JSON.parse(line) as ScenarioRecord);
}

/** The definition reads no policy that is refused. */
function isReadable(record: ScenarioRecord): boolean {
  const { request, policies } = readScenario(record);
  try {
    compileLayers(policies, asksForRole(request));
    return true;
  } catch {
    return false;
  }
}

test('the definition gives every decision that the scenario files expect', () => {
  const records = scenarioFiles().flatMap(readRecords).filter(isReadable);
  const wrong = records
    .map((record) => ({ record, decision: decideByDefinition(readScenario(record)) }))
    .filter(({ record, decision }) => !meetsExpectation(decision, record.expected))
    .map(({ record, decision }) => `${record.id}: ${decision}, expected ${record.expected}`);
  expect(wrong).toEqual([]);
  expect(records.length).toBeGreaterThan(100);
});

const USER = 'arn:aws:iam::111111111111:user/alice';
const ROLE = 'arn:aws:iam::111111111111:role/reader';
const SESSION = 'arn:aws:sts::111111111111:assumed-role/reader/s1';
const ORDER = 'arn:aws:orders:eu-west-1:111111111111:order/42';

const policyOf = (...statements: readonly StatementJson[]): PolicyJson => ({
  Version: '2012-10-17',
  Statement: statements,
});
const ALLOW_ALL = policyOf({ Effect: 'Allow', Action: '*', Resource: '*' });
const ALLOW_OTHER = policyOf({ Effect: 'Allow', Action: 'docs:*', Resource: '*' });
const allowTo = (names: StatementJson['Principal']): PolicyJson =>
  policyOf({ Effect: 'Allow', Principal: names, Action: 'orders:*', Resource: '*' });

interface Given {
  readonly principal?: string;
  readonly resource?: string;
  readonly resourceAccount?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

function decide(policies: Partial<PolicyLayers>, given: Given = {}): DecisionType {
  const {
    principal = USER,
    resource = ORDER,
    resourceAccount = '111111111111',
    context = {},
  } = given;
  return decideByDefinition(
    readScenario({
      id: 'given',
      request: { principal, action: 'orders:GetOrder', resource, resourceAccount, context },
      policies,
      expected: 'Allowed',
    }),
  );
}

describe('a resource-based policy in the same account', () => {
  test.each<[string, string, StatementJson['Principal'], DecisionType]>([
    ['the user itself grants, whatever the boundary', USER, { AWS: USER }, 'allowed'],
    ['everybody grants, whatever the boundary', USER, '*', 'allowed'],
    ['the session itself grants, whatever the boundary', SESSION, { AWS: SESSION }, 'allowed'],
    ['the role is limited by the boundary', SESSION, { AWS: ROLE }, 'implicitDeny'],
    ['the account only delegates', USER, { AWS: '111111111111' }, 'implicitDeny'],
    ['another session of the role grants nothing', SESSION, { AWS: `${SESSION}x` }, 'implicitDeny'],
  ])('that names %s', (_, principal, names, expected) => {
    expect(decide({ resource: allowTo(names), boundary: [ALLOW_OTHER] }, { principal })).toBe(
      expected,
    );
  });
});

test('across accounts both sides must allow', () => {
  const theirs = { resourceAccount: '222222222222' };
  expect(decide({ resource: allowTo({ AWS: USER }) }, theirs)).toBe('implicitDeny');
  expect(decide({ identity: [ALLOW_ALL] }, theirs)).toBe('implicitDeny');
  expect(decide({ identity: [ALLOW_ALL], resource: allowTo({ AWS: USER }) }, theirs)).toBe(
    'allowed',
  );
});

test('an Allow is needed at every level of service control policies', () => {
  const identity = [ALLOW_ALL];
  expect(decide({ identity, scps: [[ALLOW_OTHER, ALLOW_ALL], [ALLOW_ALL]] })).toBe('allowed');
  expect(decide({ identity, scps: [[ALLOW_ALL], [ALLOW_OTHER]] })).toBe('implicitDeny');
});

test('a Deny in any layer overrides every Allow', () => {
  const deny = policyOf({ Effect: 'Deny', Action: 'orders:GetOrder', Resource: '*' });
  const denyAll = policyOf({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });
  const identity = [ALLOW_ALL];
  for (const layers of [
    { identity: [ALLOW_ALL, deny] },
    { identity, boundary: [ALLOW_ALL, deny] },
    { identity, session: [ALLOW_ALL, deny] },
    { identity, scps: [[ALLOW_ALL, deny]] },
    { identity, endpoint: [ALLOW_ALL, deny] },
    { identity, resource: denyAll },
  ]) {
    expect(decide(layers)).toBe('explicitDeny');
  }
});

test('a Deny with NotPrincipal spares only whom it names in full, and nobody with a boundary', () => {
  const denyBut = (...names: readonly string[]): PolicyJson =>
    policyOf({ Effect: 'Deny', NotPrincipal: { AWS: names }, Action: '*', Resource: '*' });
  const identity = [ALLOW_ALL];
  const named = denyBut('111111111111', USER);
  expect(decide({ identity, resource: named })).toBe('allowed');
  expect(decide({ identity, resource: denyBut(USER) })).toBe('explicitDeny');
  expect(decide({ identity, resource: named, boundary: [ALLOW_ALL] })).toBe('explicitDeny');
  expect(
    decide({ identity, resource: denyBut('111111111111', ROLE) }, { principal: SESSION }),
  ).toBe('explicitDeny');
});

describe('conditions', () => {
  const allowIf = (
    Condition: StatementJson['Condition'],
    context: Given['context'],
  ): DecisionType =>
    decide(
      { identity: [policyOf({ Effect: 'Allow', Action: '*', Resource: '*', Condition })] },
      { context },
    );

  test.each<[string, string, string, Given['context'], DecisionType]>([
    ['a positive operator fails', 'StringEquals', 'x', {}, 'implicitDeny'],
    ['a negated operator holds', 'StringNotEquals', 'x', {}, 'allowed'],
    ['IfExists holds', 'StringEqualsIfExists', 'x', {}, 'allowed'],
    ['ForAllValues holds', 'ForAllValues:StringEquals', 'x', {}, 'allowed'],
    ['ForAnyValue fails', 'ForAnyValue:StringEquals', 'x', {}, 'implicitDeny'],
    ['Null holds for true', 'Null', 'true', {}, 'allowed'],
  ])('for a missing key %s', (_, operator, value, context, expected) => {
    expect(allowIf({ [operator]: { 'app:Key': value } }, context)).toBe(expected);
  });

  test.each<[string, string, string | string[], string | string[], DecisionType]>([
    ['an unreadable number matches nothing', 'NumericEquals', '0', '', 'implicitDeny'],
    ['10.0 is the number 10', 'NumericEquals', '10', '10.0', 'allowed'],
    [
      'two offsets can be one instant',
      'DateEquals',
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00+01:00',
      'allowed',
    ],
    ['epoch seconds are dates', 'DateEquals', '1767225600', '2026-01-01', 'allowed'],
    [
      'no calendar has a 30th of February',
      'DateLessThan',
      '2030-01-01',
      '2026-02-30',
      'implicitDeny',
    ],
    [
      'an IPv4 range holds no IPv6 address',
      'IpAddress',
      '0.0.0.0/0',
      '2001:db8::1',
      'implicitDeny',
    ],
    ['IPv6 addresses are numbers', 'IpAddress', '2001:DB8::1', '2001:db8:0:0:0:0:0:1', 'allowed'],
    [
      'a wildcard stays in its part of an ARN',
      'ArnLike',
      'arn:aws:sns:*:x',
      'arn:aws:sns:a:b:x',
      'implicitDeny',
    ],
    ['StringEquals has no wildcards', 'StringEquals', 'a*', 'abc', 'implicitDeny'],
    [
      'some value that equals none is enough',
      'ForAnyValue:StringNotEquals',
      ['a', 'b'],
      ['a', 'c'],
      'allowed',
    ],
    [
      'each value must equal none',
      'ForAllValues:StringNotEquals',
      ['a', 'b'],
      ['a', 'c'],
      'implicitDeny',
    ],
    [
      'several values match no single-valued operator',
      'StringEquals',
      'a',
      ['a', 'b'],
      'implicitDeny',
    ],
  ])('%s', (_, operator, inPolicy, inRequest, expected) => {
    expect(allowIf({ [operator]: { 'app:Key': inPolicy } }, { 'APP:key': inRequest })).toBe(
      expected,
    );
  });
});

describe('policy variables', () => {
  const allowOn = (resource: string, version?: string): readonly PolicyJson[] => [
    { Version: version, Statement: { Effect: 'Allow', Action: '*', Resource: resource } },
  ];
  const order = (name: string): string => `arn:aws:orders:eu-west-1:111111111111:order/${name}`;

  test.each<[string, string, string, string | undefined, DecisionType]>([
    ['have their value in version 2012-10-17', '${aws:username}', 'bob', '2012-10-17', 'allowed'],
    ['are plain text without a version', '${aws:username}', 'bob', undefined, 'implicitDeny'],
    [
      'have their default when the key is missing',
      "${app:None, 'x'}",
      'x',
      '2012-10-17',
      'allowed',
    ],
    ['without a value match nothing', '${app:None}*', 'x', '2012-10-17', 'implicitDeny'],
    ['escape a wildcard', 'a${*}', 'ab', '2012-10-17', 'implicitDeny'],
    ['put in no wildcards', '${app:Star}', 'ab', '2012-10-17', 'implicitDeny'],
    ['are put in once', '${$}{aws:username}', 'bob', '2012-10-17', 'implicitDeny'],
  ])('%s', (_, pattern, name, version, expected) => {
    const context = { 'aws:username': 'bob', 'app:Star': '*' };
    const given = { resource: order(name), context };
    expect(decide({ identity: allowOn(order(pattern), version) }, given)).toBe(expected);
  });
});

test.each([
  ['a*c', 'abcc', true],
  ['*a*b', 'xaxbxab', true],
  ['a?c', 'ac', false],
  ['**', '', true],
  ['.+', 'aa', false],
])('the pattern %s against %s: %s', (pattern, text, expected) => {
  expect(fits(substitute(readPieces(pattern, true), {}) ?? [], text)).toBe(expected);
});
