import * as fc from 'fast-check';

import { compilePolicy } from '../../lambdas/core/compile';
import type { DecisionType } from '../../lambdas/core/decision';
import { decide, evaluate } from '../../lambdas/core/evaluate';
import { createPolicySet } from '../../lambdas/core/policy-set';
import type { RequestContext } from '../../lambdas/core/request-context';
import { Choices } from '../model/choices';
import { asksForRole, compileLayers } from '../model/differential';
import { listOf } from '../model/scenario';
import type { PolicyLayers, StatementJson } from '../model/scenario';
import { chooseStatement } from '../model/statements';
import { worlds } from '../model/worlds';
import { addStatement, freezeDeep, shuffleLayers } from './layers';
import type { Layer } from './layers';

// A mutant is dead at its first counterexample, however large.
const isMutant = process.env['STRYKER_MUTATOR_WORKER'] !== undefined;
const RUNS = { numRuns: isMutant ? 100 : 400, endOnFailure: isMutant };

/** A source of draws of its own, so that what is drawn from it does not disturb the world. */
const draws = fc.infiniteStream(fc.nat(0xffff_ffff)).map(
  (numbers) =>
    new Choices({
      nextInt: (least, most) => least + (Number(numbers.next().value) % (most - least + 1)),
    }),
);

function decideAll(policies: PolicyLayers, requests: readonly RequestContext[]): DecisionType[] {
  const set = compileLayers(policies, requests.some(asksForRole));
  return requests.map((request) => decide(request, set));
}

test('the order of policies, statements, values and requests does not matter', () => {
  fc.assert(
    fc.property(worlds(), draws, ({ policies, requests }, choices) => {
      const decisions = decideAll(policies, requests);
      const other = decideAll(shuffleLayers(choices, policies), [...requests].reverse());
      expect(other.reverse()).toEqual(decisions);
    }),
    RUNS,
  );
});

const LAYERS: readonly Layer[] = [
  'identity',
  'resource',
  'boundary',
  'session',
  'endpoint',
  'scps',
  'rcps',
];

/** What an Allow and a Deny of each layer may hold besides. */
function chooseAddition(
  choices: Choices,
  layer: Layer,
  requests: readonly RequestContext[],
  effect: 'Allow' | 'Deny',
): StatementJson {
  const principal = layer === 'resource' ? 'named' : layer === 'rcps' ? 'everybody' : 'none';
  const shape = { principal, denyPercent: effect === 'Deny' ? 100 : 0, widePercent: 10 } as const;
  const statement = chooseStatement(choices, choices.pick(requests), shape, '2012-10-17');
  return layer === 'endpoint' ? { ...statement, Principal: '*' } : statement;
}

test('a Deny that is added anywhere allows nothing that was not allowed', () => {
  fc.assert(
    fc.property(worlds(), draws, fc.constantFrom(...LAYERS), (world, choices, layer) => {
      const { policies, requests } = world;
      const addition = chooseAddition(choices, layer, requests, 'Deny');
      const more = addStatement(policies, layer, addition);
      fc.pre(more !== undefined);
      const before = decideAll(policies, requests);
      for (const [index, after] of decideAll(more, requests).entries()) {
        expect([after, before[index]]).not.toEqual(['allowed', 'implicitDeny']);
        expect([after, before[index]]).not.toEqual(['allowed', 'explicitDeny']);
        // What was denied explicitly stays so.
        if (before[index] === 'explicitDeny') expect(after).toBe('explicitDeny');
      }
    }),
    RUNS,
  );
});

test('an Allow that is added anywhere denies nothing that was allowed', () => {
  fc.assert(
    fc.property(worlds(), draws, fc.constantFrom(...LAYERS), (world, choices, layer) => {
      const { policies, requests } = world;
      const addition = chooseAddition(choices, layer, requests, 'Allow');
      const more = addStatement(policies, layer, addition);
      fc.pre(more !== undefined);
      const before = decideAll(policies, requests);
      for (const [index, after] of decideAll(more, requests).entries()) {
        if (before[index] === 'allowed') expect(after).toBe('allowed');
        // No Allow makes an explicit denial, or lifts one.
        expect(after === 'explicitDeny').toBe(before[index] === 'explicitDeny');
      }
    }),
    RUNS,
  );
});

test('evaluate decides what decide decides, and says why', () => {
  fc.assert(
    fc.property(worlds(), ({ policies, requests }) => {
      const set = compileLayers(policies, requests.some(asksForRole));
      for (const request of requests) {
        const { decision, because } = evaluate(request, set);
        expect(decision).toBe(decide(request, set));
        if (decision === 'explicitDeny') {
          expect(because.map(({ effect }) => effect)).toContain('denied');
        }
        if (decision === 'implicitDeny') {
          expect(because.map(({ effect }) => effect)).toContain('notAllowed');
        }
      }
    }),
    RUNS,
  );
});

test('neither policies nor requests are ever written to', () => {
  fc.assert(
    fc.property(worlds(), ({ policies, requests }) => {
      freezeDeep(policies);
      freezeDeep(requests);
      const compile = (policy: object) =>
        compilePolicy(policy, { policyType: 'identity-based policy' });
      const set = createPolicySet(Object.freeze({ identity: policies.identity.map(compile) }));
      const before = JSON.stringify([policies, requests]);
      for (const request of requests) evaluate(request, set);
      expect(JSON.stringify([policies, requests])).toBe(before);
    }),
    RUNS,
  );
});

describe('what no request should look like is never allowed', () => {
  const allowEverything = createPolicySet({
    identity: [
      compilePolicy(
        {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'orders:*', Resource: 'arn:aws:orders:*:*:order/*' },
          ],
        },
        { policyType: 'identity-based policy' },
      ),
    ],
  });

  test.each<[string, unknown]>([
    ['no principal', { principal: undefined }],
    ['a principal of no known type', { principal: { type: 'Robot' } }],
    ['no action', { action: undefined }],
    ['a number for an action', { action: 7 }],
    ['no resource', { resource: undefined }],
    ['a resource that is no ARN', { resource: 'order/42' }],
    ['a list for a resource', { resource: ['arn:aws:orders:::order/42'] }],
  ])('%s', (_, part) => {
    const request = {
      principal: {
        type: 'User',
        arn: 'arn:aws:iam::111111111111:user/a',
        accountId: '111111111111',
      },
      action: 'orders:GetOrder',
      resource: 'arn:aws:orders:eu-west-1:111111111111:order/42',
      resourceAccount: '111111111111',
      context: {},
      ...(part as object),
    } as RequestContext;
    let decision: string;
    try {
      decision = decide(request, allowEverything);
    } catch {
      decision = 'thrown';
    }
    expect(decision).not.toBe('allowed');
  });

  test('and the same request in its right shape is allowed', () => {
    expect(
      decide(
        {
          principal: {
            type: 'User',
            arn: 'arn:aws:iam::111111111111:user/a',
            accountId: '111111111111',
          },
          action: 'orders:GetOrder',
          resource: 'arn:aws:orders:eu-west-1:111111111111:order/42',
          resourceAccount: '111111111111',
          context: {},
        },
        allowEverything,
      ),
    ).toBe('allowed');
  });
});

test('a policy with a statement that cannot be read is refused as a whole, never read in part', () => {
  const damages: readonly ((statement: StatementJson) => object)[] = [
    (statement) => ({ ...statement, Effect: 'allow' }),
    (statement) => ({ ...statement, Effect: undefined }),
    (statement) => ({ ...statement, Conditions: {} }),
    (statement) => ({ ...statement, Condition: { StringsEqual: { 'aws:username': 'a' } } }),
    (statement) => ({ ...statement, Condition: [] }),
    (statement) => ({ ...statement, Action: [], NotAction: undefined }),
    (statement) => ({ ...statement, Action: 'no-prefix', NotAction: undefined }),
    (statement) => ({ ...statement, Resource: '', NotResource: undefined }),
    (statement) => ({ ...statement, Resource: 'order/42', NotResource: undefined }),
    (statement) => ({ ...statement, Resource: undefined, NotResource: undefined }),
    (statement) => ({ ...statement, Action: '*', NotAction: '*' }),
  ];
  fc.assert(
    fc.property(worlds(), draws, fc.constantFrom(...damages), ({ policies }, choices, damage) => {
      fc.pre(policies.identity.length > 0);
      const policy = choices.pick(policies.identity);
      const statements = listOf(policy.Statement);
      const place = choices.integer(0, statements.length - 1);
      const damaged = statements.map((one, index) => (index === place ? damage(one) : one));
      const text = JSON.stringify({ ...policy, Statement: damaged });
      expect(() => compilePolicy(text, { policyType: 'identity-based policy' })).toThrow();
    }),
    RUNS,
  );
});
