import { createHash } from 'node:crypto';
import { IamError } from '../protocol/errors';
import type { HttpRequest } from '../protocol/http';
import { readIdempotencyKey } from '../protocol/idempotency-key';
import { malformed } from '../protocol/parameters';
import type { Structure } from '../protocol/query';
import { encodeRestOutput } from '../protocol/rest-json';
import { describeOperation } from '../protocol/schema';
import { encodeParts, idempotentAnswerKey } from '../store/keys';
import type { Item, Store } from '../store/store';
import { writeSteps } from './commit';
import type { Call } from './operation';
import type { AnyOperation } from './operation-table';
import { splitRoute } from './routes';
import type { Step } from './step';

/*
 * Creates that can be repeated: the answer is kept with what was created, in one transaction, so that there is never one without the
 * other. Whoever repeats the request under the same key is given that answer.
 */

/** For how long a key is remembered: 24 hours. */
export const IDEMPOTENCY_SECONDS = 86_400;

/**
 * Whether a route takes a key: a POST that changes something. Every other request can be repeated as it is, and so can those of STS:
 * they leave nothing behind, and credentials that expire are no answer for a day.
 */
export function takesIdempotencyKey({ route, accessLevel, schema }: AnyOperation): boolean {
  const isPost = splitRoute(route).method === 'POST';
  const isChange = accessLevel !== 'Read' && accessLevel !== 'List';
  return isPost && isChange && describeOperation(schema).service !== 'sts';
}

/** The key of a request by a route. Errors: `MalformedInput`, also for a key that would be without effect. */
export function idempotencyKeyOf(
  request: HttpRequest,
  operation: AnyOperation,
): string | undefined {
  const key = readIdempotencyKey(request);
  if (key !== undefined && !takesIdempotencyKey(operation)) {
    throw malformed(`${operation.name} has no use for the header Idempotency-Key.`);
  }
  return key;
}

export interface KeyedRun {
  readonly operation: AnyOperation;
  readonly input: Structure;
  readonly idempotencyKey: string;
  /** What the attempt's own store has read is no longer what is there. */
  readonly store: Store;
}

/** What is sealed in the row. The input may hold a password, of which not even a hash may lie open. */
interface KeptAnswer {
  readonly fingerprint: string;
  readonly body: string;
}

/**
 * Runs an authorized operation once for its key; gives the body of its REST answer, or that of the run before.
 *
 * Errors: those of the operation, of which none is kept; `IdempotentParameterMismatch` where the key stood for something else;
 * {@link ConcurrentChange} where somebody else has just used the key.
 */
export async function runUnderKey(keyed: KeyedRun, call: Call): Promise<string> {
  const before = await findAnswer(keyed, call);
  if (before !== undefined) {
    return before;
  }
  try {
    const held = new HeldCommit(call);
    const output = await keyed.operation.run(keyed.input as never, held.call);
    const body = encodeRestOutput(keyed.operation.schema, (output ?? {}) as Structure);
    await writeSteps(call, [await keepStep(keyed, call, body), ...held.steps]);
    return body;
  } catch (error) {
    // Whoever used the key at the same time has made what is now in the way.
    const meanwhile = error instanceof IamError ? await findAnswer(keyed, call) : undefined;
    if (meanwhile !== undefined) {
      return meanwhile;
    }
    throw error;
  }
}

/** Keeps an operation's last commit back, so that the answer can be written with it. */
class HeldCommit {
  steps: readonly Step[] = [];
  readonly call: Call;

  constructor(call: Call) {
    const { store } = call;
    this.call = {
      ...call,
      holdCommit: async (steps) => {
        if (this.steps.length > 0) await writeSteps(call, this.steps);
        this.steps = steps;
      },
      store: {
        get: (...read) => this.#whileNothingIsHeld(() => store.get(...read)),
        getMany: (...read) => this.#whileNothingIsHeld(() => store.getMany(...read)),
        query: (...read) => this.#whileNothingIsHeld(() => store.query(...read)),
        transact: (...write) => this.#whileNothingIsHeld(() => store.transact(...write)),
      },
    };
  }

  /** Invariant: nothing is read as if the commit had not happened. */
  #whileNothingIsHeld<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.steps.length === 0
      ? work()
      : Promise.reject(new TypeError('an operation uses the store after its last commit'));
  }
}

async function keepStep(keyed: KeyedRun, call: Call, body: string): Promise<Step> {
  const kept: KeptAnswer = { fingerprint: fingerprintOf(keyed), body };
  const Answer = await call.sealSecret(JSON.stringify(kept), bindingOf(keyed, call));
  return {
    write: {
      kind: 'put',
      key: keyOf(keyed, call),
      attributes: { Answer },
      expiresAt: Math.ceil(call.now / 1000) + IDEMPOTENCY_SECONDS,
      condition: { exists: false },
    },
  };
}

async function findAnswer(keyed: KeyedRun, call: Call): Promise<string | undefined> {
  const item = await keyed.store.get(keyOf(keyed, call), { consistent: true });
  if (item === undefined) {
    return undefined;
  }
  const { fingerprint, body } = await openAnswer(item, keyed, call);
  if (fingerprint !== fingerprintOf(keyed)) {
    throw new IamError(
      'IdempotentParameterMismatch',
      'The request uses the same Idempotency-Key as a previous, but non-identical request.',
    );
  }
  return body;
}

/** Errors: TypeError for a row that nobody here has written. */
async function openAnswer(item: Item, keyed: KeyedRun, call: Call): Promise<KeptAnswer> {
  const { Answer } = item.attributes;
  if (!(Answer instanceof Uint8Array)) {
    throw new TypeError('a kept answer is not readable');
  }
  return JSON.parse(await call.openSecret(Answer, bindingOf(keyed, call))) as KeptAnswer;
}

const keyOf = ({ idempotencyKey }: KeyedRun, { accountId, caller }: Call) =>
  idempotentAnswerKey(accountId, caller.userId, idempotencyKey);

const bindingOf = ({ idempotencyKey }: KeyedRun, { caller }: Call) => ({
  table: 'identities' as const,
  ownerId: caller.userId,
  keyId: encodeParts('IdempotencyKey', idempotencyKey),
});

/** Operation and input as one text, whatever the order of members, and its hash. */
function fingerprintOf({ operation, input }: KeyedRun): string {
  const text = JSON.stringify([operation.name, input], (_name, value: unknown) => {
    if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('base64')];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
  return createHash('sha256').update(text).digest('hex');
}
