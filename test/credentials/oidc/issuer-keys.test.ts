import { IssuerUnavailable } from '../../../lambdas/credentials/oidc/issuer-errors';
import { IssuerKeys, type IssuerKeysOptions } from '../../../lambdas/credentials/oidc/issuer-keys';
import { issuerOf, providerUrlOf } from '../../../lambdas/credentials/oidc/issuer-url';
import { createTestKey, IssuerServer, type Answer, type TestKey } from './issuer-server';

let issuer: IssuerServer;
let first: TestKey;
let second: TestKey;
let now = 0;

beforeAll(async () => {
  issuer = await IssuerServer.start();
  first = await createTestKey('first');
  second = await createTestKey('second');
});
beforeEach(() => {
  now = 1_800_000_000_000;
  issuer.keys = [first.publicJwk];
  issuer.answers.clear();
  issuer.requests.length = 0;
});
afterAll(() => issuer.stop());

const CONFIGURATION = '/.well-known/openid-configuration';

function create(options: Partial<IssuerKeysOptions> = {}): IssuerKeys {
  return new IssuerKeys({ allowLoopback: true, now: () => now, ...options });
}

function identity(url = issuer.url) {
  return { url, thumbprints: [] };
}

async function find(keys: IssuerKeys, keyId = 'first'): Promise<number> {
  return (await keys.find(identity(), keyId)).length;
}

async function failure(keys: IssuerKeys, url?: string): Promise<IssuerUnavailable> {
  try {
    await keys.find(identity(url), 'first');
  } catch (error) {
    if (error instanceof IssuerUnavailable) return error;
    throw error;
  }
  throw new Error('the keys were found');
}

const json =
  (body: unknown, statusCode = 200, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

describe('keys that were found', () => {
  test('are held for five minutes, and then asked for again', async () => {
    const keys = create();
    expect(await find(keys)).toBe(1);
    now += 5 * 60_000 - 1;
    expect(await find(keys)).toBe(1);
    expect(issuer.requests).toEqual([CONFIGURATION, '/keys']);
    now += 1;
    expect(await find(keys)).toBe(1);
    expect(issuer.requests).toHaveLength(4);
  });

  test('a key that the issuer withdrew counts no longer than that', async () => {
    const keys = create();
    await find(keys);
    issuer.keys = [second.publicJwk];
    now += 5 * 60_000;
    expect(await find(keys)).toBe(0);
  });

  test('are not used beyond that where the issuer is out of reach', async () => {
    const keys = create();
    await find(keys);
    issuer.answers.set('/keys', json({}, 503));
    now += 5 * 60_000;
    expect((await failure(keys)).isTransient).toBe(true);
    issuer.answers.clear();
    expect(await find(keys)).toBe(1);
  });

  test('a clock that was set back makes them be asked for again', async () => {
    const keys = create();
    await find(keys);
    now -= 1;
    await find(keys);
    expect(issuer.requests).toHaveLength(4);
  });

  test('callers at the same moment wait for one answer', async () => {
    const keys = create();
    const counts = await Promise.all(Array.from({ length: 20 }, () => find(keys)));
    expect(counts).toEqual(Array.from({ length: 20 }, () => 1));
    expect(issuer.requests).toEqual([CONFIGURATION, '/keys']);
  });
});

describe('a key that is not known', () => {
  test('is asked for at once after a cool-down, so that a rolled-over key works', async () => {
    const keys = create();
    expect(await find(keys)).toBe(1);
    issuer.keys = [first.publicJwk, second.publicJwk];
    now += 30_000;
    expect(await find(keys, 'second')).toBe(1);
    expect(await find(keys, 'first')).toBe(1);
    expect(issuer.requests).toHaveLength(4);
  });

  test('makes the issuer be asked once in thirty seconds, however many there are', async () => {
    const keys = create();
    for (let index = 0; index < 100; index += 1) {
      expect(await find(keys, `unknown-${index}`)).toBe(0);
      now += 290;
    }
    expect(issuer.requests).toEqual([CONFIGURATION, '/keys']);
    now += 1000;
    expect(await find(keys, 'unknown')).toBe(0);
    expect(issuer.requests).toHaveLength(4);
  });
});

describe('a configuration', () => {
  test.each([
    [
      'of another issuer',
      () => ({ issuer: 'https://evil.example', jwks_uri: `${issuer.issuer}/keys` }),
    ],
    [
      'with a slash more',
      () => ({ issuer: `${issuer.issuer}/`, jwks_uri: `${issuer.issuer}/keys` }),
    ],
    [
      'with issuers in a list',
      () => ({ issuer: [issuer.issuer], jwks_uri: `${issuer.issuer}/keys` }),
    ],
    ['without an issuer', () => ({ jwks_uri: `${issuer.issuer}/keys` })],
    ['without keys', () => ({ issuer: issuer.issuer })],
    ['whose keys are in a file', () => ({ issuer: issuer.issuer, jwks_uri: 'file:///etc/passwd' })],
    ['whose keys are in itself', () => ({ issuer: issuer.issuer, jwks_uri: 'data:,{"keys":[]}' })],
    [
      'whose keys are in the cloud’s metadata',
      () => ({ issuer: issuer.issuer, jwks_uri: 'http://169.254.169.254/latest' }),
    ],
    [
      'whose keys are in the private network',
      () => ({ issuer: issuer.issuer, jwks_uri: 'https://10.0.0.1/keys' }),
    ],
    [
      'whose keys come with a password',
      () => ({ issuer: issuer.issuer, jwks_uri: issuer.issuer.replace('//', '//a:b@') }),
    ],
    ['that is no object', () => []],
    ['that is no JSON', () => '<html>'],
    [
      'that names its issuer twice',
      () => `{"issuer":"x","issuer":"${issuer.issuer}","jwks_uri":"${issuer.issuer}/keys"}`,
    ],
  ])('%s gives no keys', async (_name, body) => {
    issuer.answers.set(CONFIGURATION, json(body()));
    expect((await failure(create())).isTransient).toBe(false);
    expect(issuer.requests).toEqual([CONFIGURATION]);
  });
});

describe('an answer', () => {
  test.each([301, 302, 303, 307, 308])(
    'that redirects (%i) is not followed',
    async (statusCode) => {
      issuer.answers.set(
        CONFIGURATION,
        json({}, statusCode, { location: `${issuer.issuer}/elsewhere` }),
      );
      expect((await failure(create())).isTransient).toBe(false);
      expect(issuer.requests).toEqual([CONFIGURATION]);
    },
  );

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [404, false],
    [401, false],
    [204, false],
  ])('of %i gives no keys (transient: %p)', async (statusCode, isTransient) => {
    issuer.answers.set('/keys', json('', statusCode));
    expect((await failure(create())).isTransient).toBe(isTransient);
  });

  test('that is too long is not read to its end', async () => {
    let written = 0;
    issuer.answers.set('/keys', (_request, response) => {
      response.writeHead(200);
      const write = (): void => {
        if (response.destroyed || written > 64 << 20) return;
        written += 65_536;
        response.write(Buffer.alloc(65_536, 0x20), write);
      };
      write();
    });
    expect((await failure(create())).message).toMatch(/too great a length/);
    expect(written).toBeLessThan(32 << 20);
  });

  test('that never ends, or never begins, is waited for no longer than the time of both documents', async () => {
    issuer.answers.set('/keys', (_request, response) => {
      response.writeHead(200);
      response.write('{"keys":[');
    });
    expect((await failure(create({ timeoutMilliseconds: 50 }))).isTransient).toBe(true);
    issuer.answers.set(CONFIGURATION, () => undefined);
    expect((await failure(create({ timeoutMilliseconds: 50 }))).isTransient).toBe(true);
  });

  test('that is compressed is not unpacked', async () => {
    issuer.answers.set('/keys', json('x', 200, { 'content-encoding': 'gzip' }));
    expect((await failure(create())).isTransient).toBe(false);
  });

  test.each([
    ['no set', []],
    ['no list', { keys: {} }],
    ['too many keys', { keys: Array.from({ length: 201 }, () => ({})) }],
    ['no JSON', 'keys'],
    ['keys twice', '{"keys":[],"keys":[]}'],
  ])('with %s is no key set', async (_name, body) => {
    issuer.answers.set('/keys', json(body));
    expect((await failure(create())).message).toMatch(/cannot be read/);
  });
});

describe('where an issuer may be', () => {
  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '[::1]',
    '[fd00:ec2::254]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
  ])('an address that is not public is not connected to: %s', async (host) => {
    const keys = create({ allowLoopback: false });
    expect((await failure(keys, host)).message).toMatch(/not public/);
  });

  test('without being configured, this machine is not connected to, by no name', async () => {
    const keys = create({
      allowLoopback: false,
      findAddresses: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    const error = await failure(keys, 'issuer.example');
    expect(error.isTransient).toBe(false);
    expect(error.message).toMatch(/127\.0\.0\.1, which is not public/);
  });

  test('a name with one private address among public ones is not connected to at all', async () => {
    const keys = create({
      findAddresses: () =>
        Promise.resolve([
          { address: '1.1.1.1', family: 4 },
          { address: '169.254.169.254', family: 4 },
        ]),
    });
    expect((await failure(keys, 'issuer.example')).message).toMatch(/not public/);
  });

  test('a name is looked up once for a connection: a second answer is never asked for', async () => {
    const asked: string[] = [];
    const keys = create({
      timeoutMilliseconds: 2000,
      findAddresses: (hostname) => {
        asked.push(hostname);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    });
    await keys.find(identity(`localhost:${issuer.port}`), 'first').catch(() => undefined);
    // The configuration is another issuer's, so there is one connection.
    expect(asked).toEqual(['localhost']);
  });

  test('localhost that leads elsewhere is not connected to', async () => {
    const keys = create({
      findAddresses: () => Promise.resolve([{ address: '1.1.1.1', family: 4 }]),
    });
    expect((await failure(keys, 'localhost:1')).message).toMatch(/not this machine/);
  });

  test('plain http is for this machine alone', () => {
    const local = { allowLoopback: true };
    expect(issuerOf('localhost:8080/realms/x', local)).toBe('http://localhost:8080/realms/x');
    expect(issuerOf('127.0.0.1', local)).toBe('http://127.0.0.1');
    expect(issuerOf('localhost.example.com', local)).toBe('https://localhost.example.com');
    expect(issuerOf('127.0.0.1.example.com', local)).toBe('https://127.0.0.1.example.com');
    expect(issuerOf('localhost', { allowLoopback: false })).toBe('https://localhost');
    expect(providerUrlOf('http://localhost:8080', local)).toBe('localhost:8080');
    expect(providerUrlOf('https://localhost:8080', local)).toBeUndefined();
    expect(providerUrlOf('http://example.com', local)).toBeUndefined();
    expect(providerUrlOf('http://localhost', { allowLoopback: false })).toBeUndefined();
    expect(providerUrlOf('HTTPS://example.com', local)).toBeUndefined();
    expect(providerUrlOf('https://', local)).toBeUndefined();
  });
});
