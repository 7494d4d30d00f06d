import fc from 'fast-check';
import { AssertionFailed } from '../../lambdas/store/assertion';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { ConditionFailed } from '../../lambdas/store/store';
import type { Condition, Key, Store, Write } from '../../lambdas/store/store';
import { startDynamoDb } from '../../local/dynamodb/server';
import { openDynamoDbEngine } from '../contract/dynamodb-engine';
import { CONSISTENT, START_SECONDS } from '../contract/subject';
import type { Engine } from '../contract/subject';

let engine: Engine;
beforeAll(async () => {
  engine = await openDynamoDbEngine(await startDynamoDb({ directory: undefined }));
});
afterAll(() => engine.stop());

const sorts = ['a', 'b', 'c', 'd'];
const names = ['N', 'M', 'ttl'];

const condition: fc.Arbitrary<Condition> = fc
  .record(
    {
      exists: fc.constantFrom<Condition['exists']>(true, false, 'any'),
      revision: fc.integer({ min: 1, max: 3 }),
      below: fc.dictionary(fc.constantFrom(...names), fc.integer({ min: -1, max: 3 })),
      equals: fc.dictionary(
        fc.constantFrom(...names),
        fc.constantFrom<string | number | boolean>(0, 1, 2, '', '1', true),
      ),
    },
    { requiredKeys: ['exists'] },
  )
  .filter(
    ({ exists, revision, equals }) =>
      exists !== false || (revision === undefined && equals === undefined),
  );
// Most conditions should hold, or nothing would ever be there.
const usualCondition = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Condition>({ exists: 'any' }, { exists: true }) },
  { weight: 1, arbitrary: condition },
);
const value = fc.constantFrom(0, 1, 2, '', '1', true, null);
const attributes = fc.dictionary(fc.constantFrom(...names), value);

const write = (sort: string): fc.Arbitrary<Omit<Write, 'key'> & { sort: string }> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('put' as const),
      sort: fc.constant(sort),
      attributes,
      expiresAt: fc.option(fc.integer({ min: START_SECONDS, max: START_SECONDS + 12 }), {
        nil: undefined,
      }),
      condition: usualCondition,
    }),
    fc.record({
      kind: fc.constant('update' as const),
      sort: fc.constant(sort),
      set: fc.dictionary(fc.constantFrom('N'), value),
      add: fc.dictionary(fc.constantFrom('M'), fc.integer({ min: -2, max: 2 })),
      remove: fc.subarray(['ttl']),
      condition: usualCondition,
    }),
    fc.record({
      kind: fc.constantFrom('delete' as const, 'check' as const),
      sort: fc.constant(sort),
      condition: usualCondition,
    }),
  );

const step = fc.record({
  writes: fc
    .subarray(sorts, { minLength: 1 })
    .chain((chosen) => fc.tuple(...chosen.map((sort) => write(sort)))),
  seconds: fc.integer({ min: 0, max: 3 }),
  repeated: fc.boolean(),
});

const outcomeOf = (call: Promise<void>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof ConditionFailed) return error.failed;
      if (error instanceof AssertionFailed) return 'assertion';
      throw error;
    },
  );

test('the memory store and the DynamoDB store do the same with any transactions', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      run += 1;
      let seconds = START_SECONDS;
      const now = (): number => seconds * 1000;
      const stores: readonly Store[] = [new MemoryStore({ now }), engine.openStore(now)];
      const partition = `run-${run}`;
      for (const [index, { writes, repeated, seconds: passed }] of steps.entries()) {
        const made = writes.map(({ sort, ...rest }) => {
          const key: Key = { table: 'identities', partition, sort };
          return { ...rest, key } as Write;
        });
        const both = (token: string) =>
          Promise.all(stores.map((store) => outcomeOf(store.transact(made, { token }))));
        const [expected, actual] = await both(`run-${run}-${index}`);
        expect(actual).toEqual(expected);
        seconds += passed;
        if (repeated && expected === 'done') {
          expect(await both(`run-${run}-${index}`)).toEqual(['done', 'done']);
        }
        const [left, right] = await Promise.all(
          stores.map((store) => store.query('identities', partition, CONSISTENT)),
        );
        expect(right).toEqual(left);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
