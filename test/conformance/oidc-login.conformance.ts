import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { createTestKey, IssuerServer, type TestKey } from '../credentials/oidc/issuer-server';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { runTool } from '../harness/tools';
import { ACCOUNT, type Credentials } from '../operations/deployment';
import { allow, StsScenery } from '../sts/sts-scenery';

/* The page of examples/oidc-login, with a provider on this machine: its own module signs in and calls the API. */

const CLIENT_ID = 'recipes-page';
const PAGE = 'http://127.0.0.1:5173';
const LOGIN = path.join(__dirname, '../../examples/oidc-login/page/login.mjs');
const ROLE = `arn:aws:iam::${ACCOUNT}:role/visitor`;

let local: LocalProcess;
let issuer: IssuerServer;
let key: TestKey;
const clients: { destroy: () => void }[] = [];

interface Grant {
  readonly challenge: string;
  readonly nonce: string;
}

/** The provider's two endpoints: whoever comes is signed in as alice; a code is for whoever has its verifier. */
function serveSignIn(): void {
  const grants = new Map<string, Grant>();
  issuer.answers.set('/.well-known/openid-configuration', (_request, response) => {
    response.end(
      JSON.stringify({
        issuer: issuer.issuer,
        jwks_uri: `${issuer.issuer}/keys`,
        authorization_endpoint: `${issuer.issuer}/authorize`,
        token_endpoint: `${issuer.issuer}/token`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      }),
    );
  });
  issuer.onOther = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', issuer.issuer);
    if (pathname === '/authorize') {
      const code = randomUUID();
      const read = (name: string): string => searchParams.get(name) ?? '';
      expect([read('client_id'), read('code_challenge_method')]).toEqual([CLIENT_ID, 'S256']);
      grants.set(code, { challenge: read('code_challenge'), nonce: read('nonce') });
      const back = new URL(read('redirect_uri'));
      back.searchParams.set('code', code);
      back.searchParams.set('state', read('state'));
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const given = new URLSearchParams(body);
      const code = given.get('code') ?? '';
      const grant = grants.get(code);
      grants.delete(code);
      const verifier = given.get('code_verifier') ?? '';
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      if (pathname !== '/token' || grant?.challenge !== challenge) {
        response.writeHead(400).end('{"error":"invalid_grant"}');
        return;
      }
      const now = Math.floor(Date.now() / 1000);
      const claims = { sub: 'alice', aud: CLIENT_ID, iat: now, exp: now + 600, nonce: grant.nonce };
      void issuer.sign(key, claims).then((id_token) => {
        response.end(JSON.stringify({ id_token, token_type: 'Bearer' }));
      });
    });
  };
}

async function arrangeAccount(): Promise<void> {
  const configuration = (service: string, credentials: Credentials = ROOT_CREDENTIALS) => ({
    endpoint: `${local.admin}/${service}`,
    region: 'us-east-1',
    credentials,
  });
  const keep = <Client extends { destroy: () => void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const scenery = new StsScenery({
    iam: (credentials) => keep(new IAMClient(configuration('iam', credentials))),
    sts: (credentials) => keep(new STSClient(configuration('sts', credentials))),
  });
  const { OpenIDConnectProviderArn: Federated } = await scenery.root.send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuer.issuer,
      ClientIDList: [CLIENT_ID],
      Tags: [{ Key: 'portcullis:default-role', Value: ROLE }],
    }),
  );
  const trust = {
    ...allow({ Federated }, 'sts:AssumeRoleWithWebIdentity'),
    Condition: { StringEquals: { [`${issuer.url}:aud`]: CLIENT_ID } },
  };
  const list = { Effect: 'Allow', Action: 'recipes:ListRecipes', Resource: '*' };
  await scenery.role([trust], { RoleName: 'visitor', allow: list });
}

beforeAll(async () => {
  [local, issuer, key] = await Promise.all([
    startLocalProcess(['--ephemeral', '--app', 'examples/oidc-login']),
    IssuerServer.start(),
    createTestKey('one', 'RS256'),
  ]);
  issuer.keys = [key.publicJwk];
  serveSignIn();
  await arrangeAccount();
}, 300_000);

afterAll(async () => {
  clients.forEach((client) => {
    client.destroy();
  });
  await issuer.stop();
  expect(await local.stop()).toBe(0);
});

/** What the page's module does in a browser, in a Node that has what a browser has; the last line of the script says what is printed. */
async function visit(script: string): Promise<unknown> {
  const configuration = { issuer: issuer.issuer, clientId: CLIENT_ID, redirectUri: `${PAGE}/` };
  const { stdout, stderr, exitCode } = await runTool(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { beginLogin, callApi, finishLogin } from ${JSON.stringify(pathToFileURL(LOGIN).href)};
       const configuration = ${JSON.stringify(configuration)};
       const api = ${JSON.stringify(local.orders)};
       const { address, pending } = await beginLogin(configuration);
       const back = (await fetch(address, { redirect: 'manual' })).headers.get('location');
       ${script}`,
    ],
    {},
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('a visitor who signs in calls the API with the token alone, as far as the role may', async () => {
  const seen = await visit(`
    const token = await finishLogin(configuration, back, pending);
    const list = await callApi(api, '/recipes', token);
    const one = await callApi(api, '/recipes/1', token);
    console.log(JSON.stringify([list.status, await list.json(), one.status]));`);
  expect(seen).toEqual([200, { recipeIds: ['1', '2'], visitor: 'alice' }, 403]);
});

test('a sign-in that was begun elsewhere, or is another’s, is not finished', async () => {
  const seen = await visit(`
    const refused = async (pending, at = back) =>
      finishLogin(configuration, at, pending).then(() => 'finished', ({ message }) => message);
    console.log(JSON.stringify([
      await refused({ ...pending, state: 'another' }),
      await refused(pending, configuration.redirectUri + '?error=access_denied&state=' + pending.state),
      await refused({ ...pending, verifier: 'another' }),
    ]));`);
  expect(seen).toEqual([
    'this sign-in was not begun here',
    'access_denied',
    'the provider gave no ID token',
  ]);
});

test('nobody else calls the API', async () => {
  const list = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${local.orders}/recipes`, { headers })).status;
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: 'alice', iat: now, exp: now + 600 };
  const foreign = await issuer.sign(key, { ...claims, aud: 'another-page' });
  const forged = await issuer.sign(await createTestKey('one', 'RS256'), {
    ...claims,
    aud: CLIENT_ID,
  });
  expect(await list({})).toBe(401);
  expect(await list({ authorization: `Bearer ${foreign}` })).toBe(403);
  expect(await list({ authorization: `Bearer ${forged}` })).toBe(403);
});

test('the page’s origin alone may send a token, and read the answers', async () => {
  const preflight = (origin: string) =>
    fetch(`${local.orders}/recipes`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
  const allowed = await preflight(PAGE);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(PAGE);
  expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
  const other = await preflight('https://evil.example.com');
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});
