import { inflateSync } from 'node:zlib';
import {
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetMFADeviceCommand,
  ListMFADevicesCommand,
  ListMFADeviceTagsCommand,
  ListVirtualMFADevicesCommand,
  ResyncMFADeviceCommand,
  TagMFADeviceCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { encode } from 'uqr';
import { totpCode, timeStepAt } from '../../lambdas/credentials/totp';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import { codesOf, makeVirtualDevice } from './credential-cases';

let deployment: AdminDeployment;
let scenery: Scenery;
let root: IAMClient;
let UserName: string;

beforeEach(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
  ({ root } = scenery);
  UserName = await scenery.user();
});

afterEach(async () => {
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

/** The modules of a QR code that was drawn as a PNG: true is dark. */
function readQrCode(png: Uint8Array): boolean[][] {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  const side = bytes.readUInt32BE(16);
  const length = bytes.readUInt32BE(33);
  expect(bytes.subarray(37, 41).toString('latin1')).toBe('IDAT');
  const pixels = inflateSync(bytes.subarray(41, 41 + length));
  const rowBytes = 1 + Math.ceil(side / 8);
  expect(pixels).toHaveLength(side * rowBytes);
  const isDark = (x: number, y: number) =>
    ((pixels[y * rowBytes + 1 + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0;
  const modules = side / 4;
  return Array.from({ length: modules }, (_, y) =>
    Array.from({ length: modules }, (_column, x) => isDark(x * 4 + 2, y * 4 + 2)),
  );
}

test('a new device comes with its seed, and with a QR code that says the same', async () => {
  const { VirtualMFADevice: device } = await root.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone', Path: '/ops/' }),
  );
  expect(Object.keys(device ?? {}).sort()).toEqual([
    'Base32StringSeed',
    'QRCodePNG',
    'SerialNumber',
  ]);
  expect(device?.SerialNumber).toBe(`arn:aws:iam::${ACCOUNT}:mfa/ops/phone`);
  const seed = Buffer.from(device?.Base32StringSeed ?? []).toString();
  expect(seed).toMatch(/^[A-Z2-7]{64}$/);
  const uri = `otpauth://totp/phone@${ACCOUNT}?secret=${seed}`;
  expect(readQrCode(device?.QRCodePNG ?? new Uint8Array())).toEqual(
    encode(uri, { ecc: 'M', border: 4 }).data,
  );
  const again = new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'PHONE', Path: '/ops/' });
  expect(await refusal(root.send(again))).toEqual({
    statusCode: 409,
    code: 'EntityAlreadyExistsException',
    message: 'MFADevice entity at the same path and name already exists.',
  });
});

test('nothing stored holds the seed in the clear', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  const page = await deployment.store.query('identities', `VirtualMFADevices#${ACCOUNT}`, {
    consistent: true,
  });
  expect(page.items).toHaveLength(1);
  expect(page.items[0]?.attributes['SerialNumber']).toBe(SerialNumber);
  const bytes = page.items[0]?.attributes['SealedSeed'];
  expect(Buffer.from(bytes as Uint8Array).toString('latin1')).not.toContain(seed);
});

test('a device is enabled by two codes that follow one another', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  const step = timeStepAt(Date.now());
  const wrong = [
    [totpCode(seed, step), totpCode(seed, step)],
    [totpCode(seed, step + 1), totpCode(seed, step)],
    [totpCode(seed, step), totpCode(seed, step + 2)],
    [totpCode(seed, step - 100), totpCode(seed, step - 99)],
  ];
  for (const [AuthenticationCode1, AuthenticationCode2] of wrong) {
    const call = root.send(
      new EnableMFADeviceCommand({
        UserName,
        SerialNumber,
        AuthenticationCode1,
        AuthenticationCode2,
      }),
    );
    expect(await refusal(call)).toEqual({
      statusCode: 403,
      code: 'InvalidAuthenticationCodeException',
      message: 'Authentication code for device is not valid.',
    });
  }
  await root.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed) }));
  const { MFADevices } = await root.send(new ListMFADevicesCommand({ UserName }));
  expect(MFADevices).toEqual([{ UserName, SerialNumber, EnableDate: expect.any(Date) as Date }]);
  const got = await root.send(new GetMFADeviceCommand({ UserName, SerialNumber }));
  expect(got).toMatchObject({ UserName, SerialNumber });
  expect(await root.send(new GetMFADeviceCommand({ SerialNumber }))).toMatchObject({
    UserName,
    SerialNumber,
  });
  const other = await scenery.user();
  const taken = new EnableMFADeviceCommand({ UserName: other, SerialNumber, ...codesOf(seed, 5) });
  expect(await refusal(root.send(taken))).toMatchObject({
    statusCode: 409,
    message: 'MFA Device is already in use.',
  });
});

test('a serial number alone tells nothing of its holder to whoever may not see that user', async () => {
  const caller = await scenery.caller();
  const asked = deployment.iam(caller.credentials);
  await scenery.permit(caller.UserName, {
    Effect: 'Allow',
    Action: 'iam:GetMFADevice',
    Resource: `arn:aws:iam::${ACCOUNT}:user/team/${caller.UserName}`,
  });
  const held = await makeVirtualDevice(scenery);
  const UserName = await scenery.user();
  await root.send(
    new EnableMFADeviceCommand({
      UserName,
      SerialNumber: held.SerialNumber,
      ...codesOf(held.seed),
    }),
  );
  const free = await makeVirtualDevice(scenery);
  const nowhere = `arn:aws:iam::${ACCOUNT}:mfa/nowhere`;
  for (const SerialNumber of [held.SerialNumber, free.SerialNumber, nowhere]) {
    expect(await refusal(asked.send(new GetMFADeviceCommand({ SerialNumber })))).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining(
        `iam:GetMFADevice on resource: ${SerialNumber} because`,
      ) as string,
    });
  }
  for (const SerialNumber of [free.SerialNumber, nowhere]) {
    expect(await refusal(root.send(new GetMFADeviceCommand({ SerialNumber })))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: `MFA Device with serial number ${SerialNumber} does not exist.`,
    });
  }
});

test('no code counts twice, not after the device was taken off and put on again either', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  const codes = codesOf(seed);
  await root.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));
  const resync = () => root.send(new ResyncMFADeviceCommand({ UserName, SerialNumber, ...codes }));
  expect(await refusal(resync())).toMatchObject({ code: 'InvalidAuthenticationCodeException' });
  await root.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
  const again = new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes });
  expect(await refusal(root.send(again))).toMatchObject({
    code: 'InvalidAuthenticationCodeException',
  });
  await root.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed, 2) }));
  await root.send(new ResyncMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed, 10) }));
});

test('a device that is enabled twice at once is one user’s', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  const users = await Promise.all(Array.from({ length: 8 }, () => scenery.user()));
  const results = await Promise.allSettled(
    users.map((user) =>
      root.send(new EnableMFADeviceCommand({ UserName: user, SerialNumber, ...codesOf(seed) })),
    ),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const lists = await Promise.all(
    users.map((user) => root.send(new ListMFADevicesCommand({ UserName: user }))),
  );
  expect(lists.flatMap(({ MFADevices }) => MFADevices)).toHaveLength(1);
});

test('lists tell devices that are assigned from those that are not', async () => {
  const free = await makeVirtualDevice(scenery);
  const taken = await makeVirtualDevice(scenery);
  const ofRoot = await makeVirtualDevice(scenery);
  await root.send(
    new EnableMFADeviceCommand({
      UserName,
      SerialNumber: taken.SerialNumber,
      ...codesOf(taken.seed),
    }),
  );
  await root.send(
    new EnableMFADeviceCommand({
      UserName: ACCOUNT,
      SerialNumber: ofRoot.SerialNumber,
      ...codesOf(ofRoot.seed),
    }),
  );
  const list = async (AssignmentStatus?: 'Assigned' | 'Unassigned' | 'Any') => {
    const answer = await root.send(new ListVirtualMFADevicesCommand({ AssignmentStatus }));
    return answer.VirtualMFADevices ?? [];
  };
  const serials = async (status?: 'Assigned' | 'Unassigned' | 'Any') =>
    (await list(status)).map(({ SerialNumber }) => SerialNumber);
  expect(await serials()).toEqual([free, taken, ofRoot].map(({ SerialNumber }) => SerialNumber));
  expect(await serials('Unassigned')).toEqual([free.SerialNumber]);
  const [first, second] = await list('Assigned');
  expect(first?.User?.UserName).toBe(UserName);
  expect(second?.User?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:root`);
});

test('root has devices of its own, and takes them off again', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  await root.send(
    new EnableMFADeviceCommand({ UserName: ACCOUNT, SerialNumber, ...codesOf(seed) }),
  );
  const { MFADevices } = await root.send(new ListMFADevicesCommand({}));
  expect(MFADevices?.map((device) => device.SerialNumber)).toEqual([SerialNumber]);
  await root.send(new DeactivateMFADeviceCommand({ SerialNumber }));
  expect((await root.send(new ListMFADevicesCommand({}))).MFADevices).toEqual([]);
});

test('to everybody but root the account’s id is a user’s name', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  const { credentials } = await scenery.caller({ Effect: 'Allow', Action: 'iam:*', Resource: '*' });
  const call = deployment
    .iam(credentials)
    .send(new EnableMFADeviceCommand({ UserName: ACCOUNT, SerialNumber, ...codesOf(seed) }));
  expect(await refusal(call)).toMatchObject({
    statusCode: 404,
    message: `The user with name ${ACCOUNT} cannot be found.`,
  });
});

test('a device in use is not deleted, and neither is its user', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  await root.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed) }));
  expect(await refusal(root.send(new DeleteVirtualMFADeviceCommand({ SerialNumber })))).toEqual({
    statusCode: 409,
    code: 'DeleteConflictException',
    message: 'MFA VirtualDevice in use. Must deactivate first.',
  });
  expect(await refusal(root.send(new DeleteUserCommand({ UserName })))).toMatchObject({
    statusCode: 409,
    message: 'Cannot delete entity, must delete MFA device first.',
  });
  await root.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
  await root.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
  await root.send(new DeleteUserCommand({ UserName }));
  const gone = new DeleteVirtualMFADeviceCommand({ SerialNumber });
  expect(await refusal(root.send(gone))).toMatchObject({
    statusCode: 404,
    message: `VirtualMFADevice with serial number ${SerialNumber} doesn't exist.`,
  });
});

test('somebody else’s device is no device', async () => {
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  await root.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed) }));
  const other = await scenery.user();
  const call = root.send(new DeactivateMFADeviceCommand({ UserName: other, SerialNumber }));
  expect(await refusal(call)).toMatchObject({ statusCode: 404, code: 'NoSuchEntityException' });
});

test('a user has at most eight devices, and tags are kept', async () => {
  await deployment.close();
  deployment = await deployAdmin({ quotas: { MFADevicesPerUser: 1 } });
  scenery = new Scenery(deployment.iam());
  const user = await scenery.user();
  const [first, second] = [await makeVirtualDevice(scenery), await makeVirtualDevice(scenery)];
  const enable = ({ SerialNumber, seed }: typeof first) =>
    scenery.root.send(
      new EnableMFADeviceCommand({ UserName: user, SerialNumber, ...codesOf(seed) }),
    );
  await enable(first);
  expect(await refusal(enable(second))).toMatchObject({
    statusCode: 409,
    message: 'Cannot exceed quota for MFADevicesPerUser: 1',
  });
  const { SerialNumber } = first;
  await scenery.root.send(
    new TagMFADeviceCommand({ SerialNumber, Tags: [{ Key: 'team', Value: 'blue' }] }),
  );
  const { Tags } = await scenery.root.send(new ListMFADeviceTagsCommand({ SerialNumber }));
  expect(Tags).toEqual([{ Key: 'team', Value: 'blue' }]);
});
