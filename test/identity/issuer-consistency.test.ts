import {
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
} from '@aws-sdk/client-iam';
import { GetWebIdentityTokenCommand } from '@aws-sdk/client-sts';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { repairInconsistencies } from '../../lambdas/identity/repair';
import { issuerKey, outboundFederationKey, signingKeyKey } from '../../lambdas/store/keys';
import type { Key, Write } from '../../lambdas/store/store';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';

let deployment: AdminDeployment;
let issuerId: string;
let repairs = 0;

beforeEach(async () => {
  deployment = await deployAdmin();
  const { IssuerIdentifier = '' } = await deployment
    .iam()
    .send(new EnableOutboundWebIdentityFederationCommand({}));
  issuerId = IssuerIdentifier.slice(IssuerIdentifier.lastIndexOf('/') + 1);
  await deployment
    .sts()
    .send(new GetWebIdentityTokenCommand({ Audience: ['orders'], SigningAlgorithm: 'ES384' }));
});

afterEach(async () => {
  await deployment.close();
});

const damage = (...writes: Write[]) => deployment.store.transact(writes, { token: 'damage' });
const remove = (key: Key): Write => ({ kind: 'delete', key, condition: { exists: true } });
const find = () => findInconsistencies(deployment.store, ACCOUNT);

async function repair(): Promise<void> {
  const createToken = () => `repair-${String(repairs++)}`;
  const options = { accountId: ACCOUNT, widenAccess: false, createToken };
  await repairInconsistencies(deployment.store, deployment.store, options);
}

test('an issuer with its keys is sound, and so is an account without one', async () => {
  expect(await find()).toEqual([]);
});

test('an issuer that leads nowhere is made again for its account', async () => {
  await damage(remove(issuerKey(issuerId)));
  expect((await find()).map(({ message }) => message)).toEqual([
    `the issuer ${issuerId} leads nowhere`,
  ]);
  await repair();
  expect(await find()).toEqual([]);
  const row = await deployment.store.get(issuerKey(issuerId));
  expect(row?.attributes['AccountId']).toBe(ACCOUNT);
});

test('an issuer of the account that is not its own is removed', async () => {
  await damage({
    kind: 'put',
    key: issuerKey('left-over'),
    attributes: { AccountId: ACCOUNT, CreateDate: 0 },
    condition: { exists: false },
  });
  const [found, ...others] = await find();
  expect(others).toEqual([]);
  expect(found?.message).toContain('which has another');
  expect(found?.rows).toEqual([issuerKey('left-over')]);
  await repair();
  expect(await find()).toEqual([]);
  expect(await deployment.store.get(issuerKey('left-over'))).toBeUndefined();
  expect(await deployment.store.get(issuerKey(issuerId))).toBeDefined();
});

test('an issuer whose account says nothing of it keeps its keys, and is left to a person', async () => {
  await damage(remove(outboundFederationKey(ACCOUNT)));
  const [found] = await find();
  expect(found?.message).toContain('which has none');
  expect(found?.rows).toContainEqual(signingKeyKey(issuerId, 'ES384', 1));
  expect(found?.repair).toBeUndefined();
});

test('an issuer of another account is left to a person', async () => {
  await damage({
    kind: 'update',
    key: issuerKey(issuerId),
    set: { AccountId: '999999999999' },
    condition: { exists: true },
  });
  const [found] = await find();
  expect(found?.message).toBe(`the issuer ${issuerId} is another account's`);
  expect(found?.repair).toBeUndefined();
});

test('a row that cannot be read is reported, and nothing is removed for its sake', async () => {
  await damage({
    kind: 'update',
    key: outboundFederationKey(ACCOUNT),
    set: { JwtVendingEnabled: 'yes' },
    condition: { exists: true },
  });
  const found = await find();
  expect(found).toHaveLength(1);
  expect(found[0]?.repair).toBeUndefined();
  const info = new GetOutboundWebIdentityFederationInfoCommand({});
  await expect(deployment.iam().send(info)).rejects.toThrow();
});
