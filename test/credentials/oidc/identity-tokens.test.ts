import { createHmac, createPublicKey } from 'node:crypto';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import type { IdentityClaims } from '../../../lambdas/credentials/oidc/identity-claims';
import { IdentityTokens, readIssuer } from '../../../lambdas/credentials/oidc/identity-tokens';
import { TokenRefused, type TokenRefusal } from '../../../lambdas/credentials/oidc/issuer-errors';
import { IssuerKeys } from '../../../lambdas/credentials/oidc/issuer-keys';
import { createTestKey, IssuerServer, type TestKey } from './issuer-server';

const NOW_SECONDS = 1_800_000_000;
const CLIENT = 'sts.example.com';
const TOLERANCE_SECONDS = 300;

let issuer: IssuerServer;
let ecKey: TestKey;
let rsaKey: TestKey;
let now = NOW_SECONDS * 1000;

beforeAll(async () => {
  issuer = await IssuerServer.start();
  ecKey = await createTestKey('ec-1', 'ES256');
  rsaKey = await createTestKey('rsa-1', 'RS256');
});
beforeEach(() => {
  now = NOW_SECONDS * 1000;
  issuer.keys = [ecKey.publicJwk, rsaKey.publicJwk];
  issuer.answers.clear();
  issuer.requests.length = 0;
});
afterAll(() => issuer.stop());

function createTokens(): IdentityTokens {
  const options = { allowLoopback: true, now: () => now };
  const keys = new IssuerKeys(options);
  return new IdentityTokens({ ...options, keys, clockToleranceSeconds: TOLERANCE_SECONDS });
}

function provider(clientIds: readonly string[] = [CLIENT]) {
  return { url: issuer.url, thumbprints: [], clientIds };
}

const CLAIMS = { sub: 'alice', aud: CLIENT, iat: NOW_SECONDS, exp: NOW_SECONDS + 600 };

function sign(claims: object = {}, header: object = {}, key = ecKey): Promise<string> {
  return issuer.sign(key, { ...CLAIMS, ...claims }, { ...header });
}

async function verify(token: string, clientIds?: readonly string[]): Promise<IdentityClaims> {
  return createTokens().verify(token, provider(clientIds));
}

async function refusal(
  token: string | Promise<string>,
  clientIds?: readonly string[],
): Promise<TokenRefusal | undefined> {
  try {
    await verify(await token, clientIds);
    return undefined;
  } catch (error) {
    if (error instanceof TokenRefused) return error.reason;
    throw error;
  }
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('a good token', () => {
  test('proves its subject and audience', async () => {
    expect(await verify(await sign())).toEqual({
      subject: 'alice',
      audience: CLIENT,
      issuedAt: NOW_SECONDS,
      expiresAt: NOW_SECONDS + 600,
      conditions: { sub: 'alice', aud: CLIENT },
      tags: [],
      transitiveTagKeys: [],
      tokenClaims: new Map([
        ['iss', [issuer.issuer]],
        ['sub', ['alice']],
        ['aud', [CLIENT]],
        ['iat', [String(NOW_SECONDS)]],
        ['exp', [String(NOW_SECONDS + 600)]],
      ]),
    });
  });

  test.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])(
    'may be signed with %s',
    async (algorithm) => {
      const key = await createTestKey(`of-${algorithm}`, algorithm);
      issuer.keys = [key.publicJwk];
      expect((await verify(await sign({}, {}, key))).subject).toBe('alice');
    },
  );

  test.each(['PS256', 'EdDSA'])('may not be signed with %s', async (algorithm) => {
    const key = await createTestKey(`of-${algorithm}`, algorithm);
    issuer.keys = [key.publicJwk];
    expect(await refusal(sign({}, {}, key))).toBe('malformed');
  });

  test('names its issuer before anything is proven', async () => {
    expect(readIssuer(await sign())).toBe(issuer.issuer);
  });
});

describe('confusion of algorithms', () => {
  test('a token that is signed with the public key as an HMAC secret is refused', async () => {
    const pem = createPublicKey({ key: rsaKey.publicJwk as never, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    for (const secret of [pem, JSON.stringify(rsaKey.publicJwk), rsaKey.publicJwk.n ?? '']) {
      const body = `${encode({ alg: 'HS256', kid: 'rsa-1', typ: 'JWT' })}.${encode({ iss: issuer.issuer, ...CLAIMS })}`;
      const signature = createHmac('sha256', secret).update(body).digest('base64url');
      expect(await refusal(`${body}.${signature}`)).toBe('malformed');
    }
  });

  test.each(['none', 'None', 'NONE', '', 'rs256', 'HS512', 'RSA-OAEP', 7, null, ['RS256']])(
    'alg %p is refused',
    async (alg) => {
      const body = `${encode({ alg, kid: 'rsa-1' })}.${encode({ iss: issuer.issuer, ...CLAIMS })}`;
      expect(await refusal(`${body}.c2ln`)).toBe('malformed');
      expect(await refusal(`${body}.`)).toBe('malformed');
    },
  );

  test('a token without a signature is refused, whatever its header says', async () => {
    const [header = '', claims = ''] = (await sign()).split('.');
    expect(await refusal(`${header}.${claims}.`)).toBe('malformed');
  });

  test('an RSA key confirms no token that says ES256, nor one of another hash than the key is for', async () => {
    const token = await issuer.sign(ecKey, CLAIMS, { kid: 'rsa-1' });
    expect(await refusal(token)).toBe('unknownKey');
    const other = await createTestKey('rsa-1', 'RS512');
    expect(await refusal(issuer.sign(other, CLAIMS, { kid: 'rsa-1' }))).toBe('unknownKey');
  });

  test('a symmetric key in the key set verifies nothing', async () => {
    issuer.keys = [{ kty: 'oct', k: encode('secret'), kid: 'ec-1', alg: 'HS256' }];
    expect(await refusal(sign())).toBe('unknownKey');
  });
});

describe('the key of a token', () => {
  test.each(['', '../../etc/passwd', 'ec-1\u0000', 'EC-1', 'ec-1 ', "' OR 1=1", '__proto__'])(
    'kid %p is no key of the issuer',
    async (kid) => {
      expect(await refusal(sign({}, { kid }))).toBe('unknownKey');
    },
  );

  test('a token that names no key is refused, and one whose kid is no text', async () => {
    expect(await refusal(sign({}, { kid: undefined }))).toBe('unknownKey');
    const [, claims = '', signature = ''] = (await sign()).split('.');
    for (const kid of [1, null, ['ec-1'], { a: 1 }]) {
      const header = encode({ alg: 'ES256', kid });
      expect(await refusal(`${header}.${claims}.${signature}`)).toBe('unknownKey');
    }
  });

  test('two keys of one id and kind confirm nothing; of two kinds, the fitting one does', async () => {
    const twin = await createTestKey('ec-1', 'ES256');
    issuer.keys = [ecKey.publicJwk, twin.publicJwk];
    expect(await refusal(sign())).toBe('unknownKey');
    const rsaTwin = await createTestKey('ec-1', 'RS256');
    issuer.keys = [ecKey.publicJwk, rsaTwin.publicJwk];
    expect(await refusal(sign())).toBeUndefined();
  });

  test('keys that the token brings along, or names by an address, are never used', async () => {
    const own = await createTestKey('ec-1', 'ES256');
    const evil = { jwk: own.publicJwk, jku: `${issuer.issuer}/evil`, x5u: `${issuer.issuer}/evil` };
    expect(await refusal(issuer.sign(own, CLAIMS, evil))).toBe('signature');
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    // The issuer's own token may carry them: they are not read.
    expect(await refusal(sign({}, evil))).toBeUndefined();
  });

  test.each([
    ['for encryption', { use: 'enc' }],
    ['for other operations', { key_ops: ['sign'] }],
    ['for another algorithm', { alg: 'ES384' }],
    ['without an id', { kid: undefined }],
    ['of another curve', { crv: 'secp256k1' }],
    ['without a coordinate', { y: undefined }],
  ])('a key %s confirms nothing', async (_name, changed) => {
    issuer.keys = [{ ...ecKey.publicJwk, ...changed }];
    expect(await refusal(sign())).toBe('unknownKey');
  });

  test('a key that is not on its curve, or an RSA key of 1024 bits, confirms nothing', async () => {
    issuer.keys = [{ ...ecKey.publicJwk, y: ecKey.publicJwk.x ?? '' }];
    expect(await refusal(sign())).toBe('signature');
    issuer.keys = [{ ...rsaKey.publicJwk, n: (rsaKey.publicJwk.n ?? '').slice(0, 171) }];
    expect(await refusal(sign({}, {}, rsaKey))).toBe('signature');
  });

  test('a modulus of more than 8192 bits is not used at all', async () => {
    issuer.keys = [{ ...rsaKey.publicJwk, n: 'A'.repeat(1367) }];
    expect(await refusal(sign({}, {}, rsaKey))).toBe('unknownKey');
  });

  test('another issuer’s key of the same id confirms nothing', async () => {
    const stranger = await createTestKey('ec-1', 'ES256');
    expect(await refusal(issuer.sign(stranger, CLAIMS))).toBe('signature');
  });
});

describe('every byte of a token counts', () => {
  test('a token with any one character changed is refused', async () => {
    const tokens = createTokens();
    const token = await sign();
    await expect(tokens.verify(token, provider())).resolves.toBeDefined();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let index = 0; index < token.length; index += 1) {
      const character = token.charAt(index);
      const other =
        character === '.' ? 'A' : alphabet.charAt((alphabet.indexOf(character) + 1) % 64);
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      await expect(tokens.verify(changed, provider())).rejects.toBeInstanceOf(TokenRefused);
    }
  });

  test.each(['=', ' ', '\n', '%', '+', '.', '\u0000', 'é'])(
    'a token with %p inside or behind it is refused',
    async (extra) => {
      const token = await sign();
      for (const at of [0, 5, token.indexOf('.') + 3, token.length - 3, token.length]) {
        expect(await refusal(token.slice(0, at) + extra + token.slice(at))).toBe('malformed');
      }
    },
  );

  test('a member that stands twice is refused, though both readers might take the same', async () => {
    const [header = '', , signature = ''] = (await sign()).split('.');
    const claims = JSON.stringify({ iss: issuer.issuer, ...CLAIMS });
    const twice = claims.replace('"sub":"alice"', '"sub":"alice","sub":"root"');
    expect(await refusal(`${header}.${encode(twice)}.${signature}`)).toBe('malformed');
    const escaped = claims.replace('"sub":"alice"', '"sub":"alice","s\\u0075b":"root"');
    expect(await refusal(`${header}.${encode(escaped)}.${signature}`)).toBe('malformed');
    const doubled = '{"alg":"ES256","kid":"ec-1","kid":"ec-1"}';
    expect(await refusal(`${encode(doubled)}.${encode(claims)}.${signature}`)).toBe('malformed');
  });

  test('an encrypted token is refused, also where a good one is inside', async () => {
    const inner = await sign();
    const secret = new Uint8Array(32);
    const token = await new CompactEncrypt(new TextEncoder().encode(inner))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT', kid: 'ec-1' })
      .encrypt(secret);
    expect(token.split('.')).toHaveLength(5);
    expect(await refusal(token)).toBe('malformed');
  });

  test('a token is refused for its length before anything is read', async () => {
    expect(await refusal(`${'a'.repeat(20_000)}.b.c`)).toBe('malformed');
    expect(await refusal(sign({ filler: 'x'.repeat(15_500) }))).toBe('malformed');
    expect(await refusal(`${encode({ alg: 'ES256', kid: 'k'.repeat(4000) })}.e30.c2ln`)).toBe(
      'malformed',
    );
    expect(issuer.requests).toEqual([]);
  });

  test('claims that are nested without end are refused', async () => {
    const [header = '', , signature = ''] = (await sign()).split('.');
    const deep = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect(await refusal(`${header}.${encode(deep)}.${signature}`)).toBe('malformed');
  });

  test.each(['', '.', '..', '...', 'a.b', 'a.b.c.d', '{}', 'null.null.null', 'Bearer'])(
    '%p is no token',
    async (text) => {
      expect(await refusal(text)).toBe('malformed');
    },
  );

  test.each([{ crit: ['exp'] }, { b64: false, crit: ['b64'] }, { zip: 'DEF' }, { enc: 'A256GCM' }])(
    'a header with %p is refused',
    async (extra) => {
      const [, claims = '', signature = ''] = (await sign()).split('.');
      const header = encode({ alg: 'ES256', kid: 'ec-1', ...extra });
      expect(await refusal(`${header}.${claims}.${signature}`)).toBe('malformed');
    },
  );

  test.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 1])(
    'a token of type %p is no identity',
    async (typ) => {
      expect(await refusal(sign({}, { typ }))).toBe('malformed');
    },
  );
});

describe('the issuer', () => {
  test.each([
    ['with a slash at its end', () => `${issuer.issuer}/`],
    ['in another case', () => issuer.issuer.toUpperCase()],
    ['over https', () => `https://${issuer.url}`],
    ['without its scheme', () => issuer.url],
    ['with a query', () => `${issuer.issuer}?a`],
    ['with a path', () => `${issuer.issuer}/x`],
    ['of somebody else', () => 'https://evil.example'],
    ['in a list', () => [issuer.issuer]],
    ['in a list beside another', () => ['https://evil.example', issuer.issuer]],
    ['as an object', () => ({ a: issuer.issuer })],
    ['that is missing', () => undefined],
    ['that is empty', () => ''],
  ])('%s is refused', async (_name, iss) => {
    expect(await refusal(sign({ iss: iss() }))).toBe('issuer');
    expect(issuer.requests).toEqual([]);
  });
});

describe('the audience', () => {
  test('a provider without clients takes no token', async () => {
    expect(await refusal(sign(), [])).toBe('audience');
  });

  test.each([
    ['another client', 'other'],
    ['another case', CLIENT.toUpperCase()],
    ['nobody', []],
    ['an empty name', ''],
    ['strangers', ['a', 'b']],
  ])('a token for %s is refused', async (_name, aud) => {
    expect(await refusal(sign({ aud }))).toBe('audience');
  });

  test.each([undefined, 7, null, { a: CLIENT }, [CLIENT, 7], [[CLIENT]]])(
    'an audience of %p is refused',
    async (aud) => {
      expect(await refusal(sign({ aud }))).toBe('claims');
    },
  );

  test('one of several audiences is enough, and only ours count', async () => {
    const identity = await verify(await sign({ aud: ['stranger', CLIENT] }));
    expect(identity.audience).toBe(CLIENT);
    expect(identity.conditions).toEqual({ sub: 'alice', aud: CLIENT });
    const both = await verify(await sign({ aud: ['b', 'x', 'a'] }), ['a', 'b']);
    expect(both.conditions).toEqual({ sub: 'alice', aud: ['b', 'a'] });
  });

  test('the authorized party is the audience where there is one', async () => {
    const identity = await verify(await sign({ aud: 'their-api', azp: CLIENT }));
    expect(identity.audience).toBe(CLIENT);
    expect(identity.conditions).toEqual({
      sub: 'alice',
      aud: CLIENT,
      azp: CLIENT,
      oaud: 'their-api',
    });
    expect(await refusal(sign({ aud: CLIENT, azp: 'stranger' }))).toBe('audience');
    expect(await refusal(sign({ aud: CLIENT, azp: [CLIENT] }))).toBe('claims');
    expect(await refusal(sign({ aud: CLIENT, azp: '' }))).toBe('audience');
  });
});

describe('the times', () => {
  test.each([
    ['in the last second of its tolerance', { exp: NOW_SECONDS - 299 }, undefined],
    ['at the end of its tolerance', { exp: NOW_SECONDS - 300 }, 'expired'],
    ['long ago', { exp: 1 }, 'expired'],
    ['that never ends', { exp: undefined }, 'claims'],
    ['of a text', { exp: String(NOW_SECONDS + 600) }, 'claims'],
    ['of a fraction', { exp: NOW_SECONDS + 0.5 }, 'claims'],
    ['of the year 33658', { exp: 1e15 }, 'claims'],
    ['below zero', { exp: -1 }, 'claims'],
    ['of null', { exp: null }, 'claims'],
  ] as const)('exp %s: %p', async (_name, claims, expected) => {
    expect(await refusal(sign(claims))).toBe(expected);
  });

  test.each([
    ['iat within the tolerance', { iat: NOW_SECONDS + 300 }, undefined],
    ['iat beyond it', { iat: NOW_SECONDS + 301 }, 'claims'],
    ['no iat', { iat: undefined }, 'claims'],
    ['nbf within the tolerance', { nbf: NOW_SECONDS + 300 }, undefined],
    ['nbf beyond it', { nbf: NOW_SECONDS + 301 }, 'claims'],
    ['nbf of a text', { nbf: 'now' }, 'claims'],
  ] as const)('%s: %p', async (_name, claims, expected) => {
    expect(await refusal(sign(claims))).toBe(expected);
  });
});

describe('the claims', () => {
  test.each([undefined, '', 7, null, ['alice'], 'x'.repeat(1001)])(
    'a subject of %p is refused',
    async (sub) => {
      expect(await refusal(sign({ sub }))).toBe('claims');
    },
  );

  test('no claim but the listed ones becomes a condition', async () => {
    const identity = await verify(
      await sign({
        'aws:PrincipalTag/admin': 'true',
        'sts:ExternalId': 'x',
        email: 'root@example.com',
        ['__proto__']: { polluted: true },
        amr: ['mfa', 'pwd'],
      }),
    );
    expect(identity.conditions).toEqual({ sub: 'alice', aud: CLIENT, amr: ['mfa', 'pwd'] });
  });

  test('tags come nested or flat, with their transitive keys and the source identity', async () => {
    const identity = await verify(
      await sign({
        'https://aws.amazon.com/tags': {
          principal_tags: { Project: ['Automation'], Team: 'blue' },
          transitive_tag_keys: ['Project'],
        },
        'https://aws.amazon.com/tags/principal_tags/CostCenter': '7',
        'https://aws.amazon.com/source_identity': 'alice',
      }),
    );
    expect(identity).toMatchObject({
      tags: [
        { Key: 'Project', Value: 'Automation' },
        { Key: 'Team', Value: 'blue' },
        { Key: 'CostCenter', Value: '7' },
      ],
      transitiveTagKeys: ['Project'],
      sourceIdentity: 'alice',
    });
  });

  test.each([
    { 'https://aws.amazon.com/tags': 'x' },
    { 'https://aws.amazon.com/tags': { principal_tags: ['x'] } },
    { 'https://aws.amazon.com/tags': { principal_tags: { a: ['x', 'y'] } } },
    { 'https://aws.amazon.com/tags': { principal_tags: { a: [] } } },
    { 'https://aws.amazon.com/tags': { principal_tags: { a: 7 } } },
    { 'https://aws.amazon.com/tags': { transitive_tag_keys: { a: 1 } } },
    { 'https://aws.amazon.com/tags/principal_tags/a': { b: 'c' } },
    { 'https://aws.amazon.com/source_identity': ['alice'] },
    { amr: { a: 1 } },
  ])('%j is refused, not passed over', async (claims) => {
    expect(await refusal(sign(claims))).toBe('claims');
  });
});
