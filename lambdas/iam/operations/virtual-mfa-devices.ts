import {
  CreateVirtualMFADevice$,
  DeleteVirtualMFADevice$,
  ListVirtualMFADevices$,
  type CreateVirtualMFADeviceRequest,
  type CreateVirtualMFADeviceResponse,
  type DeleteVirtualMFADeviceRequest,
  type ListVirtualMFADevicesRequest,
  type ListVirtualMFADevicesResponse,
  type User,
  type VirtualMFADevice,
} from '@aws-sdk/client-iam';
import { drawQrCode } from '../../credentials/qr-code';
import { createTotpSeed } from '../../credentials/totp';
import { iamPathArn, rootArn } from '../../identity/arns';
import type { VirtualMfaDeviceRecord } from '../../identity/credential-entities';
import { findUserById } from '../../identity/lookup';
import { seedBinding } from '../../identity/mfa-codes';
import { readAccount, toAttributes } from '../../identity/records';
import { requestTagContext } from '../../identity/tags';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { accountKey, virtualMfaDeviceKey, virtualMfaDevicePartition } from '../../store/keys';
import type { Item } from '../../store/store';
import { countStep, discountStep } from '../account-steps';
import { foundMfaDevice, mfaSerialNumber, onMfaDevice, requireMfaDevice } from '../mfa-devices';
import { checkTagQuota, readTags } from '../requested-tags';
import { viewListedUser, viewTags } from '../views';

const createVirtualMFADevice: Operation<
  CreateVirtualMFADeviceRequest,
  CreateVirtualMFADeviceResponse
> = {
  name: 'CreateVirtualMFADevice',
  schema: CreateVirtualMFADevice$,
  accessLevel: 'Write',
  route: 'POST /virtual-mfa-devices',
  authorization: {
    action: 'iam:CreateVirtualMFADevice',
    resourceType: 'mfa',
    resources: (input, call) => [
      mfaSerialNumber(call, input.Path ?? '/', input.VirtualMFADeviceName),
    ],
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  },
  errors: ['ConcurrentModification', 'EntityAlreadyExists', 'InvalidInput', 'LimitExceeded'],
  run: async (input, call) => {
    const path = input.Path ?? '/';
    const name = input.VirtualMFADeviceName;
    const tags = readTags(input.Tags);
    checkTagQuota(tags, 'TagsPerMFADevice', call.quotas.TagsPerMFADevice);
    const made = { SerialNumber: mfaSerialNumber(call, path, name), CreateDate: call.now };
    const seed = createTotpSeed(call.randomBytes);
    const device: VirtualMfaDeviceRecord = {
      ...made,
      SealedSeed: await call.sealSecret(seed, seedBinding(call.accountId, made)),
      Tags: tags,
    };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: virtualMfaDeviceKey(call.accountId, `${path}${name}`),
          attributes: toAttributes(device),
          condition: { exists: false },
        },
        refusal: new IamError(
          'EntityAlreadyExists',
          'MFADevice entity at the same path and name already exists.',
        ),
      },
      countStep(
        call,
        'VirtualMFADeviceCount',
        'VirtualMFADevicesPerAccount',
        call.quotas.VirtualMFADevicesPerAccount,
      ),
    ]);
    return {
      VirtualMFADevice: {
        SerialNumber: device.SerialNumber,
        Base32StringSeed: Buffer.from(seed),
        QRCodePNG: drawQrCode(enrolmentUri(call, name, seed)),
        ...(tags.length === 0 ? {} : { Tags: viewTags(tags) }),
      },
    };
  },
};

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html (QRCodePNG)
 */
function enrolmentUri(call: Call, name: string, seed: string): string {
  return `otpauth://totp/${encodeURIComponent(name)}@${call.accountId}?secret=${seed}`;
}

const listVirtualMFADevices: Operation<
  ListVirtualMFADevicesRequest,
  ListVirtualMFADevicesResponse
> = {
  name: 'ListVirtualMFADevices',
  schema: ListVirtualMFADevices$,
  accessLevel: 'List',
  route: 'GET /virtual-mfa-devices',
  authorization: {
    action: 'iam:ListVirtualMFADevices',
    resourceType: 'mfa',
    resources: (_input, call) => [iamPathArn(call, 'mfa', '/')],
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const range = {
      table: 'identities',
      partition: virtualMfaDevicePartition(call.accountId),
    } as const;
    const { rows, end } = await takePage(call, input, (after) =>
      queryEntries(call, { ...range, after }, input.MaxItems, (items) =>
        Promise.all(items.map((item) => viewListedDevice(call, item, input.AssignmentStatus))),
      ),
    );
    return { VirtualMFADevices: rows, ...end };
  },
};

async function viewListedDevice(
  call: Call,
  item: Item,
  status = 'Any',
): Promise<VirtualMFADevice | undefined> {
  const { entity } = foundMfaDevice(item);
  const isAssigned = entity.AssignedTo !== undefined;
  if (status !== 'Any' && isAssigned !== (status === 'Assigned')) {
    return undefined;
  }
  const user = await viewAssignee(call, entity);
  return {
    SerialNumber: entity.SerialNumber,
    ...(user === undefined ? {} : { User: user }),
    ...(entity.EnableDate === undefined ? {} : { EnableDate: new Date(entity.EnableDate) }),
  };
}

async function viewAssignee(
  call: Call,
  { AssignedTo: owner }: VirtualMfaDeviceRecord,
): Promise<User | undefined> {
  if (owner === undefined) {
    return undefined;
  }
  if (owner.Kind === 'User') {
    const user = await findUserById(call, owner.Id);
    return user === undefined ? undefined : viewListedUser(user);
  }
  const account = await call.store.get(accountKey(call.accountId), { consistent: true });
  if (account === undefined) {
    throw new Error('the account of a caller has a row');
  }
  // Root has neither name nor path, and AWS sends neither.
  return {
    UserId: call.accountId,
    Arn: rootArn(call),
    CreateDate: new Date(readAccount(account).CreateDate),
  } as User;
}

const deleteVirtualMFADevice: Operation<DeleteVirtualMFADeviceRequest, void> = {
  name: 'DeleteVirtualMFADevice',
  schema: DeleteVirtualMFADevice$,
  accessLevel: 'Write',
  route: 'DELETE /virtual-mfa-devices/{SerialNumber}',
  authorization: onMfaDevice('iam:DeleteVirtualMFADevice'),
  errors: ['ConcurrentModification', 'DeleteConflict', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const device = await requireMfaDevice(call, input.SerialNumber);
    if (device.entity.AssignedTo !== undefined) {
      throw new IamError('DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.');
    }
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: device.key,
          condition: { exists: true, revision: device.revision },
        },
      },
      discountStep(call, 'VirtualMFADeviceCount'),
    ]);
  },
};

export const virtualMfaDeviceOperations: readonly AnyOperation[] = [
  createVirtualMFADevice,
  listVirtualMFADevices,
  deleteVirtualMFADevice,
];
