import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import {
  createPerson,
  deploySignIn,
  type SignInDeployment,
  type Tokens,
} from '../sign-in/deployment';
import { ObservedStore } from '../identity/principal-rows';
import { restEvent, signedEvent } from './rest-events';
import { GATEWAY_SETTINGS } from './gateway-settings';

let now: number;
let deployment: SignInDeployment;
let observed: ObservedStore;
let authorizer: Authorizer;

beforeEach(async () => {
  now = Date.now() - 600_000;
  deployment = await deploySignIn({ now: () => now });
  await createPerson(deployment);
  await permit({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } });
  const { store, dataKeys } = deployment.admin;
  const secrets = new SealedSecrets(dataKeys);
  observed = new ObservedStore(store);
  authorizer = new Authorizer({
    store: observed,
    stalenessSeconds: 5,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: () => now,
    gateways: GATEWAY_SETTINGS,
    log: () => undefined,
  });
});

afterEach(async () => {
  await deployment.admin.close();
});

const permit = (Condition: object) =>
  deployment.admin.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', Condition },
      }),
    }),
  );

async function call(authorization: string, method = 'GET') {
  const answer = (await authorizer.authorize(
    restEvent({ method }, { authorization }),
  )) as APIGatewayAuthorizerResult;
  const [statement] = answer.policyDocument.Statement;
  return { effect: statement?.Effect, context: answer.context };
}

const bearer = ({ AccessToken }: Tokens) => `Bearer ${AccessToken}`;

test('a guarded API takes the access token of a session, and says so to the backend', async () => {
  const { effect, context } = await call(bearer(await deployment.signIn()), 'POST');
  expect(effect).toBe('Allow');
  expect(context).toMatchObject({
    scheme: 'bearer',
    principalArn: 'arn:aws:iam::123456789012:user/people/alice',
    userName: 'alice',
  });
  expect(context).not.toHaveProperty('payloadHash');
});

test('a second call within the staleness bound reads nothing, and policies decide each one', async () => {
  const token = bearer(await deployment.signIn());
  await call(token);
  const before = observed.calls;
  await call(token);
  expect(observed.calls).toBe(before);
  await permit({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  now += 5_001;
  expect((await call(token)).effect).toBe('Deny');
});

test('a session that is ended is over within five seconds', async () => {
  const tokens = await deployment.signIn();
  const token = bearer(tokens);
  expect((await call(token)).effect).toBe('Allow');
  await deployment.post('/sign-out-everywhere', {}, { token: tokens.AccessToken });
  now += 5_001;
  await expect(call(token)).rejects.toThrow(/^Unauthorized$/);
});

test('a token that has expired is over at once, whatever is remembered of its session', async () => {
  const token = bearer(await deployment.signIn());
  now += 15 * 60_000 - 1;
  expect((await call(token)).effect).toBe('Allow');
  now += 1;
  await expect(call(token)).rejects.toThrow(/^Unauthorized$/);
});

test('nothing else is taken for an access token, nor one of several credentials', async () => {
  const tokens = await deployment.signIn();
  const refused = [
    `Bearer ${tokens.RefreshToken}`,
    `Bearer ${tokens.AccessToken}x`,
    `Bearer ${tokens.AccessToken},${tokens.AccessToken}`,
    'Bearer ',
    'Bearer',
    `Basic ${tokens.AccessToken}`,
    tokens.AccessToken,
  ];
  for (const authorization of refused) {
    await expect(call(authorization)).rejects.toThrow(/^Unauthorized$/);
  }
  const event = restEvent(
    { query: { 'X-Amz-Signature': 'aa' } },
    { authorization: bearer(tokens) },
  );
  await expect(authorizer.authorize(event)).rejects.toThrow(/^Unauthorized$/);
});

test('an access token is no session token beside a signature', async () => {
  const { AccessToken, SessionId } = await deployment.signIn();
  const event = await signedEvent(
    {},
    { accessKeyId: SessionId, secretAccessKey: '', sessionToken: AccessToken, now },
  );
  await expect(authorizer.authorize(event)).rejects.toThrow(/^Unauthorized$/);
});

test('a session that was never seen costs at most three round trips', async () => {
  const token = bearer(await deployment.signIn());
  await call(token);
  now += 5_001;
  observed.reset();
  expect((await call(token)).effect).toBe('Allow');
  expect(observed.trips).toBeLessThanOrEqual(3);
  expect(observed.inconsistentReads).toBe(0);
});
