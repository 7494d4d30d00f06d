import {
  DeactivateMFADevice$,
  EnableMFADevice$,
  GetMFADevice$,
  ListMFADevices$,
  ResyncMFADevice$,
  type DeactivateMFADeviceRequest,
  type EnableMFADeviceRequest,
  type GetMFADeviceRequest,
  type GetMFADeviceResponse,
  type ListMFADevicesRequest,
  type ListMFADevicesResponse,
  type MFADevice,
  type ResyncMFADeviceRequest,
} from '@aws-sdk/client-iam';
import type { OwnedMfaDeviceRecord } from '../../identity/credential-entities';
import { readOwnedMfaDevice } from '../../identity/credential-records';
import { toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { quotaExceeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import { credentialKey, credentialPrefix, credentialsPartition } from '../../store/keys';
import {
  countCredentialStep,
  countInAccountSteps,
  type CredentialOwner,
} from '../credential-owners';
import {
  findMfaOwner,
  isPasskey,
  onMfaHolder,
  onMfaOwner,
  requireMfaDevice,
  requireMfaHolder,
  requireOwnedMfaDevice,
  requirePasskey,
  synchronize,
} from '../mfa-devices';

const MFA_COUNTERS = {
  ofOwner: 'MFADeviceCount',
  ofAccount: 'VirtualMFADeviceInUseCount',
} as const;

const enableMFADevice: Operation<EnableMFADeviceRequest, void> = {
  name: 'EnableMFADevice',
  schema: EnableMFADevice$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/mfa-devices',
  authorization: onMfaOwner('iam:EnableMFADevice'),
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'EntityTemporarilyUnmodifiable',
    'InvalidAuthenticationCode',
    'LimitExceeded',
    'NoSuchEntity',
  ],
  run: async (input, call) => {
    const owner = await findMfaOwner(call, input);
    const device = await requireMfaDevice(call, input.SerialNumber);
    if (device.entity.AssignedTo !== undefined) {
      throw new IamError('EntityAlreadyExists', 'MFA Device is already in use.');
    }
    const { MFADevicesPerUser: quota } = call.quotas;
    if ((owner.counts.MFADeviceCount ?? 0) >= quota) {
      throw quotaExceeded('MFADevicesPerUser', quota);
    }
    const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
    const clock = await synchronize(call, device.entity, codes);
    const owned: OwnedMfaDeviceRecord = {
      SerialNumber: device.entity.SerialNumber,
      EnableDate: call.now,
    };
    await commit(call, [
      {
        write: {
          kind: 'update',
          key: device.key,
          set: { AssignedTo: { Kind: owner.kind, Id: owner.id }, EnableDate: call.now, ...clock },
          condition: { exists: true, revision: device.revision },
        },
      },
      {
        write: {
          kind: 'put',
          key: credentialKey('MFADevice', call.accountId, owner.id, owned.SerialNumber),
          attributes: toAttributes(owned),
          condition: { exists: false },
        },
      },
      ...countInAccountSteps(call, owner, MFA_COUNTERS, 1),
    ]);
  },
};

const resyncMFADevice: Operation<ResyncMFADeviceRequest, void> = {
  name: 'ResyncMFADevice',
  schema: ResyncMFADevice$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/mfa-devices/{SerialNumber}/synchronization',
  authorization: onMfaOwner('iam:ResyncMFADevice'),
  errors: ['ConcurrentModification', 'InvalidAuthenticationCode', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findMfaOwner(call, input);
    const device = await requireOwnedMfaDevice(call, owner, input.SerialNumber);
    const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
    const clock = await synchronize(call, device.entity, codes);
    await commit(call, [
      {
        write: {
          kind: 'update',
          key: device.key,
          set: clock,
          condition: { exists: true, revision: device.revision },
        },
      },
    ]);
  },
};

const deactivateMFADevice: Operation<DeactivateMFADeviceRequest, void> = {
  name: 'DeactivateMFADevice',
  schema: DeactivateMFADevice$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}/mfa-devices/{SerialNumber}',
  authorization: onMfaOwner('iam:DeactivateMFADevice'),
  errors: [
    'ConcurrentModification',
    'EntityTemporarilyUnmodifiable',
    'LimitExceeded',
    'NoSuchEntity',
  ],
  run: async (input, call) => {
    const owner = await findMfaOwner(call, input);
    if (isPasskey(input.SerialNumber)) {
      await dropPasskey(call, owner, input.SerialNumber);
      return;
    }
    const device = await requireOwnedMfaDevice(call, owner, input.SerialNumber);
    await commit(call, [
      {
        // What the device has used up stays so: enabled again, it takes no code twice.
        write: {
          kind: 'update',
          key: device.key,
          remove: ['AssignedTo', 'EnableDate'],
          condition: { exists: true, revision: device.revision },
        },
      },
      {
        write: {
          kind: 'delete',
          key: credentialKey('MFADevice', call.accountId, owner.id, device.entity.SerialNumber),
          condition: { exists: true },
        },
      },
      ...countInAccountSteps(call, owner, MFA_COUNTERS, -1),
    ]);
  },
};

/** A passkey has no life without its owner. */
async function dropPasskey(
  call: Call,
  owner: CredentialOwner,
  serialNumber: string,
): Promise<void> {
  const { item } = await requirePasskey(call, owner, serialNumber);
  await commit(call, [
    { write: { kind: 'delete', key: item.key, condition: { exists: true } } },
    countCredentialStep(owner, MFA_COUNTERS.ofOwner, -1),
  ]);
}

const listMFADevices: Operation<ListMFADevicesRequest, ListMFADevicesResponse> = {
  name: 'ListMFADevices',
  schema: ListMFADevices$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/mfa-devices',
  authorization: onMfaOwner('iam:ListMFADevices'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findMfaOwner(call, input);
    const range = {
      table: 'identities',
      partition: credentialsPartition(call.accountId, owner.id),
      prefix: credentialPrefix('MFADevice'),
    } as const;
    const { rows, end } = await takePage(call, input, (after) =>
      queryEntries(call, { ...range, after }, input.MaxItems, (items) =>
        items.map((item) => viewDevice(owner, readOwnedMfaDevice(item))),
      ),
    );
    return { MFADevices: rows, ...end };
  },
};

function viewDevice(owner: CredentialOwner, device: OwnedMfaDeviceRecord): MFADevice {
  return {
    UserName: owner.userName ?? owner.id,
    SerialNumber: device.SerialNumber,
    EnableDate: new Date(device.EnableDate),
  };
}

const getMFADevice: Operation<GetMFADeviceRequest, GetMFADeviceResponse> = {
  name: 'GetMFADevice',
  schema: GetMFADevice$,
  accessLevel: 'Read',
  route: 'GET /mfa-devices/{SerialNumber}',
  authorization: onMfaHolder('iam:GetMFADevice'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner =
      input.UserName === undefined
        ? await requireMfaHolder(call, input.SerialNumber)
        : await findMfaOwner(call, input);
    const { entity } = isPasskey(input.SerialNumber)
      ? await requirePasskey(call, owner, input.SerialNumber)
      : await requireOwnedMfaDevice(call, owner, input.SerialNumber);
    return {
      ...(owner.userName === undefined ? {} : { UserName: owner.userName }),
      SerialNumber: entity.SerialNumber,
      ...(entity.EnableDate === undefined ? {} : { EnableDate: new Date(entity.EnableDate) }),
    };
  },
};

export const mfaDeviceOperations: readonly AnyOperation[] = [
  enableMFADevice,
  resyncMFADevice,
  deactivateMFADevice,
  listMFADevices,
  getMFADevice,
];
