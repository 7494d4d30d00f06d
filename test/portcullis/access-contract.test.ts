import { PutRolePolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import * as fc from 'fast-check';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { routeCatalogueKey } from '../../lambdas/store/keys';
import { GATEWAY_SETTINGS } from '../authorizer/gateway-settings';
import { API_ID, signedEvent } from '../authorizer/rest-events';
import { put } from '../identity/principal-rows';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import type { Credentials } from '../operations/deployment';
import { allow, StsScenery } from '../sts/sts-scenery';
import { callPortcullis, ORDERS } from './operation-cases';

/* Who asks in the middle of a request is answered as the authorizer answers in front of it. */

const SOURCE_IP = '203.0.113.7';
const ORDER = `arn:aws:orders:eu-west-1:${ACCOUNT}:order/`;

let deployment: AdminDeployment;
let authorizer: Authorizer;
let callers: readonly { readonly subject: object; readonly credentials: Credentials }[];
let scenery: StsScenery;
let names: { readonly UserName: string; readonly RoleName: string };

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new StsScenery(deployment);
  const { store, dataKeys } = deployment;
  const secrets = new SealedSecrets(dataKeys);
  authorizer = new Authorizer({
    store,
    stalenessSeconds: 0,
    gateways: GATEWAY_SETTINGS,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: Date.now,
    log: () => undefined,
  });
  const route = (Method: string, Path: string, Action: string, Resource: string) => ({
    Method,
    Path,
    Action,
    Resource,
    ContextKeys: { 'orders:Channel': 'header.x-channel' },
  });
  const order = ORDER.replace('eu-west-1', '${Region}').replace(ACCOUNT, '${Account}');
  await put(store, routeCatalogueKey(API_ID, '*'), {
    Service: 'orders',
    Routes: [
      route('GET', '/orders/{orderId}', 'orders:GetOrder', `${order}{orderId}`),
      route('GET', '/orders', 'orders:ListOrders', '*'),
    ],
  });
  await callPortcullis(deployment, 'PutServiceDefinition', ORDERS);
  const { UserName, credentials } = await scenery.caller();
  const RoleName = scenery.newName('role');
  const id = await scenery.userArn(UserName);
  const RoleArn = await scenery.role([allow({ AWS: id })], { RoleName });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'orders:*', NotResource: `${ORDER}43` },
  });
  const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one', Policy });
  names = { UserName, RoleName };
  const properties = { ip_address: SOURCE_IP };
  callers = [
    { subject: { type: 'user', id, properties }, credentials },
    {
      subject: {
        type: 'session',
        id: `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/one`,
        properties: { ...properties, token: session.sessionToken },
      },
      credentials: session,
    },
  ];
});

afterAll(async () => {
  await deployment.close();
});

const condition = fc.constantFrom(
  undefined,
  { StringEquals: { 'orders:Channel': 'web' } },
  { StringNotEquals: { 'orders:Channel': 'web' } },
  { Null: { 'orders:Channel': 'true' } },
  { IpAddress: { 'aws:SourceIp': `${SOURCE_IP}/32` } },
  { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
  { Null: { 'aws:TokenIssueTime': 'true' } },
  { StringLike: { 'aws:PrincipalArn': '*user*' } },
);

const statement = (principal: object) =>
  fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      Action: fc.constantFrom('*', 'orders:*', 'orders:GetOrder', 'orders:List*'),
      Resource: fc.constantFrom('*', `${ORDER}*`, `${ORDER}42`, `${ORDER}4?`),
      Condition: condition,
    })
    .map(({ Condition, ...rest }) => ({ ...rest, ...principal, ...(Condition && { Condition }) }));

const statements = (principal: object = {}) =>
  fc.array(statement(principal), { minLength: 1, maxLength: 3 });

const cases = fc.record({
  identity: statements(),
  resource: fc.option(
    fc.constantFrom({ AWS: ACCOUNT }, '*').chain((Principal) => statements({ Principal })),
    { nil: undefined },
  ),
  orderId: fc.constantFrom('42', '43', undefined),
  channel: fc.constantFrom(undefined, 'web', 'shop'),
  caller: fc.constantFrom(0, 1),
});

const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });

async function arrange(identity: object, resource: object | undefined): Promise<void> {
  const PolicyDocument = document(identity);
  const own = { PolicyName: 'permissions', PolicyDocument };
  const { UserName, RoleName } = names;
  await scenery.root.send(new PutUserPolicyCommand({ UserName, ...own }));
  await scenery.root.send(new PutRolePolicyCommand({ RoleName, ...own }));
  await callPortcullis(
    deployment,
    resource === undefined ? 'DeleteServicePolicy' : 'PutServicePolicy',
    { Service: 'orders', ...(resource && { PolicyDocument: document(resource) }) },
  );
}

test('an evaluation is what the authorizer decides about the same call', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(cases, async ({ identity, resource, orderId, channel, caller }) => {
      await arrange(identity, resource);
      const { subject, credentials } = callers[caller] as (typeof callers)[number];
      const call = {
        path: orderId === undefined ? '/orders' : `/orders/${orderId}`,
        resource: orderId === undefined ? '/orders' : '/orders/{orderId}',
        pathParameters: orderId === undefined ? null : { orderId },
        sourceIp: SOURCE_IP,
        ...(channel === undefined ? {} : { headers: { 'x-channel': channel } }),
      };
      const event = await signedEvent(call, { ...credentials, now: Date.now() });
      const { context } = (await authorizer.authorize(event)) as APIGatewayAuthorizerResult;
      const { body } = await callPortcullis(deployment, 'EvaluateAccess', {
        subject,
        action: { name: orderId === undefined ? 'orders:ListOrders' : 'orders:GetOrder' },
        resource: { type: 'order', id: orderId === undefined ? '*' : ORDER + orderId },
        ...(channel === undefined ? {} : { context: { 'orders:Channel': channel } }),
      });
      const told = body['context'] as { decision: string; reason?: string };
      expect(body['decision']).toBe(context?.['decision'] === 'allowed');
      expect([told.decision, told.reason]).toEqual([context?.['decision'], context?.['message']]);
      seen.add(`${told.decision} ${caller}`);
    }),
    { numRuns: 60 },
  );
  expect(seen.size).toBeGreaterThan(3);
});
