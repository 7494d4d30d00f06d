import { createCatalogue } from '../../lambdas/core/catalogue/catalogue';
import { compilePolicy, unreadablePolicy } from '../../lambdas/core/compile';
import type { PolicyType } from '../../lambdas/core/decision';
import {
  evaluatePartially,
  readPartialDecision,
  type PartialDecision,
  type PartialRequest,
} from '../../lambdas/core/partial-evaluation';
import { createPolicySet } from '../../lambdas/core/policy-set';
import { compileFilter, TooManyTerms } from '../../lambdas/core/resource-filter';

const ACCOUNT = '123456789012';
const order = (id: string): string => `arn:aws:orders:eu-west-1:${ACCOUNT}:order/${id}`;

const REQUEST: PartialRequest = {
  principal: { type: 'User', arn: `arn:aws:iam::${ACCOUNT}:user/ann`, accountId: ACCOUNT },
  action: 'orders:GetOrder',
  resourceAccount: ACCOUNT,
  context: { 'aws:username': 'ann', 'aws:PrincipalTag/odd': 'a*b?c${' },
  isUnknown: (key) => key.startsWith('orders:') || key === 'aws:sourceip',
};

const compile = (type: PolicyType, Statement: object, Version = '2012-10-17') =>
  compilePolicy({ Version, Statement }, { policyType: type, policyId: 'p' });

const get = (part: object) => ({ Effect: 'Allow', Action: 'orders:*', ...part });

interface Layers {
  readonly boundary?: object;
  readonly session?: object;
  readonly resource?: object;
  readonly version?: string;
}

function evaluate(
  identity: object,
  { boundary, session, resource, version }: Layers = {},
  change: Partial<PartialRequest> = {},
): PartialDecision {
  const policies = createPolicySet({
    identity: [compile('identity-based policy', identity, version)],
    ...(boundary && { boundary: [compile('permissions boundary', boundary)] }),
    ...(session && { session: [compile('session policy', session)] }),
    ...(resource && { resource: compile('resource-based policy', resource) }),
  });
  return evaluatePartially({ ...REQUEST, ...change }, policies);
}

const allowedBy = (decision: PartialDecision) => {
  expect(decision.undecided).toEqual([]);
  return decision.allowed.map(({ resources, notResources }) =>
    [resources.join(' & '), ...notResources].join(' but '),
  );
};

describe('the resources that a policy allows', () => {
  test('are its patterns, with what is known in the place of variables', () => {
    const Resource = [order('42'), 'arn:aws:orders:*:*:order/${aws:username}/*'];
    expect(allowedBy(evaluate(get({ Resource })))).toEqual([
      order('42'),
      'arn:aws:orders:*:*:order/ann/*',
    ]);
  });

  test('are none where a variable has no value, and what its default says', () => {
    const of = (variable: string) => allowedBy(evaluate(get({ Resource: order(variable) })));
    expect(of('${aws:PrincipalTag/none}')).toEqual([]);
    expect(of("${aws:PrincipalTag/none, 'all'}")).toEqual([order('all')]);
  });

  test('keep as letters what a value or an escape says', () => {
    const decision = evaluate(
      get({ Resource: [order('${aws:PrincipalTag/odd}*'), order('${*}x')] }),
    );
    expect(allowedBy(decision)).toEqual([order('a${*}b${?}c${$}{*'), order('${*}x')]);
    const read = readPartialDecision(decision);
    expect(read(order('a*b?c${and more'))).toBe('allowed');
    expect(read(order('aXb?c${'))).toBe('denied');
    expect(read(order('*x'))).toBe('allowed');
    expect(read(order('yx'))).toBe('denied');
  });

  test('have no variables in the old version of the language', () => {
    const decision = evaluate(get({ Resource: order('${aws:username}') }), {
      version: '2008-10-17',
    });
    expect(readPartialDecision(decision)(order('${aws:username}'))).toBe('allowed');
    expect(readPartialDecision(decision)(order('ann'))).toBe('denied');
  });

  test('are all but some', () => {
    const decision = evaluate(get({ NotResource: [order('4*')] }));
    expect(allowedBy(decision)).toEqual([`* but ${order('4*')}`]);
  });

  test('are those that every layer allows, as one pattern where there is one', () => {
    const Resource = 'arn:aws:orders:*:*:order/*';
    const session = get({ Resource: order('4*') });
    expect(allowedBy(evaluate(get({ Resource }), { session }))).toEqual([order('4*')]);
    const boundary = get({ Resource: order('*2') });
    expect(allowedBy(evaluate(get({ Resource }), { boundary, session }))).toEqual([
      `${order('4*')} & ${order('*2')}`,
    ]);
    expect(allowedBy(evaluate(get({ Resource: order('5*') }), { session }))).toEqual([]);
    const limit = get({ NotResource: [order('42'), order('5')] });
    expect(allowedBy(evaluate(get({ Resource: order('4*') }), { boundary: limit }))).toEqual([
      `${order('4*')} but ${order('42')}`,
    ]);
    expect(allowedBy(evaluate(get({ Resource: order('42') }), { boundary: limit }))).toEqual([]);
  });

  test('are also those of the resource’s own policy, past the boundary where it names the user', () => {
    const resource = get({
      Resource: order('7'),
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ann` },
    });
    const boundary = get({ Resource: order('4*') });
    const decision = evaluate(get({ Resource: '*' }), { resource, boundary });
    expect(allowedBy(decision)).toEqual([order('7'), order('4*')]);
    const foreign = evaluate(
      get({ Resource: '*' }),
      { resource, boundary },
      { resourceAccount: '1' },
    );
    expect(allowedBy(foreign)).toEqual([]);
  });

  test('are none while a policy cannot be read', () => {
    const policies = createPolicySet({
      identity: [
        compile('identity-based policy', get({ Resource: '*' })),
        unreadablePolicy({ policyType: 'identity-based policy' }),
      ],
    });
    expect(evaluatePartially(REQUEST, policies)).toEqual({
      allowed: [],
      denied: [],
      undecided: [],
    });
  });

  test('are of the types that the action is about', () => {
    const catalogue = createCatalogue([
      {
        service: 'orders',
        actions: [
          { name: 'GetOrder', accessLevel: 'Read', resourceTypes: ['order'], conditionKeys: [] },
          { name: 'ListOrders', accessLevel: 'List', resourceTypes: [], conditionKeys: [] },
        ],
        resourceTypes: [
          {
            name: 'order',
            arn: 'arn:${Partition}:orders:${Region}:${Account}:order/${Id}',
            conditionKeys: [],
          },
          {
            name: 'invoice',
            arn: 'arn:${Partition}:orders:${Region}:${Account}:invoice/${Id}',
            conditionKeys: [],
          },
        ],
        conditionKeys: [],
      },
    ]);
    const policies = createPolicySet({
      identity: [compile('identity-based policy', get({ Resource: '*' }))],
    });
    const of = (action: string) =>
      allowedBy(evaluatePartially({ ...REQUEST, action }, policies, catalogue));
    expect(of('orders:GetOrder')).toEqual(['arn:*:orders:*:*:order/*']);
    expect(of('orders:ListOrders')).toEqual(['${*}']);
    expect(of('orders:EatOrder')).toEqual([]);
    expect(of('parcels:Get')).toEqual([]);
  });
});

describe('a condition', () => {
  const channel = { StringEquals: { 'orders:Channel': 'web' } };

  test('that is known is put in', () => {
    const Condition = { StringEquals: { 'aws:username': 'ann' } };
    expect(allowedBy(evaluate(get({ Resource: '*', Condition })))).toEqual(['*']);
    const other = { StringEquals: { 'aws:username': 'bob' } };
    expect(allowedBy(evaluate(get({ Resource: '*', Condition: other })))).toEqual([]);
  });

  test('on a key that is known to be absent is put in', () => {
    const Condition = { Null: { 'aws:SourceIdentity': 'true' } };
    expect(allowedBy(evaluate(get({ Resource: '*', Condition })))).toEqual(['*']);
  });

  test('on a key that is told is put in, also where it is told that there is none', () => {
    const context = { ...REQUEST.context, 'orders:Channel': 'web' };
    const policy = get({ Resource: '*', Condition: channel });
    expect(allowedBy(evaluate(policy, {}, { context }))).toEqual(['*']);
    const absent = { ...REQUEST.context, 'orders:Channel': [] };
    expect(allowedBy(evaluate(policy, {}, { context: absent }))).toEqual([]);
  });

  test('of an Allow that is not known leaves what it is about undecided, and allows nothing', () => {
    const decision = evaluate([
      get({ Resource: order('4*'), Condition: channel, Sid: 'OnTheWeb' }),
      get({ Resource: order('5') }),
    ]);
    expect(decision.allowed).toEqual([{ resources: [order('5')], notResources: [] }]);
    expect(decision.undecided).toEqual([
      {
        effect: 'Allow',
        resources: [order('4*')],
        notResources: [],
        because: [
          {
            policyType: 'identity-based policy',
            policyId: 'p',
            sid: 'OnTheWeb',
            statement: 0,
            keys: ['orders:Channel'],
          },
        ],
      },
    ]);
    const read = readPartialDecision(decision);
    expect([read(order('41')), read(order('5')), read(order('6'))]).toEqual([
      'undecided',
      'allowed',
      'denied',
    ]);
  });

  test('of a Deny that is not known leaves undecided what is allowed otherwise', () => {
    const decision = evaluate([
      get({ Resource: order('4*') }),
      get({ Effect: 'Deny', Resource: order('42'), Condition: channel }),
      get({ Effect: 'Deny', Resource: order('43') }),
    ]);
    const read = readPartialDecision(decision);
    expect(['41', '42', '43', '5'].map((id) => read(order(id)))).toEqual([
      'allowed',
      'undecided',
      'denied',
      'denied',
    ]);
  });

  test('is not known where a variable in it is not', () => {
    const Condition = { StringEquals: { 'aws:username': '${orders:Owner}' } };
    expect(evaluate(get({ Resource: '*', Condition })).undecided).toMatchObject([
      { because: [{ keys: ['orders:Owner'] }] },
    ]);
    const Resource = order('${orders:Owner}/7');
    expect(evaluate(get({ Resource })).undecided).toMatchObject([
      { effect: 'Allow', resources: [order('*/7')] },
    ]);
    const denied = evaluate([
      get({ Resource: '*' }),
      get({ Effect: 'Deny', NotResource: [order('${orders:Owner}/7'), order('8')] }),
    ]);
    expect(denied.undecided).toMatchObject([
      { effect: 'Deny', resources: ['*'], notResources: [order('8')] },
    ]);
    expect(readPartialDecision(denied)(order('8'))).toBe('allowed');
  });
});

test('policies whose common resources nobody could list are refused, not cut short', () => {
  const many = (suffix: string) =>
    get({ Resource: Array.from({ length: 40 }, (_, index) => order(`*${index}${suffix}*`)) });
  expect(() => evaluate(many('a'), { session: many('b') })).toThrow(TooManyTerms);
});

test('an action that the policy of each role decides is not evaluated in part', () => {
  expect(() => evaluate(get({ Resource: '*' }), {}, { action: 'sts:AssumeRole' })).toThrow(
    TypeError,
  );
});

test('a filter is not made of what is no pattern', () => {
  expect(() => compileFilter({ resources: ['order/42'], notResources: [] })).toThrow(TypeError);
});
