import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PrincipalCache } from '../lambdas/authorizer/principal-cache';
import { SigningKeyCache, deriveSigningKey } from '../lambdas/credentials/signing-key-cache';
import { inlinePolicyKey } from '../lambdas/store/keys';
import { MemoryStore } from '../lambdas/store/memory-store';
import type { Store } from '../lambdas/store/store';
import { ACCOUNT, put, putAccessKey, putUser } from '../test/identity/principal-rows';

/** What is held after some callers. */
export interface HeldMemory {
  readonly callers: number;
  /** Of the heap and of buffers, after a collection. */
  readonly megabytes: number;
}

const STALENESS_SECONDS = 60;

/**
 * As many users as are asked for, each with an access key and a policy of its own, go through the caches of an authorizer, one call each;
 * the store forgets each of them at once. Gives what is held then, `steps` times.
 */
export async function* holdCallers(count: number, steps: number): AsyncGenerator<HeldMemory> {
  const directory = new Directory();
  const principals = new PrincipalCache(directory.store, {
    stalenessSeconds: STALENESS_SECONDS,
    now: Date.now,
  });
  const signingKeys = new SigningKeyCache();
  const collect = garbageCollector();
  for (let caller = 1; caller <= count; caller += 1) {
    await call(caller, directory, principals, signingKeys);
    if (caller % Math.ceil(count / steps) === 0 || caller === count) {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      yield { callers: caller, megabytes: (heapUsed + external) / 1024 / 1024 };
    }
  }
}

async function call(
  caller: number,
  directory: Directory,
  principals: PrincipalCache,
  signingKeys: SigningKeyCache,
): Promise<void> {
  const number = String(caller).padStart(12, '0');
  const id = `AIDA${number}`;
  const accessKeyId = `AKIA${number}`;
  const store = directory.forgetAll();
  await putUser(store, { id, name: `user-${number}` });
  await putAccessKey(store, accessKeyId, { ownerId: id, sealedSecret: randomBytes(80) });
  await put(store, inlinePolicyKey('User', ACCOUNT, id, 'own'), {
    PolicyName: 'own',
    PolicyDocument: policyOf(number),
  });
  const accessKey = await principals.accessKey(accessKeyId);
  const principal = accessKey && (await principals.principal(accessKey, 'aws'));
  if (principal === undefined) throw new Error(`nobody has ${accessKeyId}`);
  // Compiled as a decision would.
  principal.policies.entry('orders:GetOrder', 'account');
  const scope = { date: '20261122', region: 'eu-west-1', service: 'execute-api' };
  signingKeys.set(accessKeyId, '1', deriveSigningKey(number, scope));
}

/** A store that can forget all it had at once. */
class Directory {
  #rows = new MemoryStore();
  readonly store: Store = {
    get: (key) => this.#rows.get(key),
    getMany: (keys) => this.#rows.getMany(keys),
    query: (...asked) => this.#rows.query(...asked),
    transact: (...asked) => this.#rows.transact(...asked),
  };

  forgetAll(): Store {
    this.#rows = new MemoryStore();
    return this.#rows;
  }
}

function policyOf(number: string): string {
  const statement = (name: string) => ({
    Effect: 'Allow',
    Action: [`orders:${name}`, 'orders:List*'],
    Resource: `arn:aws:orders:*:*:order/${number}/*`,
    Condition: { StringEquals: { 'aws:username': `user-${number}` } },
  });
  const Statement = ['GetOrder', 'PutOrder', 'DeleteOrder'].map(statement);
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
