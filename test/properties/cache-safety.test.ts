import * as fc from 'fast-check';

import { UNKNOWN_VALUE, decideFamily } from '../../lambdas/core/cache-safety';
import type { ConditionContext, RequestContext } from '../../lambdas/core/request-context';
import { Choices } from '../model/choices';
import { asksForRole, compileLayers } from '../model/differential';
import { decideByDefinition } from '../model/model';
import { CONDITION_KEYS } from '../model/requests';
import { worlds } from '../model/worlds';

const isMutant = process.env['STRYKER_MUTATOR_WORKER'] !== undefined;

const draws = fc.infiniteStream(fc.nat(0xffff_ffff)).map(
  (numbers) =>
    new Choices({
      nextInt: (least, most) => least + (Number(numbers.next().value) % (most - least + 1)),
    }),
);

/** Where the resource is opened: its last segment, its whole last part, or nowhere. */
function chooseOpening(choices: Choices, resource: string): readonly [string, string] {
  const fifth = resource.split(':').slice(0, 5).join(':').length + 1;
  const start = choices.pick([
    resource.length,
    Math.max(fifth, resource.lastIndexOf('/') + 1),
    Math.max(fifth, resource.lastIndexOf(':') + 1),
  ]);
  return start >= resource.length || !resource.startsWith('arn:')
    ? [resource, '']
    : [resource.slice(0, start), resource.slice(start)];
}

function withKeysOf(
  context: ConditionContext,
  other: ConditionContext,
  isTaken: (folded: string) => boolean,
): ConditionContext {
  const kept = Object.entries(context).filter(([name]) => !isTaken(name.toLowerCase()));
  const taken = Object.entries(other).filter(([name]) => isTaken(name.toLowerCase()));
  return Object.fromEntries([...kept, ...taken]);
}

test('what is said of a family of requests, the definition says of each of them', () => {
  const said = { allowed: 0, denied: 0, nothing: 0 };
  fc.assert(
    fc.property(worlds(), draws, ({ policies, requests }, choices) => {
      const [first] = requests;
      if (first === undefined) return;
      const [before, value] = chooseOpening(choices, first.resource);
      const changing = new Set(
        CONDITION_KEYS.filter(() => choices.chance(15)).map(({ name }) => name.toLowerCase()),
      );
      const isFixed = (folded: string): boolean => !changing.has(folded);
      const open = { ...first, resource: value === '' ? before : before + UNKNOWN_VALUE };
      const set = compileLayers(policies, requests.some(asksForRole));
      const { decision } = decideFamily({ request: open, isFixed, last: {} }, set);
      said[decision ?? 'nothing'] += 1;
      if (decision === undefined) return;
      for (const other of requests) {
        const values = [value, ...other.resource.split(/[:/]/).slice(-2), 'a', 'ab*', '?/x:y'];
        const request: RequestContext = {
          ...first,
          resource: value === '' ? before : before + (choices.pick(values) || 'x'),
          context: withKeysOf(first.context, other.context, (folded) => changing.has(folded)),
        };
        const isAllowed = decideByDefinition({ request, policies }) === 'allowed';
        expect([request, isAllowed]).toEqual([request, decision === 'allowed']);
      }
    }),
    { numRuns: isMutant ? 300 : 700, endOnFailure: isMutant },
  );
  // Something is said of most families, and both.
  expect(said.allowed).toBeGreaterThan(said.nothing / 4);
  expect(said.denied).toBeGreaterThan(said.nothing);
});
