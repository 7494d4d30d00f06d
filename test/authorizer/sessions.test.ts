import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import { deployAdmin, type AdminDeployment, type Credentials } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { allow, credentialsOf, StsScenery } from '../sts/sts-scenery';
import { signRequest } from './client-request';
import { ObservedStore } from '../identity/principal-rows';
import { HOST, restEvent, signedEvent, STAGE } from './rest-events';
import { GATEWAY_SETTINGS } from './gateway-settings';

/* Sessions that STS issues, at the authorizer: one clock for both, which only the tests move. */

const INVOKE = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };
const BOUND_MILLISECONDS = 5000;

let deployment: AdminDeployment;
let scenery: StsScenery;
let authorizer: Authorizer;
let observed: ObservedStore;
let now = Date.now();

beforeAll(async () => {
  deployment = await deployAdmin({ now: () => now });
  scenery = new StsScenery(deployment);
});

beforeEach(() => {
  now = Math.floor(Date.now() / 1000) * 1000;
  const { store, dataKeys } = deployment;
  const secrets = new SealedSecrets(dataKeys);
  observed = new ObservedStore(store);
  authorizer = new Authorizer({
    store: observed,
    stalenessSeconds: BOUND_MILLISECONDS / 1000,
    gateways: GATEWAY_SETTINGS,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: () => now,
    log: () => undefined,
  });
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

/** `Allow`, `Deny`, or the message of what was thrown. */
async function outcomeOf(event: object): Promise<string | undefined> {
  try {
    const answer = (await authorizer.authorize(event)) as APIGatewayAuthorizerResult;
    return answer.policyDocument.Statement[0]?.Effect;
  } catch (error) {
    return (error as Error).message;
  }
}

const call = async (credentials: Credentials) =>
  outcomeOf(await signedEvent({}, { ...credentials, now }));

async function callPresigned(credentials: Credentials, change: Record<string, string> = {}) {
  const path = '/orders/42';
  const request = { method: 'GET', host: HOST, path: `/${STAGE}${path}`, query: {}, headers: {} };
  const signed = await signRequest(request, { ...credentials, now, isPresigned: true });
  return outcomeOf(restEvent({ path, query: { ...signed.query, ...change } }, { host: HOST }));
}

/** A session of a role that a user assumes now, and that may invoke everything. */
async function roleSession(): Promise<{
  user: Credentials;
  session: Credentials;
  RoleName: string;
  assumeAgain: () => Promise<Credentials>;
}> {
  const { UserName, credentials: user } = await scenery.caller();
  const RoleName = scenery.newName('role');
  const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(UserName) })], {
    RoleName,
    allow: INVOKE,
  });
  const assumeAgain = () => scenery.assume(user, { RoleArn, RoleSessionName: 'one' });
  return { user, session: await assumeAgain(), RoleName, assumeAgain };
}

async function userSession(
  credentials: Credentials,
  input: { SerialNumber?: string; TokenCode?: string } = {},
): Promise<Credentials> {
  const answer = await deployment.sts(credentials).send(new GetSessionTokenCommand(input));
  return credentialsOf(answer.Credentials);
}

describe('a session’s key', () => {
  test('is taken with its token, in headers and presigned', async () => {
    const { session } = await roleSession();
    expect(await call(session)).toBe('Allow');
    expect(await callPresigned(session)).toBe('Allow');
  });

  test('costs at most three round trips where nothing of it was seen, and none after it', async () => {
    const { session } = await roleSession();
    expect(await call(session)).toBe('Allow');
    expect(observed.trips).toBeLessThanOrEqual(3);
    expect(observed.inconsistentReads).toBe(0);
    observed.reset();
    expect(await call(session)).toBe('Allow');
    expect(observed.calls).toBe(0);
  });

  test('is nobody’s without its token, or with the token of another', async () => {
    const { user, session, assumeAgain } = await roleSession();
    const other = await assumeAgain();
    const { accessKeyId, secretAccessKey, sessionToken = '' } = session;
    const { sessionToken: otherToken = '' } = other;
    const flipped = sessionToken.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const wrong: Credentials[] = [
      { accessKeyId, secretAccessKey },
      { accessKeyId, secretAccessKey, sessionToken: otherToken },
      { accessKeyId, secretAccessKey, sessionToken: flipped },
      { ...user, sessionToken },
      { ...session, accessKeyId: user.accessKeyId },
      { ...session, secretAccessKey: other.secretAccessKey },
    ];
    for (const credentials of wrong) {
      expect(await call(credentials)).toBe('Unauthorized');
      expect(await callPresigned(credentials)).toBe('Unauthorized');
    }
    const exchanged = { 'X-Amz-Security-Token': otherToken };
    expect(await callPresigned(session, exchanged)).toBe('Unauthorized');
  });

  test('ends with the session, however fresh what is known of it', async () => {
    const { session } = await roleSession();
    now += 3_599_000;
    expect(await call(session)).toBe('Allow');
    now += 999;
    expect(await call(session)).toBe('Allow');
    now += 1;
    expect(await call(session)).toBe('Unauthorized');
    expect(await callPresigned(session)).toBe('Unauthorized');
  });

  test('proves a second factor for as long as a policy lets it, to the second', async () => {
    const Condition = { NumericLessThanEquals: { 'aws:MultiFactorAuthAge': '600' } };
    const { UserName, credentials } = await scenery.caller({ ...INVOKE, Condition });
    const { serialNumber: SerialNumber, seed } = await scenery.mfaDevice(UserName, now);
    const TokenCode = totpCode(seed, timeStepAt(now) + 1);
    const session = await userSession(credentials, { SerialNumber, TokenCode });
    expect(await call(await userSession(credentials))).toBe('Deny');
    now += 599_000;
    expect(await call(session)).toBe('Allow');
    now += 1000;
    expect(await call(session)).toBe('Allow');
    now += 1000;
    expect(await call(session)).toBe('Deny');
  });
});

describe('a session that is revoked ends within five seconds at the authorizer, and at once for an admin call', () => {
  /** Allowed now, and `refused` no later than the bound after `revoke`. */
  async function expectRevoked(
    session: Credentials,
    refused: string,
    revoke: () => Promise<unknown>,
  ): Promise<void> {
    expect(await call(session)).toBe('Allow');
    await revoke();
    // What was read before may be used: no store is asked within the bound.
    now += BOUND_MILLISECONDS - 1;
    expect(await call(session)).toBe('Allow');
    now += 1;
    expect(await call(session)).toBe(refused);
    expect(await callPresigned(session)).toBe(refused);
  }

  const identityCode = async (session: Credentials) =>
    (await refusal(deployment.sts(session).send(new GetCallerIdentityCommand({})))).code;

  test('by deleting the role, even where one of the same name takes its place', async () => {
    const { session, RoleName } = await roleSession();
    await expectRevoked(session, 'Unauthorized', async () => {
      const PolicyName = 'permissions';
      await scenery.root.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await scenery.root.send(new DeleteRoleCommand({ RoleName }));
      await scenery.role([allow({ AWS: '*' })], { RoleName, allow: INVOKE });
      expect(await identityCode(session)).toBe('InvalidClientTokenId');
    });
  });

  test('by disabling the key that asked for it', async () => {
    const { UserName, credentials } = await scenery.caller(INVOKE);
    const AccessKeyId = credentials.accessKeyId;
    const session = await userSession(credentials);
    await expectRevoked(session, 'Unauthorized', async () => {
      const change = { UserName, AccessKeyId, Status: 'Inactive' } as const;
      await scenery.root.send(new UpdateAccessKeyCommand(change));
      expect(await identityCode(session)).toBe('InvalidClientTokenId');
    });
  });

  test('by taking the role’s policy', async () => {
    const { session, RoleName } = await roleSession();
    await expectRevoked(session, 'Deny', () =>
      scenery.root.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'permissions' })),
    );
  });

  test('by a Deny on its issue time, which a later session does not meet', async () => {
    const { session, RoleName, assumeAgain } = await roleSession();
    now += 1000;
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(now).toISOString() } },
      },
    });
    const PolicyName = 'AWSRevokeOlderSessions';
    await expectRevoked(session, 'Deny', () =>
      scenery.root.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
    );
    expect(await call(await assumeAgain())).toBe('Allow');
  });
});
