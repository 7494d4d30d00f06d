import * as fc from 'fast-check';
import { UNKNOWN_VALUE, decideFamily } from '../../lambdas/core/cache-safety';
import { compilePolicy } from '../../lambdas/core/compile';
import type { PolicyType } from '../../lambdas/core/decision';
import { evaluate } from '../../lambdas/core/evaluate';
import { createPolicySet } from '../../lambdas/core/policy-set';
import type {
  ConditionContext,
  Principal,
  RequestContext,
} from '../../lambdas/core/request-context';

/* Whatever is said of a family of requests at once is what is decided about each of them. */

const ACCOUNT = '123456789012';
const PREFIX = `arn:aws:orders:eu-west-1:${ACCOUNT}:`;
const PRINCIPALS: readonly Principal[] = [
  {
    type: 'User',
    arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
    accountId: ACCOUNT,
    uniqueId: 'AIDA1',
  },
  {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
    accountId: ACCOUNT,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
    uniqueId: 'AROA1',
  },
  { type: 'User', arn: 'arn:aws:iam::210987654321:user/eve', accountId: '210987654321' },
  { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, uniqueId: ACCOUNT },
];

const condition = fc.constantFrom<object>(
  { StringEquals: { 'aws:username': 'alice' } },
  { StringNotEquals: { 'AWS:UserAgent': 'curl' } },
  { StringEqualsIfExists: { 'aws:UserAgent': 'curl' } },
  { StringLike: { 'aws:username': '${aws:UserAgent}*' } },
  { StringLike: { 'aws:username': "${aws:Referer, 'al'}*" } },
  { Null: { 'aws:UserAgent': 'true' } },
  { Null: { 'aws:userAgent': 'false' } },
  { 'ForAllValues:StringEquals': { 'aws:UserAgent': ['curl'] } },
  { 'ForAnyValue:StringLike': { 'aws:UserAgent': ['c*'] } },
  { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:30:00Z' } },
  { DateGreaterThan: { 'aws:currenttime': '2026-01-01T00:30:00Z' } },
  { DateGreaterThanEquals: { 'aws:CurrentTime': '2025-01-01T00:00:00Z' } },
  { DateNotEquals: { 'aws:CurrentTime': '2026-01-01T00:30:00Z' } },
  { NumericLessThan: { 'aws:EpochTime': '1767227400' } },
  { StringLike: { 'aws:CurrentTime': '*:30:*' } },
  { DateLessThan: { 'aws:CurrentTime': ['2026-01-01T00:10:00Z', '2027-01-01T00:00:00Z'] } },
);
const resource = fc.constantFrom(
  '*',
  `${PREFIX}*`,
  `${PREFIX}order/*`,
  `${PREFIX}order/42`,
  `${PREFIX}order/4?`,
  `${PREFIX}order/?*`,
  `${PREFIX}order/*/items`,
  `${PREFIX}order/*s`,
  `${PREFIX}order/\${aws:username}`,
  `${PREFIX}order/\${aws:username}*`,
  `${PREFIX}order/\${aws:UserAgent}*`,
  `${PREFIX}order/\${aws:Referer, 'al'}*`,
  `${PREFIX}order/\${*}*`,
  `${PREFIX}order/\${$}{a}*`,
  'arn:*:orders:*:*:*',
  'arn:aws:orders:eu-west-1:*:order/4*',
  `${PREFIX}invoice/*`,
);
const element = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(resource, { minLength: 1, maxLength: 2 }).map((Resource) => ({ Resource })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(resource, { minLength: 1, maxLength: 2 })
      .map((NotResource) => ({ NotResource })),
  },
);
const action = fc.constantFrom<object>(
  { Action: '*' },
  { Action: 'orders:*' },
  { Action: 'ORDERS:get' },
  { NotAction: 'orders:Put' },
  { NotAction: 'orders:Get' },
);
const who = fc.constantFrom<object>(
  { Principal: '*' },
  { Principal: { AWS: ACCOUNT } },
  { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` } },
  { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/r` } },
  { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s` } },
  { Principal: { AWS: 'arn:aws:iam::210987654321:user/eve' } },
);
const notWho = fc.constantFrom<object>({
  NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` },
});

const statement = (effects: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...effects), action, element, fc.option(condition, { freq: 2 }))
    .map(([Effect, one, other, Condition]) => ({
      Effect,
      ...one,
      ...other,
      ...(Condition === null ? {} : { Condition }),
    }));
const document = (named = false) =>
  fc
    .tuple(
      fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
      fc.array(
        fc.tuple(statement(['Allow', 'Allow', 'Deny']), who, fc.option(notWho, { freq: 4 })),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      fc.boolean(),
    )
    .map(([Version, statements, isWide]) => ({
      Version,
      Statement: [
        ...(isWide && !named ? [{ Effect: 'Allow', Action: '*', Resource: '*' }] : []),
        ...statements.map(([one, principal, not]) =>
          named ? { ...one, ...(not !== null && one.Effect === 'Deny' ? not : principal) } : one,
        ),
      ],
    }));

const policy = (type: PolicyType, text: object) =>
  compilePolicy(JSON.stringify(text), { policyType: type, policyId: 'p' });

const value = fc.oneof(
  fc.constantFrom(
    '42',
    '4',
    '42/items',
    'items',
    'alice',
    'al',
    'alicex',
    'curl',
    '${a}',
    '${a}b',
    'x:y',
    '${zz}',
    '😀',
  ),
  fc.string({ minLength: 1, maxLength: 4 }).map((text) => text.replaceAll(/[\p{Cc}*?]/gu, 'x')),
);
const request = fc.record({
  values: fc.tuple(value, value),
  agent: fc.option(fc.constantFrom('curl', 'cat', 'a', 'alice')),
  referer: fc.option(fc.constantFrom('a', 'alice')),
  minutes: fc.integer({ min: 0, max: 60 }),
});
const template = fc.constantFrom(
  `${PREFIX}order/{0}`,
  `${PREFIX}order/{0}/items`,
  `${PREFIX}order/{0}/x/{1}`,
  `${PREFIX}order/42`,
);

const START = Date.parse('2026-01-01T00:00:00Z');
const timeKeys = (minutes: number): ConditionContext => ({
  'aws:CurrentTime': new Date(START + minutes * 60_000).toISOString().replace('.000', ''),
  'aws:EpochTime': String(START / 1000 + minutes * 60),
});
const CHANGING = ['aws:useragent', 'aws:referer', 'aws:currenttime', 'aws:epochtime'];

test('what is said of a family is what is decided about each of its requests', () => {
  const seen = { allowed: 0, denied: 0, unsaid: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...PRINCIPALS),
      template,
      document(),
      fc.option(document(), { freq: 3 }),
      fc.option(document(), { freq: 3 }),
      fc.option(document(), { freq: 3 }),
      fc.option(document(true), { freq: 2 }),
      fc.array(request, { minLength: 6, maxLength: 6 }),
      (principal, shape, identity, boundary, session, scp, own, requests) => {
        const isRole = principal.type === 'AssumedRole';
        let policies = createPolicySet({
          identity: principal.type === 'Root' ? [] : [policy('identity-based policy', identity)],
          ...(boundary === null || principal.type === 'Root'
            ? {}
            : { boundary: [policy('permissions boundary', boundary)] }),
          ...(session === null || !isRole ? {} : { session: [policy('session policy', session)] }),
          ...(scp === null ? {} : { scps: [[policy('service control policy', scp)]] }),
        });
        if (own !== null) policies = policies.withResource(policy('resource-based policy', own));
        const make = (values: readonly string[], context: ConditionContext): RequestContext => ({
          principal,
          action: 'orders:Get',
          resource: shape
            .replace('{0}', () => values[0] ?? '')
            .replace('{1}', () => values[1] ?? ''),
          resourceAccount: ACCOUNT,
          context: { 'aws:username': 'alice', ...context },
        });
        const { decision } = decideFamily(
          {
            request: make([UNKNOWN_VALUE, UNKNOWN_VALUE], {
              'aws:UserAgent': 'curl',
              ...timeKeys(0),
            }),
            isFixed: (folded) => !CHANGING.includes(folded),
            last: timeKeys(60),
          },
          policies,
        );
        seen[decision ?? 'unsaid'] += 1;
        if (decision === undefined) return;
        for (const { values, agent, referer, minutes } of requests) {
          const one = make(values, {
            ...timeKeys(minutes),
            ...(agent === null ? {} : { 'aws:UserAgent': agent }),
            ...(referer === null ? {} : { 'aws:Referer': referer }),
          });
          const decided = evaluate(one, policies).decision === 'allowed' ? 'allowed' : 'denied';
          expect([one, decided]).toEqual([one, decision]);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(seen.allowed).toBeGreaterThan(10);
  expect(seen.denied).toBeGreaterThan(10);
  expect(seen.unsaid).toBeGreaterThan(10);
});
