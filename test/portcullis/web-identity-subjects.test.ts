import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
  TagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { createTestKey, IssuerServer, type TestKey } from '../credentials/oidc/issuer-server';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { callPortcullis, ORDER_42, ORDERS } from './operation-cases';

/* Somebody whom an OIDC provider vouches for, asked about by the token that the backend was sent. */

const CLIENT = 'orders-app';

let key: TestKey;
let issuer: IssuerServer;
let deployment: AdminDeployment;
let providerArn: string;
let roleArn: string;

const trust = (subject: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer.url}:sub`]: subject } },
    },
  });

beforeAll(async () => {
  key = await createTestKey('key');
  issuer = await IssuerServer.start();
  issuer.keys = [key.publicJwk];
  deployment = await deployAdmin();
  await callPortcullis(deployment, 'PutServiceDefinition', ORDERS);
  const iam = deployment.iam();
  const created = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT] }),
  );
  providerArn = String(created.OpenIDConnectProviderArn);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: trust('alice') }),
  );
  roleArn = String(Role?.Arn);
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'orders:GetOrder', Resource: ORDER_42 },
  });
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'permissions', PolicyDocument }),
  );
});

afterAll(async () => {
  expect(deployment.failures).toEqual([]);
  await deployment.close();
  await issuer.stop();
});

function token(claims: object = {}, signer = key): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000);
  return issuer.sign(
    signer,
    { sub: 'alice', aud: CLIENT, iat: seconds, exp: seconds + 600, ...claims },
    {},
  );
}

const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/web/alice`;

async function isAllowed(properties: object, id = SESSION): Promise<unknown> {
  const { statusCode, body } = await callPortcullis(deployment, 'EvaluateAccess', {
    subject: { type: 'session', id, properties },
    action: { name: 'orders:GetOrder' },
    resource: { type: 'order', id: ORDER_42 },
  });
  expect(statusCode).toBe(200);
  return body['decision'];
}

test('a token is the session of the role that it names and that trusts it', async () => {
  expect(await isAllowed({ token: await token(), role_arn: roleArn })).toBe(true);
  const other = { type: 'order', id: ORDER_42.replace('42', '43') };
  const { body } = await callPortcullis(deployment, 'EvaluateAccess', {
    subject: {
      type: 'session',
      id: SESSION,
      properties: { token: await token(), role_arn: roleArn },
    },
    action: { name: 'orders:GetOrder' },
    resource: other,
  });
  expect(body['decision']).toBe(false);
});

test('a token that names no role is the session of its provider’s default one, where there is one', async () => {
  expect(await isAllowed({ token: await token() })).toBe(false);
  await deployment.iam().send(
    new TagOpenIDConnectProviderCommand({
      OpenIDConnectProviderArn: providerArn,
      Tags: [{ Key: 'portcullis:default-role', Value: roleArn }],
    }),
  );
  expect(await isAllowed({ token: await token() })).toBe(true);
});

test('a token that proves nothing is nobody’s', async () => {
  const role_arn = roleArn;
  const seconds = Math.floor(Date.now() / 1000);
  const stranger = await createTestKey('key');
  for (const refused of [
    await token({ aud: 'another-app' }),
    await token({ sub: 'bob' }),
    await token({ iat: seconds - 700, exp: seconds - 1 }),
    await token({}, stranger),
    `${await token()}x`,
    'a.b.c',
  ]) {
    expect(await isAllowed({ token: refused, role_arn })).toBe(false);
  }
  for (const other of ['web', roleArn.replace('web', 'Web'), roleArn.replace('web', 'none')]) {
    expect(await isAllowed({ token: await token(), role_arn: other })).toBe(false);
  }
  expect(await isAllowed({ token: await token(), role_arn }, `${SESSION}s`)).toBe(false);
});

test('a role that trusts by where a call comes from has no session where nobody tells it', async () => {
  const properties = { token: await token(), role_arn: roleArn };
  const place = (ip_address: string) => ({ ...properties, ip_address });
  const change = (PolicyDocument: string) =>
    deployment.iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'web', PolicyDocument }));
  const { Statement, ...rest } = JSON.parse(trust('alice')) as { Statement: object };
  const allow = [Statement].flat();
  const deny = (Condition: object) =>
    JSON.stringify({
      ...rest,
      Statement: [...allow, { ...allow[0], Effect: 'Deny', Condition }],
    });
  await change(deny({ IpAddress: { 'AWS:SourceIP': '198.51.100.0/24' } }));
  expect(await isAllowed(place('192.0.2.7'))).toBe(true);
  expect(await isAllowed(place('198.51.100.7'))).toBe(false);
  expect(await isAllowed(properties)).toBe(false);
  await change(deny({ StringLike: { 'aws:UserAgent': 'curl/*' } }));
  expect(await isAllowed(place('192.0.2.7'))).toBe(false);
  await change(trust('alice'));
  expect(await isAllowed(properties)).toBe(true);
});

test('a token is no session of a role that trusts it no longer', async () => {
  const properties = { token: await token(), role_arn: roleArn };
  expect(await isAllowed(properties)).toBe(true);
  await deployment
    .iam()
    .send(new UpdateAssumeRolePolicyCommand({ RoleName: 'web', PolicyDocument: trust('bob') }));
  expect(await isAllowed(properties)).toBe(false);
});
