import type { SecretBinding } from '../credentials/sealed-secret';
import { findTimeStep, timeStepAt, type StepWindow } from '../credentials/totp';
import { credentialPrefix, credentialsPartition, virtualMfaDeviceKey } from '../store/keys';
import type { Item, Store, Write } from '../store/store';
import type { OwnedMfaDeviceRecord, VirtualMfaDeviceRecord } from './credential-entities';
import { readOwnedMfaDevice, readVirtualMfaDevice } from './credential-records';

/*
 * One code of an authenticator app as proof of a second factor. Whoever asks for one counts the attempt first
 * (`countMfaAttempt`), whatever it asks for it for.
 */

/** A code counts while its time step is the present one or the one before or after it, as the device's clock has it. */
const STEPS_AROUND = 1;

export interface MfaOwner {
  readonly kind: 'Root' | 'User';
  readonly accountId: string;
  /** `AIDA…`, or the account id for root. */
  readonly ownerId: string;
}

export interface MfaScope {
  readonly store: Store;
  readonly openSecret: (sealed: Uint8Array, binding: SecretBinding) => Promise<string>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A device that is made again under its old name does not open what was sealed for the one before. */
export function seedBinding(
  accountId: string,
  device: Pick<VirtualMfaDeviceRecord, 'SerialNumber' | 'CreateDate'>,
): SecretBinding {
  return {
    table: 'identities',
    ownerId: accountId,
    keyId: `${device.SerialNumber}#${device.CreateDate}`,
  };
}

/** The owner's devices, passkeys among them, in the order of their serial numbers. */
export async function listMfaDevices(
  store: Store,
  { accountId, ownerId }: Pick<MfaOwner, 'accountId' | 'ownerId'>,
): Promise<readonly OwnedMfaDeviceRecord[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await store.query('identities', credentialsPartition(accountId, ownerId), {
      consistent: true,
      prefix: credentialPrefix('MFADevice'),
      ...(after === undefined ? {} : { after }),
    });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items.map(readOwnedMfaDevice);
}

/**
 * The write that uses a code up, for the transaction of what it proves; undefined where the device is not this owner's virtual device,
 * or the code is none of its present ones, or one that it has taken before. Of two that use one code at once, one transaction fails.
 *
 * Errors: StoreUnavailable.
 */
export async function useMfaCode(
  scope: MfaScope,
  owner: MfaOwner,
  proof: { readonly serialNumber: string; readonly code: string },
): Promise<Write | undefined> {
  const item = await readDevice(scope.store, owner, proof.serialNumber);
  const device = item === undefined ? undefined : readVirtualMfaDevice(item);
  if (item === undefined || device?.SerialNumber !== proof.serialNumber) return undefined;
  if (device.AssignedTo?.Kind !== owner.kind || device.AssignedTo.Id !== owner.ownerId) {
    return undefined;
  }
  const seed = await scope.openSecret(device.SealedSeed, seedBinding(owner.accountId, device));
  const present = timeStepAt(scope.now);
  const expected = present + (device.ClockOffsetSteps ?? 0);
  const window: StepWindow = {
    from: Math.max(expected - STEPS_AROUND, (device.LastTimeStep ?? 0) + 1),
    to: expected + STEPS_AROUND,
  };
  const step = findTimeStep(seed, [proof.code], window);
  return step === undefined
    ? undefined
    : {
        kind: 'update',
        key: item.key,
        set: { LastTimeStep: step },
        condition: { exists: true, revision: item.revision },
      };
}

async function readDevice(
  store: Store,
  { accountId }: MfaOwner,
  serialNumber: string,
): Promise<Item | undefined> {
  const match = /^arn:[a-z-]+:iam::([0-9]{12}):mfa(\/[!-~]{1,600})$/.exec(serialNumber);
  const [, account, pathAndName] = match ?? [];
  return pathAndName === undefined || account !== accountId
    ? undefined
    : store.get(virtualMfaDeviceKey(accountId, pathAndName), { consistent: true });
}
