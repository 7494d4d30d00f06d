import { createLocalJWKSet } from 'jose/jwks/local';
import { IssuerDocuments } from '../../lambdas/issuer/issuer-documents';
import {
  EnableOutboundWebIdentityFederationCommand,
  DisableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
} from '@aws-sdk/client-iam';
import { readSigningKey } from '../../lambdas/identity/issuer-entities';
import { toAttributes } from '../../lambdas/identity/records';
import { issuerPartition, SIGNING_KEY_PREFIX, signingKeyKey } from '../../lambdas/store/keys';
import { ACCOUNT, deployAdmin, ISSUERS_URL, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';

const DAY = 24 * 3_600_000;
const START = Date.now();

let deployment: AdminDeployment;
let now = START;

beforeEach(async () => {
  now = START;
  deployment = await deployAdmin({ now: () => now });
});
afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

function documents(): IssuerDocuments {
  return new IssuerDocuments({ store: deployment.store, issuersUrl: ISSUERS_URL, now: () => now });
}

async function enable(): Promise<string> {
  const { IssuerIdentifier = '' } = await deployment
    .iam()
    .send(new EnableOutboundWebIdentityFederationCommand({}));
  return IssuerIdentifier;
}

async function get(url: string, method = 'GET') {
  const { pathname } = new URL(url);
  // With the stage in front, as a gateway gives it.
  return documents().handle({ method, path: `/v1${pathname}` });
}

interface KeySet {
  readonly keys: readonly Record<string, string>[];
}

async function readKeys(issuer: string): Promise<KeySet['keys']> {
  const { body } = await get(`${issuer}/.well-known/jwks.json`);
  return (JSON.parse(body) as KeySet).keys;
}

describe('the issuer of an account', () => {
  test('is off until it is enabled, and has one URL for ever', async () => {
    const disabled = {
      statusCode: 404,
      code: 'FeatureDisabledException',
      message: `Outbound identity federation is disabled for account ${ACCOUNT}`,
    };
    const info = new GetOutboundWebIdentityFederationInfoCommand({});
    const disable = new DisableOutboundWebIdentityFederationCommand({});
    expect(await refusal(deployment.iam().send(info))).toEqual(disabled);
    expect(await refusal(deployment.iam().send(disable))).toEqual(disabled);
    const issuer = await enable();
    expect(issuer).toMatch(/^https:\/\/admin\.example\.com\/issuers\/[0-9a-f]{32}$/);
    expect(await deployment.iam().send(info)).toMatchObject({
      IssuerIdentifier: issuer,
      JwtVendingEnabled: true,
    });
    expect(await refusal(enable())).toMatchObject({
      statusCode: 409,
      code: 'FeatureEnabledException',
    });
    await deployment.iam().send(disable);
    expect(await refusal(deployment.iam().send(info))).toEqual(disabled);
    expect(await enable()).toBe(issuer);
  });

  test('describes itself to everybody', async () => {
    const issuer = await enable();
    const answer = await get(`${issuer}/.well-known/openid-configuration`);
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256', 'ES384'],
    });
  });

  test('publishes one key of each algorithm, and nothing private', async () => {
    const keys = await readKeys(await enable());
    expect(keys.map(({ alg, use, kty }) => [alg, use, kty]).sort()).toEqual([
      ['ES384', 'sig', 'EC'],
      ['RS256', 'sig', 'RSA'],
    ]);
    for (const key of keys) {
      expect(
        Object.keys(key).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name)),
      ).toEqual([]);
      expect(key['kid']).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(() => createLocalJWKSet({ keys: keys as never })).not.toThrow();
  });

  test('goes on publishing its keys when it is disabled: tokens that were issued stay good', async () => {
    const issuer = await enable();
    const keys = await readKeys(issuer);
    await deployment.iam().send(new DisableOutboundWebIdentityFederationCommand({}));
    expect(await readKeys(issuer)).toEqual(keys);
  });

  test('keeps its private keys sealed', async () => {
    const issuer = await enable();
    const issuerId = issuer.slice(-32);
    const { items } = await deployment.store.query('identities', issuerPartition(issuerId), {
      consistent: true,
      prefix: SIGNING_KEY_PREFIX,
    });
    expect(items).toHaveLength(2);
    for (const item of items) {
      const sealed = Buffer.from(readSigningKey(item).SealedPrivateKey).toString('latin1');
      expect(sealed).not.toContain('PRIVATE KEY');
      expect(JSON.stringify(item.attributes)).not.toContain('PRIVATE KEY');
    }
  });

  test('publishes a key before it signs, and the one before it for a day longer', async () => {
    const issuer = await enable();
    const issuerId = issuer.slice(-32);
    const { items } = await deployment.store.query('identities', issuerPartition(issuerId), {
      consistent: true,
      prefix: `${SIGNING_KEY_PREFIX}ES384`,
    });
    const [first] = items.map(readSigningKey);
    if (first === undefined) throw new Error('there is no key');
    const UseDate = START + 10 * DAY;
    const second = { ...first, Number: 2, KeyId: 'second', UseDate, PublicKey: '{"kid":"second"}' };
    await deployment.store.transact(
      [
        {
          kind: 'put',
          key: signingKeyKey(issuerId, 'ES384', 2),
          attributes: toAttributes(second),
          condition: { exists: false },
        },
      ],
      { token: 'test' },
    );
    const published = async () => (await readKeys(issuer)).map(({ kid }) => kid);
    expect(await published()).toContain('second');
    expect(await published()).toHaveLength(3);
    now = UseDate + DAY - 1;
    expect(await published()).toHaveLength(3);
    now = UseDate + DAY;
    expect(await published()).not.toContain(first.KeyId);
    expect(await published()).toHaveLength(2);
  });
});

describe('whatever else is asked for', () => {
  test.each([
    (issuer: string) => issuer,
    (issuer: string) => `${issuer}/.well-known/`,
    (issuer: string) => `${issuer}/.well-known/jwks.json/`,
    (issuer: string) => `${issuer}/.well-known/jwks.jsonx`,
    (issuer: string) => `${issuer.slice(0, -1)}0/.well-known/jwks.json`,
    (issuer: string) => `${issuer.toUpperCase()}/.well-known/jwks.json`,
    (issuer: string) => `${issuer.slice(0, -32)}%2e%2e/.well-known/jwks.json`,
  ])('is not found (%#)', async (urlOf) => {
    const issuer = await enable();
    // The last character of an id may be a zero already.
    const url = urlOf(issuer.endsWith('0') ? `${issuer.slice(0, -1)}1` : issuer);
    expect(await get(url)).toMatchObject({
      statusCode: 404,
      headers: { 'cache-control': 'no-store' },
    });
  });

  test('is not found with another method', async () => {
    const issuer = await enable();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'get']) {
      expect((await get(`${issuer}/.well-known/jwks.json`, method)).statusCode).toBe(404);
    }
  });
});
