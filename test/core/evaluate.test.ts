import { describeDenial } from '../../lambdas/core/access-denied';
import { createCatalogue } from '../../lambdas/core/catalogue/catalogue';
import { compileOrDeny, compilePolicy, unreadablePolicy } from '../../lambdas/core/compile';
import type { CompiledPolicy } from '../../lambdas/core/compile';
import type { Decision, PolicyType } from '../../lambdas/core/decision';
import { decide, evaluate } from '../../lambdas/core/evaluate';
import { PolicyRefused } from '../../lambdas/core/policy-refused';
import { createPolicySet } from '../../lambdas/core/policy-set';
import type { Policies, PolicySet } from '../../lambdas/core/policy-set';
import type { Principal, RequestContext } from '../../lambdas/core/request-context';

const ACCOUNT = '111111111111';
const OTHER_ACCOUNT = '222222222222';
const ANA: Principal = {
  type: 'User',
  arn: `arn:aws:iam::${ACCOUNT}:user/ana`,
  accountId: ACCOUNT,
};
const ORDER = `arn:aws:orders:eu-west-1:${ACCOUNT}:order/42`;

const REQUEST: RequestContext = {
  principal: ANA,
  action: 'orders:GetOrder',
  resource: ORDER,
  resourceAccount: ACCOUNT,
  context: { 'aws:username': 'ana', 'orders:Channel': 'web' },
};

function policy(
  policyType: PolicyType,
  elements: object,
  policyId: string = policyType,
): CompiledPolicy {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'orders:*', Resource: '*', ...elements }],
  });
  return compilePolicy(text, { policyType, policyId, policyArn: `arn:${policyId}` });
}

function ask(policies: Policies, request: Partial<RequestContext> = {}): Decision {
  const set = createPolicySet(policies);
  const asked = { ...REQUEST, ...request };
  const decision = evaluate(asked, set);
  expect(decide(asked, set)).toBe(decision.decision);
  return decision;
}

const ALLOW = policy('identity-based policy', { Sid: 'Orders' }, 'allow');

describe('reasons', () => {
  test('an Allow names its policy, statement, position and conditions', () => {
    const text =
      '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Deny", "Action": "x:*", "Resource": "*"},\n {"Sid": "Web", "Effect": "Allow", "Action": "orders:*", "Resource": "*", "Condition": {"StringEquals": {"orders:Channel": ["web", "${aws:username}"]}}}]}';
    const identity = [
      compilePolicy(text, {
        policyType: 'identity-based policy',
        policyId: 'p',
        policyArn: 'arn:p',
      }),
    ];
    expect(ask({ identity })).toEqual({
      decision: 'allowed',
      because: [
        {
          policyType: 'identity-based policy',
          effect: 'allowed',
          policyId: 'p',
          policyArn: 'arn:p',
          sid: 'Web',
          statement: 1,
          position: { start: { line: 3, column: 3 }, end: { line: 3, column: 153 } },
          conditions: [
            {
              operator: 'StringEquals',
              key: 'orders:Channel',
              expected: ['web', 'ana'],
              actual: ['web'],
              matched: true,
            },
          ],
        },
      ],
    });
  });

  test('positions are those that AWS counts', () => {
    const text =
      '{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}';
    const identity = [compilePolicy(text, { policyType: 'identity-based policy' })];
    const [reason] = ask({ identity }, { action: 's3:PutObject' }).because;
    expect(reason?.position).toEqual({
      start: { line: 1, column: 41 },
      end: { line: 1, column: 113 },
    });
    expect(reason?.sid).toBeUndefined();
  });

  test('a policy that came as a value has no positions', () => {
    const value = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
    const identity = [compilePolicy(value, { policyType: 'identity-based policy' })];
    expect(ask({ identity }).because[0]?.position).toBeUndefined();
  });

  test('each layer that took part names its Allow, what grants first', () => {
    const resource = policy('resource-based policy', { Principal: { AWS: ACCOUNT } });
    const layers: Policies = {
      identity: [ALLOW],
      resource,
      boundary: [policy('permissions boundary', {})],
      session: [policy('session policy', {})],
      scps: [[policy('service control policy', { Resource: 'arn:aws:orders:*:*:*' })]],
      rcps: [[policy('resource control policy', { Principal: '*' })]],
      endpoint: [
        policy('VPC endpoint policy', { Principal: '*', Condition: { Null: { x: 'true' } } }),
      ],
    };
    const types = (policies: Policies) =>
      ask(policies).because.map(({ policyType, effect }) => `${effect} ${policyType}`);
    expect(types(layers)).toEqual([
      'allowed identity-based policy',
      'allowed resource-based policy',
      'allowed permissions boundary',
      'allowed session policy',
      'allowed service control policy',
      'allowed VPC endpoint policy',
    ]);
    expect(
      types({ ...layers, resource: policy('resource-based policy', { Principal: '*' }) }),
    ).toEqual([
      'allowed resource-based policy',
      'allowed service control policy',
      'allowed VPC endpoint policy',
    ]);
  });

  test('all Denies are named, those of the organization first, then the resource, then the caller', () => {
    const deny = { Effect: 'Deny' };
    const { decision, because } = ask({
      identity: [ALLOW, policy('identity-based policy', deny)],
      resource: policy('resource-based policy', { ...deny, Principal: '*' }),
      boundary: [policy('permissions boundary', deny)],
      session: [policy('session policy', deny)],
      scps: [[policy('service control policy', deny)]],
      rcps: [[policy('resource control policy', { ...deny, Principal: '*' })]],
      endpoint: [policy('VPC endpoint policy', { ...deny, Principal: '*' })],
    });
    expect(decision).toBe('explicitDeny');
    expect(because.map(({ policyType, effect }) => `${effect} ${policyType}`)).toEqual([
      'denied resource control policy',
      'denied service control policy',
      'denied VPC endpoint policy',
      'denied resource-based policy',
      'denied identity-based policy',
      'denied permissions boundary',
      'denied session policy',
    ]);
  });

  test("a resource's Deny stands alone, or behind the organization's", () => {
    const own = policy('resource-based policy', { Effect: 'Deny', Principal: '*' });
    expect(ask({ identity: [ALLOW], resource: own }).because).toHaveLength(1);
    const scps = [[policy('service control policy', { Effect: 'Deny' })]];
    const { because } = ask({ identity: [ALLOW], resource: own, scps });
    expect(because.map(({ policyType }) => policyType)).toEqual([
      'service control policy',
      'resource-based policy',
    ]);
  });

  test.each(['permissions boundary', 'session policy'] as const)(
    "a resource's Deny stands before that of a %s",
    (policyType) => {
      const own = policy('resource-based policy', { Effect: 'Deny', Principal: '*' });
      const limit = [policy(policyType, { Effect: 'Deny' })];
      const layer = policyType === 'session policy' ? { session: limit } : { boundary: limit };
      const { because } = ask({ identity: [ALLOW], resource: own, ...layer });
      expect(because.map((reason) => reason.policyType)).toEqual([
        'resource-based policy',
        policyType,
      ]);
    },
  );

  test('of two Allows of a resource that are worth the same the first is named', () => {
    const Statement = ['First', 'Second'].map((Sid) => ({
      Sid,
      Effect: 'Allow',
      Principal: '*',
      Action: '*',
    }));
    const options = { policyType: 'resource-based policy' } as const;
    const resource = compilePolicy({ Version: '2012-10-17', Statement }, options);
    expect(ask({ identity: [], resource }).because).toMatchObject([{ sid: 'First' }]);
  });

  test.each<[Principal]>([
    [{ type: 'Anonymous' }],
    [{ type: 'Service', service: 'events.amazonaws.com' }],
  ])("of %j nothing but the resource's policy is asked", (principal) => {
    const nobody = policy('resource-based policy', { Principal: { AWS: ACCOUNT } });
    expect(ask({ identity: [ALLOW], resource: nobody }, { principal }).because).toMatchObject([
      { policyType: 'resource-based policy', effect: 'notAllowed', mismatch: 'principal' },
    ]);
    expect(ask({ identity: [ALLOW] }, { principal }).because).toEqual([
      { policyType: 'resource-based policy', effect: 'notAllowed', mismatch: 'action' },
    ]);
    const all = policy('resource-based policy', { Principal: '*' });
    expect(ask({ identity: [], resource: all }, { principal }).because).toMatchObject([
      { policyType: 'resource-based policy', effect: 'allowed' },
    ]);
  });

  test('a layer without any policy is named', () => {
    const { because } = ask({ identity: [], boundary: [], session: [], endpoint: [], scps: [[]] });
    expect(because).toEqual([
      { policyType: 'service control policy', level: 0, effect: 'notAllowed', mismatch: 'action' },
      { policyType: 'VPC endpoint policy', effect: 'notAllowed', mismatch: 'action' },
      { policyType: 'identity-based policy', effect: 'notAllowed', mismatch: 'action' },
      { policyType: 'permissions boundary', effect: 'notAllowed', mismatch: 'action' },
      { policyType: 'session policy', effect: 'notAllowed', mismatch: 'action' },
    ]);
  });

  test('every layer that lacks an Allow is named, in the order in which AWS looks', () => {
    const nothing = { Action: 'billing:*' };
    const { decision, because } = ask(
      {
        identity: [],
        boundary: [policy('permissions boundary', nothing)],
        session: [],
        scps: [[policy('service control policy', nothing)], []],
        endpoint: [policy('VPC endpoint policy', { ...nothing, Principal: '*' })],
      },
      { resourceAccount: OTHER_ACCOUNT },
    );
    expect(decision).toBe('implicitDeny');
    expect(because).toHaveLength(7);
    expect(because).toMatchObject(
      [
        'service control policy',
        'service control policy',
        'VPC endpoint policy',
        'resource-based policy',
        'identity-based policy',
        'permissions boundary',
        'session policy',
      ].map((policyType) => ({ policyType, effect: 'notAllowed', mismatch: 'action' })),
    );
  });

  test('where no statement is about the action, one about the resource is the nearest', () => {
    const other = { Sid: 'Other', Action: 'billing:*', Resource: 'arn:aws:billing:::x' };
    const about = { Sid: 'About', Action: 'billing:*' };
    const denies = { Sid: 'Denies', Effect: 'Deny', Action: 'billing:*' };
    const nearest = (...elements: object[]) =>
      ask({ identity: elements.map((one) => policy('identity-based policy', one)) }).because;
    expect(nearest(denies, other, about)).toMatchObject([{ sid: 'About', mismatch: 'action' }]);
    expect(nearest(denies, other)).toMatchObject([{ sid: 'Other', mismatch: 'action' }]);
    expect(nearest(denies)).toEqual([
      { policyType: 'identity-based policy', effect: 'notAllowed', mismatch: 'action' },
    ]);
  });

  test('beyond 64 statements none is looked at for being nearest', () => {
    const other = { Sid: 'Other', Action: 'billing:*', Resource: 'arn:aws:billing:::x' };
    const about = { Sid: 'About', Action: 'billing:*' };
    const many = (count: number) =>
      ask({
        identity: [
          ...Array.from({ length: count }, () => policy('identity-based policy', other)),
          policy('identity-based policy', about),
        ],
      }).because;
    expect(many(63)).toMatchObject([{ sid: 'About', effect: 'notAllowed' }]);
    expect(many(64)).toMatchObject([{ sid: 'Other' }]);
    expect(many(65)).toMatchObject([{ sid: 'Other' }]);
    const Statement = Array.from({ length: 40 }, () => ({ ...other, Effect: 'Allow' }));
    const large = compilePolicy(
      {
        Version: '2012-10-17',
        Statement: [...Statement, { ...about, Effect: 'Allow', Resource: '*' }],
      },
      { policyType: 'identity-based policy' },
    );
    expect(ask({ identity: [large] }).because).toMatchObject([{ sid: 'About' }]);
    expect(ask({ identity: [large, large] }).because).toMatchObject([
      { sid: 'About', statement: 40 },
    ]);
    const first = compilePolicy(
      { Version: '2012-10-17', Statement },
      { policyType: 'identity-based policy' },
    );
    expect(ask({ identity: [first, large] }).because).toMatchObject([{ sid: 'Other' }]);
  });

  test('the nearest statement is named with what kept it from matching', () => {
    const far = { Sid: 'Far', Resource: 'arn:aws:orders:::x' };
    const near = { Sid: 'Near', Condition: { StringEquals: { 'orders:Channel': 'app' } } };
    const nearest = (...elements: object[]) =>
      ask({ identity: elements.map((one) => policy('identity-based policy', one)) }).because;
    expect(nearest(far)[0]?.conditions).toBeUndefined();
    expect(nearest(far)).toMatchObject([
      { sid: 'Far', mismatch: 'resource', effect: 'notAllowed' },
    ]);
    expect(nearest(far, near)).toMatchObject([
      {
        sid: 'Near',
        mismatch: 'condition',
        conditions: [{ expected: ['app'], actual: ['web'], matched: false }],
      },
    ]);
  });

  test("of a resource's policy the nearest statement is named too", () => {
    const own = (...statements: object[]) =>
      ask(
        {
          identity: [ALLOW],
          resource: compilePolicy(
            {
              Version: '2012-10-17',
              Statement: statements.map((one) => ({
                Effect: 'Allow',
                Action: '*',
                Principal: '*',
                ...one,
              })),
            },
            { policyType: 'resource-based policy' },
          ),
        },
        { resourceAccount: OTHER_ACCOUNT },
      ).because[0];
    const foreign = { Principal: { AWS: OTHER_ACCOUNT } };
    const elsewhere = { Resource: 'arn:aws:orders:::x' };
    const unmet = { Condition: { Null: { 'orders:Channel': 'true' } } };
    expect(own(foreign)).toMatchObject({
      mismatch: 'principal',
      statement: 0,
      effect: 'notAllowed',
    });
    expect(own(foreign, elsewhere)).toMatchObject({
      mismatch: 'resource',
      statement: 1,
      effect: 'notAllowed',
    });
    expect(own(foreign, elsewhere, unmet)).toMatchObject({
      mismatch: 'condition',
      statement: 2,
      effect: 'notAllowed',
    });
    expect(own({ Action: 'billing:*' })).toMatchObject({ mismatch: 'action', statement: 0 });
    const other = { Action: 'billing:*' };
    expect(own({ ...other, ...foreign }, { ...other, ...elsewhere }, other, other)).toMatchObject({
      mismatch: 'action',
      statement: 2,
    });
    expect(own({ ...other, ...foreign }, { ...other, ...elsewhere })).toMatchObject({
      statement: 0,
    });
    expect(own({ ...other, ...foreign, ...elsewhere }, { ...other, ...elsewhere })).toMatchObject({
      statement: 1,
    });
    expect(own({ Effect: 'Deny', Action: 'billing:*' })).toEqual({
      policyType: 'resource-based policy',
      effect: 'notAllowed',
      mismatch: 'action',
    });
  });

  test('a level of SCPs is named by its depth, with its nearest statement', () => {
    const scp = (element: object) => policy('service control policy', element);
    const scps = [[scp({})], [], [scp({ Action: 'billing:*' })]];
    const { because } = ask({ identity: [ALLOW], scps });
    expect(because).toMatchObject([
      { policyType: 'service control policy', level: 1, mismatch: 'action' },
      { policyType: 'service control policy', level: 2, mismatch: 'action', statement: 0 },
    ]);
    expect(because[0]).not.toHaveProperty('statement');
    const far = [[scp({ Resource: 'arn:aws:orders:::x' })]];
    expect(ask({ identity: [ALLOW], scps: far }).because).toMatchObject([
      { level: 0, mismatch: 'resource', statement: 0 },
    ]);
  });

  test('of an endpoint policy the nearest statement is named for another action too', () => {
    const endpoint = [policy('VPC endpoint policy', { Action: 'billing:*', Principal: '*' })];
    const [reason] = ask({ identity: [ALLOW], endpoint }).because;
    expect(reason).toMatchObject({
      policyType: 'VPC endpoint policy',
      mismatch: 'action',
      statement: 0,
    });
    expect(reason).not.toHaveProperty('level');
  });

  test('an endpoint policy for somebody else says so', () => {
    const endpoint = [policy('VPC endpoint policy', { Principal: { AWS: OTHER_ACCOUNT } })];
    expect(ask({ identity: [ALLOW], endpoint }).because).toMatchObject([
      { policyType: 'VPC endpoint policy', mismatch: 'principal', effect: 'notAllowed' },
    ]);
  });

  test('a role that does not trust is closed by its trust policy', () => {
    const request = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${ACCOUNT}:role/r` };
    const identity = [policy('identity-based policy', { Action: '*' })];
    const { because } = ask({ identity }, request);
    expect(because).toEqual([
      { policyType: 'role trust policy', effect: 'notAllowed', mismatch: 'action' },
    ]);
  });

  test('who may always do something needs no reason', () => {
    const request = { action: 'sts:GetCallerIdentity', resource: '*' };
    expect(ask({ identity: [] }, request)).toEqual({ decision: 'allowed', because: [] });
  });
});

describe('policies that cannot be read', () => {
  const options = { policyType: 'session policy', policyId: 'p', policyArn: 'a' } as const;

  test('compiling refuses, with findings', () => {
    const refuse = () => compilePolicy('{"Statement":[{"Effect":"Deny"}]}', options);
    expect(refuse).toThrow(PolicyRefused);
    expect(refuse).toThrow(
      'Policy statement must contain actions.; Policy statement must contain resources.',
    );
    try {
      refuse();
    } catch (error) {
      expect(error).toMatchObject({
        name: 'PolicyRefused',
        denies: true,
        findings: [{ code: 'MISSING_ACTION' }, { code: 'MISSING_RESOURCE' }],
      });
    }
  });

  test('what stands in for one denies, and is named', () => {
    const session = [unreadablePolicy(options)];
    expect(ask({ identity: [ALLOW], session })).toEqual({
      decision: 'implicitDeny',
      because: [
        { policyType: 'session policy', effect: 'notAllowed', policyId: 'p', policyArn: 'a' },
      ],
    });
    const explicit = [unreadablePolicy(options, 'explicitDeny')];
    expect(ask({ identity: [ALLOW], session: [...session, ...explicit] })).toMatchObject({
      decision: 'explicitDeny',
      because: [{ effect: 'notAllowed' }, { effect: 'denied' }],
    });
  });

  test('what stands in for one has no statements, and keeps its names', () => {
    expect(unreadablePolicy(options)).toEqual({
      ...options,
      document: { Statement: [] },
      statements: [],
      variables: false,
      unreadable: 'implicitDeny',
    });
  });

  test.each(['identity', 'boundary', 'session', 'endpoint'] as const)(
    'an unreadable policy in the layer %s denies',
    (layer) => {
      expect(ask({ identity: [ALLOW], [layer]: [unreadablePolicy(options), ALLOW] }).decision).toBe(
        'implicitDeny',
      );
    },
  );

  test('so does one of the resource, an SCP and an RCP', () => {
    const unreadable = unreadablePolicy(options);
    expect(ask({ identity: [ALLOW], resource: unreadable }).decision).toBe('implicitDeny');
    expect(ask({ identity: [ALLOW], scps: [[ALLOW, unreadable]] }).decision).toBe('implicitDeny');
    expect(ask({ identity: [ALLOW], rcps: [[unreadable]] }).decision).toBe('implicitDeny');
  });

  test('an explicit Deny that can be read stays explicit', () => {
    const deny = policy('identity-based policy', { Effect: 'Deny', Sid: 'No' });
    expect(ask({ identity: [deny], session: [unreadablePolicy(options)] }).because).toMatchObject([
      { sid: 'No' },
    ]);
  });

  test('a refused policy stands in as the kind of deny that could be made out in it', () => {
    expect(compileOrDeny('{', options).unreadable).toBe('implicitDeny');
    expect(compileOrDeny('{"Statement":{"Effect":"Deny"}}', options).unreadable).toBe(
      'explicitDeny',
    );
    expect(
      compileOrDeny('{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}', options)
        .unreadable,
    ).toBeUndefined();
  });

  test('a fault of the program is no refusal', () => {
    const source = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new RangeError('broken');
        },
      },
    );
    expect(() => compileOrDeny(source, options)).toThrow(RangeError);
  });
});

describe('sets of policies', () => {
  test('one set answers for many actions, in any case of letters', () => {
    const set = createPolicySet({ identity: [ALLOW] });
    for (let index = 0; index < 5000; index += 1) {
      expect(decide({ ...REQUEST, action: `orders:Action${index}` }, set)).toBe('allowed');
    }
    expect(decide({ ...REQUEST, action: 'ORDERS:getorder' }, set)).toBe('allowed');
    expect(decide({ ...REQUEST, action: 'billing:Get' }, set)).toBe('implicitDeny');
  });

  test('a resource-based policy answers for many actions', () => {
    const resource = policy('resource-based policy', { Principal: '*' });
    const set = createPolicySet({ identity: [], resource });
    for (let index = 0; index < 5000; index += 1) {
      expect(decide({ ...REQUEST, action: `orders:Action${index}` }, set)).toBe('allowed');
    }
  });

  test.each([
    ['all layers', (set: PolicySet, action: string) => set.entry(action, 'account')],
    ["the resource's policy", (set: PolicySet, action: string) => set.resourceIndex?.entry(action)],
  ])('what %s say about an action is kept for 4096 actions', (_, entryOf) => {
    const resource = policy('resource-based policy', { Principal: '*' });
    const set = createPolicySet({ identity: [ALLOW], resource });
    const first = entryOf(set, 'orders:First');
    for (let index = 1; index < 4096; index += 1) entryOf(set, `orders:Action${index}`);
    expect(entryOf(set, 'orders:First')).toBe(first);
    entryOf(set, 'orders:OneTooMany');
    expect(entryOf(set, 'orders:First')).not.toBe(first);
  });

  test("a resource's policy is indexed once, whatever sets it stands in", () => {
    const resource = policy('resource-based policy', { Principal: '*' });
    const { resourceIndex } = createPolicySet({ identity: [], resource });
    expect(createPolicySet({ identity: [ALLOW], resource }).resourceIndex).toBe(resourceIndex);
    const other = policy('resource-based policy', { Principal: '*' });
    expect(createPolicySet({ identity: [], resource: other }).resourceIndex).not.toBe(
      resourceIndex,
    );
  });

  test.each([
    [{}, 0],
    [{ NotResource: 'arn:aws:orders:::x', Resource: undefined }, 1],
    [{ Resource: ORDER }, 1],
    [{ Condition: {} }, 0],
    [{ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, 1],
  ])('a level of SCPs that always allows is not asked: %j', (element, levels) => {
    const set = createPolicySet({
      identity: [],
      scps: [[policy('service control policy', element)]],
    });
    expect(set.entry('orders:GetOrder', 'account').levels).toHaveLength(levels);
  });

  test.each([
    [{ Principal: '*' }, 0, 'allowed'],
    [{ Principal: { AWS: ['*', ACCOUNT] } }, 0, 'allowed'],
    [{ Principal: { AWS: ACCOUNT } }, 1, 'allowed'],
    [{ Principal: { AWS: OTHER_ACCOUNT } }, 1, 'implicitDeny'],
    [{ Principal: { Service: 'events.amazonaws.com' } }, 1, 'implicitDeny'],
    [{ NotPrincipal: { AWS: OTHER_ACCOUNT } }, 1, 'allowed'],
    [{ NotPrincipal: { AWS: ACCOUNT } }, 1, 'implicitDeny'],
  ])(
    'an endpoint policy asks for the principal unless it is for all: %j',
    (element, levels, decision) => {
      const endpoint = [policy('VPC endpoint policy', element)];
      const set = createPolicySet({ identity: [ALLOW], endpoint });
      expect(set.entry('orders:GetOrder', 'account').levels).toHaveLength(levels);
      expect(ask({ identity: [ALLOW], endpoint }).decision).toBe(decision);
    },
  );

  test('a Deny of an endpoint policy or an RCP is for whom it names', () => {
    const deny = { Effect: 'Deny', Principal: { AWS: OTHER_ACCOUNT } };
    const spared = [
      policy('VPC endpoint policy', { Principal: '*' }),
      policy('VPC endpoint policy', deny),
    ];
    expect(ask({ identity: [ALLOW], endpoint: spared }).decision).toBe('allowed');
    const denied = [
      ...spared,
      policy('VPC endpoint policy', { ...deny, Principal: { AWS: ACCOUNT } }),
    ];
    expect(ask({ identity: [ALLOW], endpoint: denied }).decision).toBe('explicitDeny');
  });

  test('SCPs, RCPs and boundaries bind ordinary roles and federated users, not service-linked roles', () => {
    const closed = [policy('permissions boundary', { Effect: 'Deny' })];
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`;
    const linked = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/a.amazonaws.com/r`;
    const principals: readonly [Principal, string][] = [
      [{ type: 'AssumedRole', arn, accountId: ACCOUNT }, 'explicitDeny'],
      [{ type: 'AssumedRole', arn, accountId: ACCOUNT, roleArn: linked }, 'allowed'],
      [{ type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/r`, accountId: ACCOUNT }, 'explicitDeny'],
      [{ type: 'Role', arn: linked, accountId: ACCOUNT }, 'allowed'],
      [
        {
          type: 'FederatedUser',
          arn: `arn:aws:sts::${ACCOUNT}:federated-user/f`,
          accountId: ACCOUNT,
        },
        'explicitDeny',
      ],
      [ANA, 'explicitDeny'],
    ];
    for (const [principal, decision] of principals) {
      for (const layers of [{ scps: [closed] }, { rcps: [closed] }, { boundary: closed }]) {
        expect(ask({ identity: [ALLOW], ...layers }, { principal }).decision).toBe(decision);
      }
    }
  });

  test('NotResource with a star is about nothing, and with several ARNs about all but them', () => {
    const all = policy('identity-based policy', { Resource: undefined, NotResource: '*' });
    expect(ask({ identity: [all] }).decision).toBe('implicitDeny');
    const some = (NotResource: string[]) =>
      ask({ identity: [policy('identity-based policy', { Resource: undefined, NotResource })] })
        .decision;
    expect(some([ORDER, 'arn:aws:orders:::x'])).toBe('implicitDeny');
    expect(some(['arn:aws:orders:::x', 'arn:aws:orders:::y'])).toBe('allowed');
  });

  test.each([1, 2, 3])('resource and all of %i conditions must match', (count) => {
    const keys = ['orders:Channel', 'aws:username', 'orders:Kind'].slice(0, count);
    const values: Record<string, string> = {
      'orders:Channel': 'web',
      'aws:username': 'ana',
      'orders:Kind': 'k',
    };
    const Condition = { StringEquals: Object.fromEntries(keys.map((key) => [key, values[key]])) };
    const identity = [policy('identity-based policy', { Resource: ORDER, Condition })];
    expect(ask({ identity }, { context: values }).decision).toBe('allowed');
    expect(ask({ identity }, { context: values, resource: `${ORDER}1` }).decision).toBe(
      'implicitDeny',
    );
    for (const key of keys) {
      const context = { ...values, [key]: 'other' };
      expect(ask({ identity }, { context }).decision).toBe('implicitDeny');
    }
  });

  test.each([1, 2, 3])('one of %i resources must match', (count) => {
    const Resource = Array.from({ length: count }, (_item, index) => `arn:aws:orders:::${index}`);
    const identity = [policy('identity-based policy', { Resource })];
    for (const resource of Resource)
      expect(ask({ identity }, { resource }).decision).toBe('allowed');
    expect(ask({ identity }, { resource: 'arn:aws:orders:::9' }).decision).toBe('implicitDeny');
  });

  test('the same layers serve another resource', () => {
    const base = createPolicySet({ identity: [], boundary: [] });
    const open = base.withResource(policy('resource-based policy', { Principal: '*' }));
    expect(decide(REQUEST, open)).toBe('allowed');
    expect(decide(REQUEST, base)).toBe('implicitDeny');
    expect(decide(REQUEST, open.withResource(undefined))).toBe('implicitDeny');
    const broken = base.withResource(unreadablePolicy({ policyType: 'resource-based policy' }));
    expect(decide(REQUEST, broken)).toBe('implicitDeny');
  });

  test('a boundary or session policy that is an empty list allows nothing', () => {
    expect(ask({ identity: [ALLOW], boundary: [] }).decision).toBe('implicitDeny');
    expect(ask({ identity: [ALLOW], session: [] }).decision).toBe('implicitDeny');
    expect(ask({ identity: [ALLOW], endpoint: [] }).decision).toBe('implicitDeny');
  });
});

describe('many statements about one action', () => {
  const statements = Array.from({ length: 60 }, (_item, index) => ({
    Sid: `S${index}`,
    Effect: index % 3 === 0 ? 'Deny' : 'Allow',
    Action: 'orders:*',
    Resource: [
      `arn:aws:orders:*:${ACCOUNT}:${'box'.repeat(1 + (index % 11))}-${index}/*`,
      `arn:aws:orders:::other/${index}`,
    ],
    ...(index % 5 === 0 && { Condition: { StringEquals: { 'orders:Channel': 'web' } } }),
  }));
  const wide = [
    { Effect: 'Allow', Action: 'orders:*', Resource: 'arn:aws:orders:*:*:*-7/*' },
    { Effect: 'Deny', Action: 'orders:*', NotResource: `arn:aws:orders:*:${ACCOUNT}:*` },
    { Effect: 'Allow', Action: 'orders:*', Resource: `arn:aws:orders:\${a}:x:y` },
  ];
  const compile = (list: readonly object[]) =>
    compilePolicy(
      { Version: '2012-10-17', Statement: list },
      { policyType: 'identity-based policy' },
    );
  const resources = [
    '*',
    'arn:aws:orders',
    `arn:aws:orders:eu:${ACCOUNT}:b`,
    `arn:aws:orders:eu:${OTHER_ACCOUNT}:box-0/1`,
    ...statements.map(({ Resource }) => Resource[0]?.replace('*', 'eu').replace('*', 'item') ?? ''),
    ...statements.map((_item, index) => `arn:aws:orders:::other/${index}`),
  ];

  test.each(['web', 'app'])('looking them up by resource changes no answer (%s)', (channel) => {
    const indexed = createPolicySet({ identity: [compile([...statements, ...wide])] });
    for (const resource of resources) {
      const asked = { ...REQUEST, resource, context: { 'orders:Channel': channel } };
      const single = [...statements, ...wide].map((one) =>
        decide(asked, createPolicySet({ identity: [compile([one])] })),
      );
      const expected = single.includes('explicitDeny')
        ? 'explicitDeny'
        : single.includes('allowed')
          ? 'allowed'
          : 'implicitDeny';
      expect(decide(asked, indexed)).toBe(expected);
      const { decision, because } = evaluate(asked, indexed);
      expect(decision).toBe(expected);
      if (expected !== 'explicitDeny') continue;
      const denies = single.flatMap((one, index) => (one === 'explicitDeny' ? [index] : []));
      expect(because.map(({ statement }) => statement)).toEqual(denies);
    }
  });

  test('the nearest of many is found by resource', () => {
    const set = createPolicySet({ identity: [compile(statements)] });
    const asked = {
      ...REQUEST,
      resource: 'arn:aws:orders:::other/5',
      context: { 'orders:Channel': 'app' },
    };
    expect(evaluate(asked, set).because).toMatchObject([{ sid: 'S5', mismatch: 'condition' }]);
    const elsewhere = { ...asked, resource: 'arn:aws:orders:::elsewhere' };
    expect(evaluate(elsewhere, set).because).toMatchObject([{ sid: 'S1', mismatch: 'resource' }]);
  });
});

describe('known services', () => {
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
          arn: 'arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}',
          conditionKeys: [],
        },
      ],
      conditionKeys: [],
    },
  ]);
  const decision = (action: string, resource: string, policies: Partial<Policies> = {}) =>
    ask(
      { identity: [policy('identity-based policy', { Action: '*' })], catalogue, ...policies },
      { action, resource },
    );

  test('an action is allowed on the resources that it can be about, and denied on others', () => {
    expect(decision('orders:getorder', ORDER).decision).toBe('allowed');
    expect(decision('orders:GetOrder', 'arn:aws:orders:eu-west-1:111111111111:invoice/1')).toEqual({
      decision: 'implicitDeny',
      because: [
        { policyType: 'identity-based policy', effect: 'notAllowed', mismatch: 'resource' },
      ],
    });
    expect(decision('orders:GetOrder', '*').decision).toBe('implicitDeny');
    expect(decision('orders:ListOrders', '*').decision).toBe('allowed');
    expect(decision('orders:ListOrders', ORDER).decision).toBe('implicitDeny');
  });

  test('an action that a known service does not have is denied', () => {
    expect(decision('orders:Fly', ORDER).decision).toBe('implicitDeny');
  });

  test('nothing is said about services that are not known', () => {
    expect(decision('billing:Get', 'arn:aws:billing:::x').decision).toBe('allowed');
    expect(decision('orders', ORDER).decision).toBe('allowed');
  });

  test('an explicit Deny stays explicit', () => {
    const identity = [policy('identity-based policy', { Effect: 'Deny', Action: '*' })];
    expect(decision('orders:GetOrder', '*', { identity }).decision).toBe('explicitDeny');
  });
});

describe("AWS's sentence", () => {
  const asked = `User: ${ANA.arn} is not authorized to perform: orders:GetOrder on resource: ${ORDER}`;

  test.each<[PolicyType, string]>([
    ['identity-based policy', 'an identity-based policy: arn:x'],
    ['resource-based policy', 'a resource-based policy'],
    ['permissions boundary', 'a permissions boundary: arn:x'],
    ['session policy', 'a session policy: arn:x'],
    ['service control policy', 'a service control policy: arn:x'],
    ['resource control policy', 'a resource control policy: arn:x'],
    ['VPC endpoint policy', 'a VPC endpoint policy'],
    ['role trust policy', 'the role trust policy'],
  ])('names the %s', (policyType, words) => {
    const reason = { policyType, policyArn: 'arn:x' };
    const explicit = {
      decision: 'explicitDeny',
      because: [{ ...reason, effect: 'denied' }],
    } as const;
    expect(describeDenial(REQUEST, explicit)).toBe(`${asked} with an explicit deny in ${words}`);
    const implicit = {
      decision: 'implicitDeny',
      because: [{ ...reason, effect: 'notAllowed' }],
    } as const;
    expect(describeDenial(REQUEST, implicit)).toBe(
      `${asked} because no ${policyType} allows the orders:GetOrder action`,
    );
  });

  test('names the policy only to callers of the same account, and only where it has an ARN', () => {
    const because = [
      { policyType: 'identity-based policy', effect: 'denied', policyArn: 'arn:x' },
    ] as const;
    const foreign = { ...REQUEST, resourceAccount: OTHER_ACCOUNT };
    expect(describeDenial(foreign, { decision: 'explicitDeny', because })).toMatch(
      /identity-based policy$/,
    );
    const unnamed = [{ policyType: 'identity-based policy', effect: 'denied' }] as const;
    expect(describeDenial(REQUEST, { decision: 'explicitDeny', because: unnamed })).toMatch(
      /identity-based policy$/,
    );
    const service = { ...REQUEST, principal: { type: 'Service', service: 'a.b' } } as const;
    expect(describeDenial(service, { decision: 'explicitDeny', because })).toMatch(
      /identity-based policy$/,
    );
  });

  test.each<[Principal, string]>([
    [{ type: 'Anonymous' }, 'anonymous'],
    [{ type: 'Service', service: 'a.amazonaws.com' }, 'a.amazonaws.com'],
    [{ type: 'WebIdentityUser', provider: 'accounts.google.com' }, 'accounts.google.com'],
    [{ type: 'SAMLUser', provider: 'arn:saml' }, 'arn:saml'],
  ])('names who asked: %j', (principal, name) => {
    const sentence = describeDenial(
      { ...REQUEST, principal },
      { decision: 'implicitDeny', because: [] },
    );
    expect(sentence).toBe(
      `User: ${name} is not authorized to perform: orders:GetOrder on resource: ${ORDER}`,
    );
  });
});
