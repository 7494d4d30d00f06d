import { findTimeStep, timeStepAt, type StepWindow } from '../credentials/totp';
import { iamArn, rootArn } from '../identity/arns';
import type { OwnedMfaDeviceRecord, VirtualMfaDeviceRecord } from '../identity/credential-entities';
import { readOwnedMfaDevice, readVirtualMfaDevice } from '../identity/credential-records';
import { findUser, findUserById, type Found } from '../identity/lookup';
import { seedBinding } from '../identity/mfa-codes';
import { resourceTagContext } from '../identity/tags';
import type { Authorization, Call, Checked } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { credentialKey, virtualMfaDeviceKey } from '../store/keys';
import type { Item } from '../store/store';
import {
  findCredentialOwner,
  findRootOwner,
  ownerOf,
  type CredentialOwner,
} from './credential-owners';
import { onUser } from './targets';

/** How far a device's clock may be off when it is enabled or synchronized: a quarter of an hour each way, in time steps. */
const SYNCHRONIZATION_STEPS = 30;

/** On the virtual device whose serial number the input has. */
export function onMfaDevice<Input extends { SerialNumber: string | undefined }>(
  action: string,
  details: Partial<Pick<Authorization<Input>, 'conditionKeys' | 'context'>> = {},
): Authorization<Input> {
  const serialOf = (input: Checked<Input>): string =>
    (input as { SerialNumber: string }).SerialNumber;
  return {
    action,
    resourceType: 'mfa',
    resources: (input) => [serialOf(input)],
    conditionKeys: ['aws:ResourceTag/${TagKey}', ...(details.conditionKeys ?? [])],
    context: async (input, call) => ({
      ...resourceTagContext((await findMfaDevice(call, serialOf(input)))?.entity.Tags ?? []),
      ...(await details.context?.(input, call)),
    }),
  };
}

/** On the user whose device it is. For root its account's id stands where a user's name would: root has no name. */
export function onMfaOwner<Input extends { UserName?: string | undefined }>(
  action: string,
): Authorization<Input> {
  const authorization = onUser<Input>(action);
  return {
    ...authorization,
    resources: (input, call) =>
      isRoot(call, input) ? [call.caller.principal.arn] : authorization.resources(input, call),
    context: (input, call) =>
      isRoot(call, input) ? {} : (authorization.context?.(input, call) ?? {}),
  };
}

/** The root user speaks of itself; to everybody else the account's id is a user's name like any other. */
function isRoot(call: Call, { UserName: userName }: { readonly UserName?: string }): boolean {
  return call.caller.principal.type === 'Root' && (userName ?? call.accountId) === call.accountId;
}

/** The owner that the input names; the caller where it names none. */
export function findMfaOwner(
  call: Call,
  input: { readonly UserName?: string },
): Promise<CredentialOwner> {
  return isRoot(call, input) ? findRootOwner(call) : findCredentialOwner(call, input.UserName);
}

/** On the user whose device it is: the one that the input names, else whoever has the device of that serial number. */
export function onMfaHolder<
  Input extends { SerialNumber: string | undefined; UserName?: string | undefined },
>(action: string): Authorization<Input> {
  const onOwner = onMfaOwner<Input>(action);
  const isNamed = (input: Checked<Input>): boolean =>
    (input as { UserName?: string }).UserName !== undefined;
  const serialOf = (input: Checked<Input>): string =>
    (input as { SerialNumber: string }).SerialNumber;
  const inNameOf = async (input: Checked<Input>, call: Call) => {
    const holder = await findMfaHolder(call, serialOf(input));
    return holder && { holder, input: { ...input, UserName: holder.userName ?? holder.id } };
  };
  return {
    ...onOwner,
    resources: async (input, call) => {
      if (isNamed(input)) return onOwner.resources(input, call);
      const named = await inNameOf(input, call);
      if (named === undefined) return [iamArn(call, 'user', '/', '*')];
      return named.holder.kind === 'Root' ? [rootArn(call)] : onOwner.resources(named.input, call);
    },
    // Not by name: a refusal does not tell whose device it is, nor whether there is one.
    resourceName: (input, call) =>
      isNamed(input) ? (onOwner.resourceName?.(input, call) ?? serialOf(input)) : serialOf(input),
    context: async (input, call) => {
      if (isNamed(input)) return (await onOwner.context?.(input, call)) ?? {};
      const named = await inNameOf(input, call);
      return named?.holder.kind === 'User'
        ? ((await onOwner.context?.(named.input, call)) ?? {})
        : {};
    },
  };
}

/** Whoever has the device of that serial number; undefined where nobody has. */
async function findMfaHolder(
  call: Call,
  serialNumber: string,
): Promise<CredentialOwner | undefined> {
  if (isPasskey(serialNumber)) {
    // The serial number of a passkey says who made it.
    const [, userName] = /:u2f\/user\/([^/]+)\/[^/]+$/.exec(serialNumber) ?? [];
    const user = userName === undefined ? undefined : await findUser(call, userName);
    return user && ownerOf(user);
  }
  const assignee = (await findMfaDevice(call, serialNumber))?.entity.AssignedTo;
  if (assignee === undefined) return undefined;
  if (assignee.Kind === 'Root') return findRootOwner(call);
  const user = await findUserById(call, assignee.Id);
  return user && ownerOf(user);
}

/** Errors: NoSuchEntity where nobody has a device of that serial number. */
export async function requireMfaHolder(call: Call, serialNumber: string): Promise<CredentialOwner> {
  const holder = await findMfaHolder(call, serialNumber);
  if (holder === undefined) throw noSuchOwnedDevice(serialNumber);
  return holder;
}

/** `arn:aws:iam::123456789012:mfa/team/alice`. */
export function mfaSerialNumber(call: Call, path: string, name: string): string {
  return iamArn(call, 'mfa', path, name);
}

export async function findMfaDevice(
  call: Call,
  serialNumber: string,
): Promise<Found<VirtualMfaDeviceRecord> | undefined> {
  const prefix = iamArn(call, 'mfa', '', '');
  const pathAndName = serialNumber.slice(prefix.length);
  if (!serialNumber.startsWith(prefix) || !pathAndName.startsWith('/')) {
    return undefined;
  }
  const item = await call.store.get(virtualMfaDeviceKey(call.accountId, pathAndName), {
    consistent: true,
  });
  const device = item === undefined ? undefined : foundMfaDevice(item);
  // An ARN counts letter by letter; only what is new is held against names in every case.
  return device?.arn === serialNumber ? device : undefined;
}

export function foundMfaDevice(item: Item): Found<VirtualMfaDeviceRecord> {
  const entity = readVirtualMfaDevice(item);
  return { entity, arn: entity.SerialNumber, key: item.key, revision: item.revision };
}

export const noSuchMfaDevice = (serialNumber: string): IamError =>
  new IamError(
    'NoSuchEntity',
    `VirtualMFADevice with serial number ${serialNumber} doesn't exist.`,
  );

export async function requireMfaDevice(
  call: Call,
  serialNumber: string,
): Promise<Found<VirtualMfaDeviceRecord>> {
  const device = await findMfaDevice(call, serialNumber);
  if (device === undefined) {
    throw noSuchMfaDevice(serialNumber);
  }
  return device;
}

/** A device that is this owner's. Errors: NoSuchEntity for one of somebody else, or of nobody. */
export async function requireOwnedMfaDevice(
  call: Call,
  owner: CredentialOwner,
  serialNumber: string,
): Promise<Found<VirtualMfaDeviceRecord>> {
  const device = await findMfaDevice(call, serialNumber);
  if (device === undefined || !isAssignedTo(device.entity, owner)) {
    throw noSuchOwnedDevice(serialNumber);
  }
  return device;
}

/** Passkeys and security keys have serial numbers of their own kind: `arn:aws:iam::123456789012:u2f/user/alice/phone-…`. */
export function isPasskey(serialNumber: string): boolean {
  return /^arn:[a-z-]+:iam::[0-9]{12}:u2f\//.test(serialNumber);
}

/** This owner's passkey. Errors: NoSuchEntity. */
export async function requirePasskey(
  call: Call,
  owner: CredentialOwner,
  serialNumber: string,
): Promise<{ readonly entity: OwnedMfaDeviceRecord; readonly item: Item }> {
  const key = credentialKey('MFADevice', call.accountId, owner.id, serialNumber);
  const item = await call.store.get(key, { consistent: true });
  if (item === undefined) {
    throw noSuchOwnedDevice(serialNumber);
  }
  return { entity: readOwnedMfaDevice(item), item };
}

const noSuchOwnedDevice = (serialNumber: string): IamError =>
  new IamError('NoSuchEntity', `MFA Device with serial number ${serialNumber} does not exist.`);

function isAssignedTo({ AssignedTo }: VirtualMfaDeviceRecord, owner: CredentialOwner): boolean {
  return AssignedTo?.Kind === owner.kind && AssignedTo.Id === owner.id;
}

/**
 * What two codes that follow one another say of a device's clock.
 *
 * Errors: InvalidAuthenticationCode for codes that do not follow one another, or that the device has used before.
 */
export async function synchronize(
  call: Call,
  device: VirtualMfaDeviceRecord,
  codes: readonly [string, string],
): Promise<Required<Pick<VirtualMfaDeviceRecord, 'LastTimeStep' | 'ClockOffsetSteps'>>> {
  const seed = await call.openSecret(device.SealedSeed, seedBinding(call.accountId, device));
  const present = timeStepAt(call.now);
  const window: StepWindow = {
    from: Math.max(present - SYNCHRONIZATION_STEPS, (device.LastTimeStep ?? 0) + 1),
    to: present + SYNCHRONIZATION_STEPS,
  };
  const first = findTimeStep(seed, codes, window);
  if (first === undefined) {
    throw new IamError('InvalidAuthenticationCode', 'Authentication code for device is not valid.');
  }
  return { LastTimeStep: first + 1, ClockOffsetSteps: first + 1 - present };
}
