import * as fc from 'fast-check';
import { compilePieces, cutPattern } from '../../lambdas/core/glob';
import { foldCase } from '../../lambdas/core/letter-case';
import { evaluate } from '../../lambdas/core/evaluate';
import { evaluatePartially, readPartialDecision } from '../../lambdas/core/partial-evaluation';
import {
  areDisjoint,
  covers,
  intersectTokens,
  wildcardTokens,
  writeTokens,
} from '../../lambdas/core/pattern-tokens';
import type { RequestContext } from '../../lambdas/core/request-context';
import { findServiceRules } from '../../lambdas/core/service-rules';
import { asksForRole, compileLayers } from '../model/differential';
import { worlds } from '../model/worlds';

const isMutant = process.env['STRYKER_MUTATOR_WORKER'] !== undefined;
const RUNS = { numRuns: isMutant ? 100 : 150, endOnFailure: isMutant };

const isDecidedHere = ({ action }: RequestContext): boolean =>
  findServiceRules(foldCase(action)).needsResourcePolicy === undefined;

/** What is answered about each resource of the world, and what is decided about it. */
function compare(
  policies: ReturnType<typeof compileLayers>,
  request: RequestContext,
  { resources, hidden }: { resources: readonly string[]; hidden: ReadonlySet<string> },
): readonly [answered: string, decided: string][] {
  const known = Object.entries(request.context).filter(([key]) => !hidden.has(foldCase(key)));
  const { resource: _resource, ...rest } = request;
  const partial = evaluatePartially(
    { ...rest, context: Object.fromEntries(known), isUnknown: (key) => hidden.has(key) },
    policies,
  );
  const read = readPartialDecision(partial);
  return resources.map((resource) => [
    read(resource),
    evaluate({ ...request, resource }, policies).decision === 'allowed' ? 'allowed' : 'denied',
  ]);
}

/** Resources of the world's requests, and near ones. */
const resourcesOf = (requests: readonly RequestContext[]): readonly string[] => [
  ...new Set(
    requests.flatMap(({ resource }) => [
      resource,
      resource.slice(0, -1),
      `${resource}/x`,
      resource.replace(/[0-9](?=[^0-9]*$)/, '9'),
    ]),
  ),
  '*',
];

test('what is decided without the resource is what is decided with it, and all of it is decided', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(worlds(), ({ policies, requests }) => {
      const set = compileLayers(policies, requests.some(asksForRole));
      const resources = resourcesOf(requests);
      for (const request of requests.filter(isDecidedHere)) {
        for (const [answered, decided] of compare(set, request, { resources, hidden: new Set() })) {
          expect(answered).toBe(decided);
          seen.add(decided);
        }
      }
    }),
    RUNS,
  );
  expect([...seen].sort()).toEqual(['allowed', 'denied']);
});

test('what is decided without some of the keys is so whatever they are; the rest is undecided', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(worlds(), fc.infiniteStream(fc.nat(3)), ({ policies, requests }, draws) => {
      const set = compileLayers(policies, requests.some(asksForRole));
      const resources = resourcesOf(requests);
      for (const request of requests.filter(isDecidedHere)) {
        const keys = requests.flatMap(({ context }) => Object.keys(context)).map(foldCase);
        const hidden = new Set(keys.filter(() => draws.next().value === 0));
        for (const [answered, decided] of compare(set, request, { resources, hidden })) {
          if (answered !== 'undecided') expect(answered).toBe(decided);
          seen.add(answered);
        }
      }
    }),
    RUNS,
  );
  expect([...seen].sort()).toEqual(['allowed', 'denied', 'undecided']);
});

describe('two patterns', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  const matches = (glob: string, value: string) => compilePieces(cutPattern(glob))(value, 0);

  test('that are compared, cover each other or have nothing in common only where they do', () => {
    fc.assert(
      fc.property(pattern, pattern, fc.array(text, { maxLength: 20 }), (left, right, texts) => {
        const [one, other] = [wildcardTokens(left), wildcardTokens(right)];
        for (const value of texts) {
          if (covers(one, other) && matches(right, value)) expect(matches(left, value)).toBe(true);
          const both = matches(left, value) && matches(right, value);
          if (areDisjoint(one, other)) expect(both).toBe(false);
          const common = intersectTokens(one, other);
          if (common === 'nothing') expect(both).toBe(false);
          else if (common !== undefined) expect(matches(writeTokens(common), value)).toBe(both);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a*', 'ab*', 'ab*'],
    ['*', 'a?', 'a?'],
    ['a?c', 'abc', 'abc'],
    ['a*c', 'a*b*c', 'a*b*c'],
    ['ab*', 'ac*', 'nothing'],
    ['*a', '*b', 'nothing'],
    ['abc', 'ab', 'nothing'],
    ['a*', '*b', undefined],
  ])('%s and %s have in common %s', (left, right, common) => {
    const found = intersectTokens(wildcardTokens(left), wildcardTokens(right));
    expect(typeof found === 'object' ? writeTokens(found) : found).toBe(common);
  });
});
