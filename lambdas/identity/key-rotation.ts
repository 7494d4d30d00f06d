import { randomUUID } from 'node:crypto';
import type { DataKeys } from '../credentials/data-key';
import { sealedUnder } from '../credentials/sealed-box';
import { SealedSecrets, type SecretBinding } from '../credentials/sealed-secret';
import { dataKeyKey, DATA_KEYS_PARTITION, decodeParts } from '../store/keys';
import { ConditionFailed, type Attributes, type Item, type Store } from '../store/store';
import { readServerCertificate } from './certificate-records';
import { readVirtualMfaDevice } from './credential-records';
import { readSigningKey } from './issuer-entities';
import { seedBinding } from './mfa-codes';
import { readSamlProvider } from './provider-records';
import { readAccessKey, toAttributes } from './records';

/*
 * A new data key, and everything that is kept under an old one sealed again. Both open all the while, so that nothing waits, and
 * whatever is interrupted goes on where it is called again.
 */

export interface RotationScope {
  readonly store: Store;
  readonly dataKeys: DataKeys;
  /** Every item of both tables, in any order; consistent. */
  readonly listItems: () => AsyncIterable<Item>;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Is told after every so many items. */
  readonly onProgress?: (progress: SealedAgain) => void;
}

export interface SealedAgain {
  /** Items that were looked at. */
  readonly items: number;
  /** Secrets that were sealed again. */
  readonly sealedAgain: number;
  /** Rows that others changed meanwhile; they are found again by the next call. */
  readonly changedMeanwhile: number;
}

export class KeyInUse extends Error {
  override readonly name = 'KeyInUse';
}

const PROGRESS_ITEMS = 1000;

/**
 * What a key outlives its successor's making by: the longest session token (36 hours), and the hour for which functions go on with
 * the key that they have read.
 */
const RETIREMENT_MILLISECONDS = 37 * 60 * 60 * 1000;

/** Seals what is kept under another key than the newest again. Errors: those of store and key service; TypeError for a damaged secret. */
export async function sealAgain(scope: RotationScope): Promise<SealedAgain> {
  const newest = (await scope.dataKeys.newest()).number;
  const progress = { items: 0, sealedAgain: 0, changedMeanwhile: 0 };
  for await (const item of scope.listItems()) {
    progress.items += 1;
    const old = numbersIn(item.attributes).filter((number) => number !== newest);
    // What expires does so before the key may go.
    if (old.length > 0 && item.expiresAt === undefined) {
      const isDone = await sealItemAgain(scope, item);
      if (isDone) progress.sealedAgain += old.length;
      else progress.changedMeanwhile += 1;
    }
    if (progress.items % PROGRESS_ITEMS === 0) scope.onProgress?.({ ...progress });
  }
  return progress;
}

/** False where somebody else changed the row meanwhile. */
async function sealItemAgain({ store, dataKeys }: RotationScope, item: Item): Promise<boolean> {
  const secrets = new SealedSecrets(dataKeys);
  const set = await sealedAttributes(item, async (sealed, binding) =>
    secrets.seal(await secrets.open(sealed, binding), binding),
  );
  try {
    await store.transact(
      [
        {
          kind: 'update',
          key: item.key,
          set,
          condition: { exists: true, revision: item.revision },
        },
      ],
      { token: randomUUID() },
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}

type Reseal = (sealed: Uint8Array, binding: SecretBinding) => Promise<Uint8Array>;

/**
 * The attributes of a row in which secrets are kept, sealed again under the same bindings. The only list of such rows.
 *
 * Errors: TypeError for a row of any other kind: it must be put on the list, not be passed over.
 */
async function sealedAttributes(item: Item, reseal: Reseal): Promise<Attributes> {
  // Behind the kind stands the account's id, or the issuer's.
  const [kind = '', accountId = ''] = decodeParts(item.key.partition);
  switch (kind) {
    case 'AccessKey': {
      const { SealedSecret, OwnerId: ownerId, AccessKeyId: keyId } = readAccessKey(item);
      return { SealedSecret: await reseal(SealedSecret, { table: 'identities', ownerId, keyId }) };
    }
    case 'VirtualMFADevices': {
      const device = readVirtualMfaDevice(item);
      return { SealedSeed: await reseal(device.SealedSeed, seedBinding(accountId, device)) };
    }
    case 'ServerCertificate': {
      const { SealedPrivateKey, ServerCertificateId: ownerId } = readServerCertificate(item);
      const binding = { table: 'identities', ownerId, keyId: 'PrivateKey' } as const;
      return { SealedPrivateKey: await reseal(SealedPrivateKey, binding) };
    }
    case 'SAMLProviders': {
      const { SAMLProviderUUID: ownerId, PrivateKeys } = readSamlProvider(item);
      const keys = PrivateKeys.map(async (key) =>
        toAttributes({
          ...key,
          SealedKey: await reseal(key.SealedKey, {
            table: 'identities',
            ownerId,
            keyId: key.KeyId,
          }),
        }),
      );
      return { PrivateKeys: await Promise.all(keys) };
    }
    case 'Issuer': {
      const { SealedPrivateKey, KeyId: keyId } = readSigningKey(item);
      const binding = { table: 'identities', ownerId: accountId, keyId } as const;
      return { SealedPrivateKey: await reseal(SealedPrivateKey, binding) };
    }
    default:
      throw new TypeError(`secrets of rows of the kind ${kind} cannot be sealed again`);
  }
}

/**
 * Removes a data key for good. What is still sealed under it would never open again: so it is looked for in every row.
 *
 * Errors: {@link KeyInUse} for the newest key, for one whose successor is younger than 37 hours, and while anything at all is sealed
 * under it; those of the store.
 */
export async function retireDataKey(scope: RotationScope, number: number): Promise<void> {
  const { store, dataKeys, now } = scope;
  const newest = (await dataKeys.newest()).number;
  if (number >= newest) {
    throw new KeyInUse(`data key ${number} is the newest`);
  }
  const next = (await listDataKeys(store)).find((other) => other > number) ?? newest;
  const successor = await store.get(dataKeyKey(next), { consistent: true });
  const madeAt = successor?.attributes['CreateDate'];
  if (typeof madeAt !== 'number' || !(now - madeAt >= RETIREMENT_MILLISECONDS)) {
    throw new KeyInUse(`the successor of data key ${number} is not 37 hours old yet`);
  }
  for await (const item of scope.listItems()) {
    if (numbersIn(item.attributes).includes(number)) {
      const [kind] = decodeParts(item.key.partition);
      throw new KeyInUse(
        `a row of the kind ${String(kind)} is still sealed under data key ${number}`,
      );
    }
  }
  await store.transact(
    [{ kind: 'delete', key: dataKeyKey(number), condition: { exists: 'any' } }],
    { token: randomUUID() },
  );
}

/** The numbers of the data keys that are kept, ascending. */
export async function listDataKeys(store: Store): Promise<readonly number[]> {
  const numbers: number[] = [];
  let after: string | undefined;
  do {
    const page = await store.query('identities', DATA_KEYS_PARTITION, {
      consistent: true,
      ...(after === undefined ? {} : { after }),
    });
    numbers.push(...page.items.map(({ key }) => Number(key.sort)));
    after = page.next;
  } while (after !== undefined);
  return numbers;
}

/** Of the data keys that any value in a row is sealed under, however deep it lies. */
function numbersIn(value: unknown): readonly number[] {
  if (value instanceof Uint8Array) {
    const number = sealedUnder(value);
    return number === undefined ? [] : [number];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
