import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  TagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { Authorizer, type AuthorizerOptions } from '../../lambdas/authorizer/authorizer';
import * as keptAnswers from '../../lambdas/authorizer/kept-answer';
import { createWebIdentityProver } from '../../lambdas/authorizer/web-identities';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { routeCatalogueKey } from '../../lambdas/store/keys';
import { ObservedStore } from '../identity/principal-rows';
import { createTestKey, IssuerServer, type TestKey } from '../credentials/oidc/issuer-server';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { put } from '../identity/principal-rows';
import { SUBJECTS, type GatewaySubject } from './gateway-subjects';
import { API_ID, restEvent, signedEvent } from './rest-events';
import { GATEWAY_SETTINGS } from './gateway-settings';

const CLIENT = 'orders-app';
const STALE_MILLISECONDS = 5_001;

let now: number;
let loads: number;
let key: TestKey;
let issuer: IssuerServer;
let deployment: AdminDeployment;
let authorizer: Authorizer;
let lines: string[];
let observed: ObservedStore;
let providerArn: string;
let roleArn: string;

beforeAll(async () => {
  key = await createTestKey('key');
});

beforeEach(async () => {
  now = Date.now();
  issuer = await IssuerServer.start();
  issuer.keys = [key.publicJwk];
  deployment = await deployAdmin();
  loads = 0;
  lines = [];
  authorizer = createAuthorizer();
  const created = await deployment
    .iam()
    .send(new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT] }));
  providerArn = created.OpenIDConnectProviderArn ?? '';
  roleArn = await createRole('web', { StringEquals: { [`${issuer.url}:sub`]: 'alice' } });
});

afterEach(async () => {
  await deployment.close();
  await issuer.stop();
});

function createAuthorizer(
  settings?: GatewaySubject['settings'],
  keeping?: AuthorizerOptions['keeping'],
): Authorizer {
  const { dataKeys } = deployment;
  observed = new ObservedStore(deployment.store);
  const store = observed;
  const secrets = new SealedSecrets(dataKeys);
  return new Authorizer({
    store,
    stalenessSeconds: 5,
    keeping,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => {
      loads += 1;
      return Promise.resolve(
        createWebIdentityProver({
          store,
          stalenessSeconds: 5,
          allowLoopback: true,
          now: () => now,
        }),
      );
    },
    now: () => now,
    gateways: { ...GATEWAY_SETTINGS, ...settings },
    log: (line) => lines.push(line),
  });
}

const trust = (condition: object, principal = providerArn) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: principal },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: condition,
    },
  });

/** A role that may call everything with GET; its ARN. */
async function createRole(name: string, condition: object): Promise<string> {
  const { Role } = await deployment.iam().send(
    new CreateRoleCommand({
      RoleName: name,
      Path: '/web/',
      AssumeRolePolicyDocument: trust(condition),
    }),
  );
  await deployment.iam().send(
    new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'execute-api:Invoke',
          Resource: ['arn:aws:execute-api:*:*:*/GET/*', 'arn:aws:execute-api:*:*:*/$connect'],
        },
      }),
    }),
  );
  return Role?.Arn ?? '';
}

function token(claims: object = {}, header: object = {}, signer = key): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return issuer.sign(
    signer,
    { sub: 'alice', aud: CLIENT, iat: seconds, exp: seconds + 600, ...claims },
    { ...header },
  );
}

async function call(
  credential: string,
  { role = roleArn, method = 'GET' }: { role?: string | undefined; method?: string } = {},
) {
  const headers = { authorization: `Bearer ${credential}` };
  const answer = (await authorizer.authorize(
    restEvent({ method }, role === '' ? headers : { ...headers, 'x-portcullis-role': role }),
  )) as APIGatewayAuthorizerResult;
  return { effect: answer.policyDocument.Statement[0]?.Effect, context: answer.context };
}

const UNAUTHORIZED = /^Unauthorized$/;
const OUTAGE = /^The authorizer could not decide\.$/;

/** A catalogue for the API whose one route takes condition keys from claims, and a role that a policy gives it to. */
async function arrangeClaims(condition: object): Promise<string> {
  await put(deployment.store, routeCatalogueKey(API_ID, '*'), {
    Service: 'orders',
    Routes: [
      {
        Method: 'GET',
        Path: '/orders/{orderId}',
        Action: 'orders:GetOrder',
        Resource: '*',
        ContextKeys: {
          'orders:Team': 'claim.https://example.com/team',
          'orders:Level': 'claim.level',
        },
      },
    ],
  });
  const arn = await createRole('claims', {});
  await deployment.iam().send(
    new PutRolePolicyCommand({
      RoleName: 'claims',
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'orders:GetOrder',
          Resource: '*',
          Condition: condition,
        },
      }),
    }),
  );
  return arn;
}

describe('a condition key of a service that comes from a claim', () => {
  const TEAM = 'https://example.com/team';
  const isBlue = { StringEquals: { 'orders:Team': 'blue' } };

  test('has what the provider vouches for', async () => {
    const role = await arrangeClaims(isBlue);
    expect((await call(await token({ [TEAM]: 'blue' }), { role })).effect).toBe('Allow');
    expect((await call(await token({ [TEAM]: 'red' }), { role })).effect).toBe('Deny');
  });

  test('is absent where the token does not say it, whatever else the caller says', async () => {
    const role = await arrangeClaims(isBlue);
    expect((await call(await token({ team: 'blue' }), { role })).effect).toBe('Deny');
    expect((await call(await token({ 'orders:Team': 'blue' }), { role })).effect).toBe('Deny');
  });

  test('denies a claim that is not one text', async () => {
    const role = await arrangeClaims({ StringNotEquals: { 'orders:Team': 'red' } });
    expect((await call(await token({ [TEAM]: 'blue' }), { role })).effect).toBe('Allow');
    for (const team of [{ a: 1 }, ['blue', 'red'], [['blue']], null, [{}]]) {
      const { effect, context } = await call(await token({ [TEAM]: team }), { role });
      expect(effect).toBe('Deny');
      expect(JSON.stringify(context)).toContain('is not of its type');
    }
  });

  test('has a number as the token writes it', async () => {
    const role = await arrangeClaims({ NumericGreaterThan: { 'orders:Level': '6' } });
    expect((await call(await token({ level: 7 }), { role })).effect).toBe('Allow');
    expect((await call(await token({ level: 6 }), { role })).effect).toBe('Deny');
  });
});

describe('a token of a provider', () => {
  test('is the session of the role that is named, which says so to the backend', async () => {
    const { effect, context } = await call(await token());
    expect(effect).toBe('Allow');
    expect(context).toMatchObject({
      scheme: 'oidc',
      principalArn: `arn:aws:sts::${ACCOUNT}:assumed-role/web/alice`,
    });
    expect(context).not.toHaveProperty('payloadHash');
  });

  test('may do what the role’s policies allow, and is told why it may not do more', async () => {
    const { effect, context } = await call(await token(), { method: 'POST' });
    expect(effect).toBe('Deny');
    expect(JSON.stringify(context)).toContain('is not authorized to perform: execute-api:Invoke');
  });

  test('is the provider’s default role where it names none', async () => {
    await expect(call(await token(), { role: '' })).rejects.toThrow(UNAUTHORIZED);
    await deployment.iam().send(
      new TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: providerArn,
        Tags: [{ Key: 'portcullis:default-role', Value: roleArn }],
      }),
    );
    now += STALE_MILLISECONDS;
    expect((await call(await token(), { role: '' })).effect).toBe('Allow');
  });

  test('is the default role alone where answers are kept, and nobody where its trust may change', async () => {
    const cache = { key: 'request', seconds: 60 } as const;
    authorizer = createAuthorizer(undefined, { cache, load: () => Promise.resolve(keptAnswers) });
    const other = await createRole('other', {});
    await deployment.iam().send(
      new TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: providerArn,
        Tags: [{ Key: 'portcullis:default-role', Value: roleArn }],
      }),
    );
    now += STALE_MILLISECONDS;
    // What is kept for the token would be given to a call that names another role.
    const { effect, context } = await call(await token(), { role: other });
    expect(effect).toBe('Allow');
    expect(context?.['principalArn']).toContain(':assumed-role/web/');
    for (const condition of [
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { StringNotLike: { 'aws:UserAgent': 'bot*' } },
    ]) {
      await deployment.iam().send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: 'web',
          PolicyDocument: trust(condition),
        }),
      );
      now += STALE_MILLISECONDS;
      const asked = call(await token());
      // The address is part of the key; the rest of a request is not.
      if ('IpAddress' in condition) expect((await asked).effect).toBe('Allow');
      else await expect(asked).rejects.toThrow('could not decide');
    }
    expect(lines.at(-1)).toContain('the trust policy of the role asks for aws:UserAgent');
  });

  test('has a name of its own for a subject that no session could be named after', async () => {
    const role = await createRole('anybody', {});
    const names = new Set<unknown>();
    for (const sub of ['a b', 'a/b', 'a', 'x'.repeat(65), 'sha256-x']) {
      const { context } = await call(await token({ sub }), { role });
      names.add(context?.['principalArn']);
      expect(context?.['principalArn']).toMatch(/:assumed-role\/anybody\/sha256-[\w-]{43}$/);
    }
    expect(names.size).toBe(5);
  });

  test('is verified once within the staleness bound, and its time is looked at each time', async () => {
    const signed = await token({ exp: Math.floor(now / 1000) + 3 });
    await call(signed);
    const asked = issuer.requests.length;
    expect((await call(signed)).effect).toBe('Allow');
    expect([issuer.requests.length, loads]).toEqual([asked, 1]);
    now += 3000;
    await expect(call(signed)).rejects.toThrow(UNAUTHORIZED);
  });

  test('costs at most three round trips where nothing of it was seen, and none after it', async () => {
    expect((await call(await token())).effect).toBe('Allow');
    expect(observed.trips).toBeLessThanOrEqual(3);
    expect(observed.inconsistentReads).toBe(0);
    const again = await token();
    await call(again);
    observed.reset();
    expect((await call(again)).effect).toBe('Allow');
    expect(observed.calls).toBe(0);
  });

  test('counts under a condition on the request, which is looked at each time', async () => {
    const role = await createRole('office', { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } });
    const signed = await token();
    const from = (sourceIp: string) =>
      authorizer.authorize(
        restEvent({ sourceIp }, { authorization: `Bearer ${signed}`, 'x-portcullis-role': role }),
      );
    await expect(from('198.51.100.9')).resolves.toBeDefined();
    await expect(from('203.0.113.9')).rejects.toThrow(UNAUTHORIZED);
    await expect(from('198.51.100.9')).resolves.toBeDefined();
  });
});

describe('nobody is let in', () => {
  const seconds = () => Math.floor(now / 1000);
  test.each<[string, () => Promise<string>]>([
    ['for another audience', () => token({ aud: 'other' })],
    ['of another issuer', () => token({ iss: 'http://127.0.0.1:1' })],
    ['of an unknown key', () => token({}, { kid: 'other' })],
    ['without a key id', () => token({}, { kid: undefined })],
    ['signed by somebody else', async () => token({}, {}, await createTestKey('key'))],
    [
      'of another algorithm than its key’s',
      async () => token({}, {}, await createTestKey('key', 'RS256')),
    ],
    ['that has expired', () => token({ exp: seconds() })],
    ['of the future', () => token({ iat: seconds() + 61, exp: seconds() + 600 })],
    ['of a time to come', () => token({ nbf: seconds() + 61 })],
    ['of another subject', () => token({ sub: 'mallory' })],
  ])('with a token %s', async (_what, make) => {
    const signed = await make();
    await expect(call(signed)).rejects.toThrow(UNAUTHORIZED);
    expect(lines.join()).not.toContain(signed);
  });

  test('with an unsigned token, or one confirmed by the public key as a secret', async () => {
    const [, payload = ''] = (await token()).split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none', kid: 'key' })}.${payload}.`;
    const symmetric = `${encode({ alg: 'HS256', kid: 'key' })}.${payload}.AAAA`;
    for (const forged of [none, symmetric]) {
      await expect(call(forged)).rejects.toThrow(UNAUTHORIZED);
    }
  });

  test('with a token of which one character is another', async () => {
    const signed = await token();
    for (let index = 0; index < signed.length; index += 11) {
      const other = signed[index] === 'A' ? 'B' : 'A';
      const flipped = signed.slice(0, index) + other + signed.slice(index + 1);
      await expect(call(flipped)).rejects.toThrow(UNAUTHORIZED);
    }
  });

  test.each([
    'arn:aws:iam::123456789012:role/web',
    'arn:aws:iam::123456789012:role/web/nobody',
    'arn:aws:iam::210987654321:role/web/web',
    'arn:aws-cn:iam::123456789012:role/web/web',
    'arn:aws:iam::123456789012:user/web/web',
    'web',
  ])('as the role %s', async (role) => {
    await expect(call(await token(), { role })).rejects.toThrow(UNAUTHORIZED);
  });

  test('as one of two roles', async () => {
    const event = restEvent({}, { authorization: `Bearer ${await token()}` });
    event.multiValueHeaders = {
      ...event.multiValueHeaders,
      'x-portcullis-role': [roleArn, roleArn],
    };
    event.headers = { ...event.headers, 'x-portcullis-role': roleArn };
    await expect(authorizer.authorize(event)).rejects.toThrow(UNAUTHORIZED);
  });

  test('with two credentials in one request', async () => {
    const authorization = `Bearer ${await token()}`;
    const role = { 'x-portcullis-role': roleArn };
    for (const part of ['X-Amz-Signature', 'X-Amz-Security-Token']) {
      const event = restEvent({ query: { [part]: 'aa' } }, { authorization, ...role });
      await expect(authorizer.authorize(event)).rejects.toThrow(UNAUTHORIZED);
    }
    const signed = await signedEvent(
      {},
      { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: 'x', now },
    );
    const both = restEvent({}, { ...(signed.headers as Record<string, string>), ...role });
    const [signature = ''] = both.multiValueHeaders?.['authorization'] ?? [];
    both.multiValueHeaders = {
      ...both.multiValueHeaders,
      authorization: [authorization, signature],
    };
    await expect(authorizer.authorize(both)).rejects.toThrow(UNAUTHORIZED);
  });

  test('as a session that signs: the token gives no credentials', async () => {
    const event = await signedEvent(
      {},
      { accessKeyId: '', secretAccessKey: '', sessionToken: await token(), now },
    );
    await expect(authorizer.authorize(event)).rejects.toThrow(UNAUTHORIZED);
  });
});

describe('what is withdrawn counts no longer than the staleness bound', () => {
  test.each<[string, () => Promise<unknown>]>([
    [
      'a provider',
      () =>
        deployment
          .iam()
          .send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn })),
    ],
    [
      'a role',
      async () => {
        const iam = deployment.iam();
        await iam.send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'permissions' }));
        return iam.send(new DeleteRoleCommand({ RoleName: 'web' }));
      },
    ],
    [
      'a role’s trust',
      () =>
        deployment.iam().send(
          new UpdateAssumeRolePolicyCommand({
            RoleName: 'web',
            PolicyDocument: trust({ StringEquals: { [`${issuer.url}:sub`]: 'bob' } }),
          }),
        ),
    ],
  ])('%s', async (_what, withdraw) => {
    const signed = await token();
    expect((await call(signed)).effect).toBe('Allow');
    await withdraw();
    now += STALE_MILLISECONDS;
    await expect(call(signed)).rejects.toThrow(UNAUTHORIZED);
  });

  test('a client that is added counts as soon', async () => {
    const signed = await token({ aud: 'later' });
    await expect(call(signed)).rejects.toThrow(UNAUTHORIZED);
    await deployment.iam().send(
      new AddClientIDToOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: providerArn,
        ClientID: 'later',
      }),
    );
    now += STALE_MILLISECONDS;
    expect((await call(signed)).effect).toBe('Allow');
  });
});

describe('an outage is no refusal', () => {
  test('of the issuer’s keys, and is over when they are there again', async () => {
    issuer.answers.set('/keys', (_request, response) => response.writeHead(503).end());
    const signed = await token();
    await expect(call(signed)).rejects.toThrow(OUTAGE);
    issuer.answers.clear();
    expect((await call(signed)).effect).toBe('Allow');
  });

  test('of the code that verifies, which is loaded anew for the next call', async () => {
    let isBroken = true;
    const working = createAuthorizer();
    const options = Reflect.get(working, 'options') as ConstructorParameters<typeof Authorizer>[0];
    authorizer = new Authorizer({
      ...options,
      loadWebIdentityProver: () =>
        isBroken ? Promise.reject(new Error('broken')) : options.loadWebIdentityProver(),
    });
    await expect(call(await token())).rejects.toThrow(OUTAGE);
    isBroken = false;
    expect((await call(await token())).effect).toBe('Allow');
  });
});

describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))(
  '%s',
  (_name, subject) => {
    test('takes a token as the default role, and none of nobody', async () => {
      await deployment.iam().send(
        new TagOpenIDConnectProviderCommand({
          OpenIDConnectProviderArn: providerArn,
          Tags: [{ Key: 'portcullis:default-role', Value: roleArn }],
        }),
      );
      await deployment.iam().send(
        new PutRolePolicyCommand({
          RoleName: 'web',
          PolicyName: 'permissions',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
          }),
        }),
      );
      authorizer = createAuthorizer(subject.settings);
      const ask = async (credential: string) => {
        const request = subject.order('42');
        const event = subject.toEvent({
          ...request,
          headers: { ...request.headers, authorization: `Bearer ${credential}` },
        });
        return subject.ask(authorizer, event);
      };
      expect(await ask(await token())).toMatchObject({
        outcome: 'allowed',
        context: { scheme: 'oidc' },
      });
      expect((await ask(await token({ aud: 'other' }))).outcome).toBe(subject.unauthorized);
    });
  },
);
