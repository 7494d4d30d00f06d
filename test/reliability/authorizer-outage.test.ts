import { Authorizer, LONGEST_ANSWER_MILLISECONDS } from '../../lambdas/authorizer/authorizer';
import { DataKeys } from '../../lambdas/credentials/data-key';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store } from '../../lambdas/store/store';
import { signedEvent, type Call } from '../authorizer/rest-events';
import { FaultyStore, type Fault } from '../contract/faults';
import { TestKeyEncryption } from '../credentials/test-data-keys';
import { ACCOUNT, putAccessKey, putAccount } from '../identity/principal-rows';
import { GATEWAY_SETTINGS } from '../authorizer/gateway-settings';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
/** Whatever it asks for, it may: an answer that is not an Allow is the outage's doing. */
const ROOT = { accessKeyId: 'AKIAROOTROOTROOTROO1', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+root' };
const OUTAGE = 'The authorizer could not decide.';

const keyEncryption = new TestKeyEncryption();
let rows: MemoryStore;

beforeEach(async () => {
  rows = new MemoryStore();
  await putAccount(rows);
  const secrets = new SealedSecrets(new DataKeys({ store: rows, keyEncryption, clock: () => NOW }));
  const binding = { table: 'identities', ownerId: ACCOUNT, keyId: ROOT.accessKeyId } as const;
  const sealedSecret = await secrets.seal(ROOT.secretAccessKey, binding);
  await putAccessKey(rows, ROOT.accessKeyId, { ownerKind: 'Root', sealedSecret });
});

/** `stalenessSeconds` 0: every call reads. */
function createAuthorizer(store: Store, stalenessSeconds: number): Authorizer {
  const dataKeys = new DataKeys({
    store,
    keyEncryption,
    clock: () => NOW,
  });
  const secrets = new SealedSecrets(dataKeys);
  return new Authorizer({
    store,
    stalenessSeconds,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: () => NOW,
    gateways: GATEWAY_SETTINGS,
    log: () => undefined,
  });
}

const outcomeOf = (answer: Promise<object>): Promise<string> =>
  answer.then(
    (allowed) => JSON.stringify(allowed),
    (error: unknown) => (error as Error).message,
  );

test('of 10,000 calls during outages of the store none is answered but as an outage', async () => {
  const calls: Call[] = [{}, { method: 'POST', body: 'x' }, { query: { a: '1' } }];
  const events = await Promise.all(calls.map((call) => signedEvent(call, { ...ROOT, now: NOW })));
  expect(await outcomeOf(createAuthorizer(rows, 0).authorize(events[0]))).toContain('"Allow"');

  const outcomes = new Map<string, number>();
  const faults: Fault[] = ['error', 'commit-then-error'];
  for (let call = 0; call < 10_000; call += 1) {
    // From the first, the second or the third read of the call on.
    const plan = { at: 1 + (call % 3), times: Infinity, fault: faults[call % 2] ?? 'error' };
    const store = new FaultyStore(rows, plan);
    const outcome = await outcomeOf(
      createAuthorizer(store, call % 4 === 0 ? 5 : 0).authorize(events[call % events.length]),
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect(outcomes).toEqual(new Map([[OUTAGE, 10_000]]));
});

test('a store that never answers is an outage, told within three seconds', async () => {
  const event = await signedEvent({}, { ...ROOT, now: NOW });
  jest.useFakeTimers();
  try {
    const never = () => new Promise<never>(() => undefined);
    const silent: Store = { get: never, getMany: never, query: never, transact: never };
    const seen: string[] = [];
    const answer = outcomeOf(createAuthorizer(silent, 5).authorize(event)).then((outcome) =>
      seen.push(outcome),
    );
    expect(LONGEST_ANSWER_MILLISECONDS).toBeLessThan(3000);
    await jest.advanceTimersByTimeAsync(LONGEST_ANSWER_MILLISECONDS - 1);
    expect(seen).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await answer;
    expect(seen).toEqual([OUTAGE]);
  } finally {
    jest.useRealTimers();
  }
});

test('a call that is answered leaves no timer behind', async () => {
  const event = await signedEvent({}, { ...ROOT, now: NOW });
  jest.useFakeTimers();
  try {
    await createAuthorizer(rows, 5).authorize(event);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
