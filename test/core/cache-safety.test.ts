import * as fc from 'fast-check';
import { UNKNOWN_VALUE, decideFamily } from '../../lambdas/core/cache-safety';
import { compilePolicy } from '../../lambdas/core/compile';
import {
  SOME_SEGMENT,
  SOMETHING,
  overlap,
  placesOfPattern,
  placesOfText,
} from '../../lambdas/core/pattern-overlap';
import { createPolicySet } from '../../lambdas/core/policy-set';
import type { RequestContext } from '../../lambdas/core/request-context';

const REQUEST: RequestContext = {
  principal: {
    type: 'User',
    arn: 'arn:aws:iam::123456789012:user/alice',
    accountId: '123456789012',
  },
  action: 'orders:Get',
  resource: `arn:aws:orders:eu-west-1:123456789012:order/${UNKNOWN_VALUE}`,
  resourceAccount: '123456789012',
  context: { 'aws:username': 'alice', 'aws:CurrentTime': '2026-01-01T00:00:00Z' },
};

const CHANGING = ['aws:currenttime', 'aws:sourceip'];

function decideAll(statements: readonly object[], relates?: (resource: string) => boolean) {
  const document = { Version: '2012-10-17', Statement: statements };
  const policy = compilePolicy(JSON.stringify(document), {
    policyType: 'identity-based policy',
    policyId: 'p',
  });
  const family = {
    request: REQUEST,
    isFixed: (folded: string) => !CHANGING.includes(folded),
    last: { 'aws:CurrentTime': '2026-01-01T01:00:00Z' },
  };
  const { decision, unsettled } = decideFamily(
    family,
    createPolicySet({ identity: [policy] }),
    relates,
  );
  return [decision, ...unsettled.map(({ statement, keys }) => [statement.sid, ...keys])];
}

const ORDERS = 'arn:aws:orders:eu-west-1:123456789012:';
const allow = (Resource: string, Condition?: object, Sid = 'A') => ({
  Sid,
  Effect: 'Allow',
  Action: 'orders:*',
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const deny = (Resource: string, Condition?: object) => ({
  ...allow(Resource, Condition, 'D'),
  Effect: 'Deny',
});

describe('of a resource whose last part is not known', () => {
  test.each([
    ['a star takes whatever it is', [allow(`${ORDERS}order/*`)], ['allowed']],
    ['another resource is none of them', [allow(`${ORDERS}invoice/*`)], ['denied']],
    ['one of them is not all', [allow(`${ORDERS}order/42`)], [undefined, ['A']]],
    ['one character is not all', [allow(`${ORDERS}order/?`)], [undefined, ['A']]],
    ['not even with a star', [allow(`${ORDERS}order/?*`)], [undefined, ['A']]],
    ['a variable is one text', [allow(`${ORDERS}order/\${aws:username}`)], [undefined, ['A']]],
    ['a Deny of one is a Deny of some', [allow('*'), deny(`${ORDERS}*2`)], [undefined, ['D']]],
    ['but a Deny of all is one', [allow(`${ORDERS}order/42`), deny('*')], ['denied']],
    ['nobody’s unknown value is known', [allow(`${ORDERS}order/\u0000`)], [undefined, ['A']]],
  ])('%s', (_name, statements, expected) => {
    expect(decideAll(statements)).toEqual(expected);
  });

  test('all but one may be that one', () => {
    const statement = { Sid: 'N', Effect: 'Allow', Action: '*', NotResource: `${ORDERS}order/1` };
    expect(decideAll([statement])).toEqual([undefined, ['N']]);
    expect(decideAll([{ ...statement, NotResource: `${ORDERS}invoice/1` }])).toEqual(['allowed']);
  });

  test('an action that cannot be about it is denied, unless it can be about one of its values', () => {
    expect(decideAll([allow('*')], (resource) => resource.includes('order/'))).toEqual(['allowed']);
    expect(decideAll([allow('*')], () => false)).toEqual([undefined]);
    expect(decideAll([deny('*')], () => false)).toEqual(['denied']);
  });
});

describe('of requests that differ in a condition key', () => {
  const here = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  test.each([
    [
      'a key that decides makes them differ',
      [allow('*', here)],
      [undefined, ['A', 'aws:SourceIp']],
    ],
    ['one that decides nothing does not', [allow('*'), allow('*', here)], ['allowed']],
    [
      'a value with a variable is a key too',
      [allow('*', { StringLike: { 'aws:username': '${aws:SourceIp}*' } })],
      [undefined, ['A', 'aws:SourceIp']],
    ],
    [
      'a condition that holds for none keeps a statement from all',
      [allow('*', { ...here, StringEquals: { 'aws:username': 'bob' } })],
      ['denied'],
    ],
    [
      'a time that is over stays over',
      [allow('*', { DateLessThan: { 'aws:CurrentTime': '2025-12-31T00:00:00Z' } })],
      ['denied'],
    ],
    [
      'a time that comes later is far enough',
      [allow('*', { DateLessThanIfExists: { 'AWS:currenttime': '2026-01-02T00:00:00Z' } })],
      ['allowed'],
    ],
    [
      'a time that comes in between is not',
      [allow('*', { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:30:00Z' } })],
      [undefined, ['A', 'aws:CurrentTime']],
    ],
    [
      'a moment may be in between, whatever it is at both ends',
      [allow('*', { DateNotEquals: { 'aws:CurrentTime': '2026-01-01T00:30:00Z' } })],
      [undefined, ['A', 'aws:CurrentTime']],
    ],
  ])('%s', (_name, statements, expected) => {
    expect(decideAll(statements)).toEqual(expected);
  });
});

test('two patterns overlap where some text fits both, and nowhere else', () => {
  const letters = fc.constantFrom('a', '/', '*', '?');
  const pattern = fc.string({ unit: letters, maxLength: 5 });
  const texts = ['', 'a', '/'].flatMap((first) =>
    ['', 'a', '/'].flatMap((second) =>
      ['', 'a', '/', 'aa', '//', 'a/', '/a'].map((third) => first + second + third),
    ),
  );
  fc.assert(
    fc.property(pattern, pattern, (left, right) => {
      const found = texts.some((text) => matches(left, text) && matches(right, text));
      const told = overlap(placesOfPattern(left), placesOfPattern(right));
      // A text that is longer than those above may be needed.
      if (found) expect(told).toBe(true);
      expect(overlap(placesOfPattern(right), placesOfPattern(left))).toBe(told);
      if (!left.includes('*') && left.length <= 4) expect(told).toBe(found);
    }),
    { numRuns: 400 },
  );
});

test('a segment of a path has no slash, and is not empty', () => {
  const order = [...placesOfText('orders/'), ...SOME_SEGMENT];
  expect(overlap(order, placesOfText('orders/42'))).toBe(true);
  expect(overlap(order, placesOfText('orders/'))).toBe(false);
  expect(overlap(order, placesOfText('orders/42/items'))).toBe(false);
  expect(overlap(order, placesOfPattern('orders/*/*'))).toBe(false);
  expect(overlap([...placesOfText('orders/'), ...SOMETHING], placesOfText('orders/4/i'))).toBe(
    true,
  );
});

function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  }
  if (text === '' || (!pattern.startsWith('?') && pattern[0] !== text[0])) return false;
  return matches(pattern.slice(1), text.slice(1));
}
