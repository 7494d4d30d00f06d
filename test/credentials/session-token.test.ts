import fc from 'fast-check';
import { seal } from '../../lambdas/credentials/sealed-box';
import type { SessionClaims } from '../../lambdas/credentials/session-claims';
import { MAX_SESSION_TOKEN_LENGTH, SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { deploy } from './test-data-keys';

const CLAIMS: SessionClaims = {
  kind: 'role',
  accountId: '123456789012',
  principalId: 'AROAEXAMPLEEXAMPLEEXA',
  sessionName: 'alice',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE22',
  secretAccessKey: 'secretsecretsecretsecretsecretsecretsecr',
  issuedAt: 1_700_000_000,
  expiresAt: 1_700_003_600,
  tags: [{ Key: 'team', Value: 'blue' }],
  transitiveTagKeys: ['team'],
  isChained: false,
  context: { 'idp.example.com:sub': 'alice', 'idp.example.com:amr': ['pwd', 'otp'] },
};

const NOW = 1_700_000_000_000;

const tokensOf = (deployment = deploy()): SessionTokens => new SessionTokens(deployment.dataKeys);

/** A token that says whatever `claims` are, sealed as the real ones are. */
async function forge(claims: unknown, form = 0): Promise<{ tokens: SessionTokens; token: string }> {
  const { dataKeys } = deploy();
  const plaintext = Buffer.concat([Buffer.of(form), Buffer.from(JSON.stringify(claims))]);
  const box = await seal(dataKeys, 'session', plaintext, ['session token']);
  return { tokens: new SessionTokens(dataKeys), token: Buffer.from(box).toString('base64url') };
}

describe('a session token', () => {
  test('says what it was sealed with', async () => {
    const tokens = tokensOf();
    expect(await tokens.open(await tokens.seal(CLAIMS))).toEqual(CLAIMS);
  });

  test('says it with any policies and tags, small or large', async () => {
    const tokens = tokensOf();
    const text = fc.string({ minLength: 1, maxLength: 200 });
    const policies = fc.record({
      inline: fc.string({ minLength: 1, maxLength: 2048 }),
      managed: fc.array(fc.record({ AccountId: text, PolicyId: text, PolicyArn: text })),
    });
    const tags = fc.array(fc.record({ Key: text, Value: fc.string({ maxLength: 100 }) }));
    await fc.assert(
      fc.asyncProperty(policies, tags, async (policy, tag) => {
        const claims = JSON.parse(
          JSON.stringify({ ...CLAIMS, policies: policy, tags: tag }),
        ) as SessionClaims;
        const sealed = await tokens.seal(claims).catch((error: unknown) => error);
        if (sealed instanceof RangeError) return;
        expect(String(sealed).length).toBeLessThanOrEqual(MAX_SESSION_TOKEN_LENGTH);
        expect(await tokens.open(String(sealed))).toEqual(claims);
      }),
      { numRuns: 50 },
    );
  });

  test('does not open with any byte changed, added or left out', async () => {
    const tokens = tokensOf();
    const token = await tokens.seal(CLAIMS);
    const bytes = Buffer.from(token, 'base64url');
    for (let index = 0; index < bytes.byteLength; index += 1) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(index) ^ bit, index);
        expect(await tokens.open(changed.toString('base64url'))).toBeUndefined();
      }
    }
    for (let length = 0; length < bytes.byteLength; length += 1) {
      expect(await tokens.open(bytes.subarray(0, length).toString('base64url'))).toBeUndefined();
    }
    expect(await tokens.open(Buffer.concat([bytes, Buffer.of(0)]).toString('base64url'))).toBe(
      undefined,
    );
  });

  test('has one text: padding, spaces and other letters of base64 are no token', async () => {
    const tokens = tokensOf();
    const token = await tokens.seal(CLAIMS);
    const others = [`${token}=`, ` ${token}`, `${token}\n`, `${token}A`, token.toLowerCase(), ''];
    for (const other of others) expect(await tokens.open(other)).toBeUndefined();
  });

  test('is none in another deployment, and no other sealed thing is one', async () => {
    const deployment = deploy();
    const tokens = tokensOf(deployment);
    const token = await tokens.seal(CLAIMS);
    expect(await tokensOf().open(token)).toBeUndefined();
    for (const purpose of ['secret', 'marker', 'bearer', 'refresh'] as const) {
      const text = Buffer.concat([Buffer.of(0), Buffer.from(JSON.stringify(CLAIMS))]);
      const box = await seal(deployment.dataKeys, purpose, text, ['session token']);
      expect(await tokens.open(Buffer.from(box).toString('base64url'))).toBeUndefined();
    }
    expect(await createBearerTokens(deployment.dataKeys).open(`pts_${token}`)).toBeUndefined();
  });

  test('opens after the keys were rotated, here and in another function', async () => {
    const deployment = deploy();
    const tokens = tokensOf(deployment);
    const token = await tokens.seal(CLAIMS);
    await deployment.dataKeys.rotate();
    expect(await tokens.open(token)).toEqual(CLAIMS);
    expect(await new SessionTokens(deployment.another()).open(token)).toEqual(CLAIMS);
    const next = await tokens.seal(CLAIMS);
    expect(Buffer.from(next, 'base64url').readUInt32BE(1)).toBe(2);
    expect(await new SessionTokens(deployment.another()).open(next)).toEqual(CLAIMS);
  });

  test('is as long as it was asked to be', async () => {
    const tokens = tokensOf();
    for (const minimum of [0, 1000, 4096]) {
      const token = await tokens.seal(CLAIMS, minimum);
      expect(token.length).toBeGreaterThanOrEqual(minimum);
      expect(await tokens.open(token)).toEqual(CLAIMS);
    }
    const tags = Array.from({ length: 40 }, (_, index) => ({
      Key: `key-${index}`,
      Value: 'x'.repeat(60),
    }));
    const large = await tokens.seal({ ...CLAIMS, tags }, 4096);
    expect(large.length).toBeGreaterThanOrEqual(4096);
    expect(await tokens.open(large)).toMatchObject({ tags });
  });

  test('is not made longer than the headers of a request have room for', async () => {
    const tags = Array.from({ length: 500 }, (_, index) => ({
      Key: `key-${index}`,
      Value: String(Math.sin(index)),
    }));
    await expect(tokensOf().seal({ ...CLAIMS, tags })).rejects.toThrow(RangeError);
  });

  test('is not looked at where it is too long', async () => {
    const deployment = deploy();
    const tokens = tokensOf(deployment);
    const token = await tokens.seal(CLAIMS);
    expect(await tokens.open(token + 'A'.repeat(MAX_SESSION_TOKEN_LENGTH))).toBeUndefined();
  });
});

describe('claims that are not exactly a session’s', () => {
  const { kind: _kind, ...withoutKind } = CLAIMS;
  test.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [CLAIMS]],
    ['a member missing', withoutKind],
    ['a member too many', { ...CLAIMS, isAdministrator: true }],
    ['another kind', { ...CLAIMS, kind: 'bearer' }],
    ['an account that is none', { ...CLAIMS, accountId: '12345678901' }],
    ['no principal', { ...CLAIMS, principalId: '' }],
    ['an end that is no time', { ...CLAIMS, expiresAt: null }],
    ['an end that is text', { ...CLAIMS, expiresAt: '1700003600' }],
    ['an end before time began', { ...CLAIMS, expiresAt: -1 }],
    ['policies that are null', { ...CLAIMS, policies: null }],
    ['policies without their list', { ...CLAIMS, policies: {} }],
    ['an inline policy that is empty', { ...CLAIMS, policies: { inline: '', managed: [] } }],
    ['an inline policy that is no text', { ...CLAIMS, policies: { inline: {}, managed: [] } }],
    ['tags that are none', { ...CLAIMS, tags: [{ Key: 'team' }] }],
    ['a role session without a name', { ...CLAIMS, sessionName: undefined }],
    ['a user session with a name', { ...CLAIMS, kind: 'user' }],
    ['a key of AWS in the context', { ...CLAIMS, context: { 'aws:PrincipalTag/a': 'b' } }],
    ['the same in other letters', { ...CLAIMS, context: { 'AWS:username': 'b' } }],
    ['a key of STS in the context', { ...CLAIMS, context: { 'sts:ExternalId': 'b' } }],
    ['a key of IAM in the context', { ...CLAIMS, context: { 'iam:PolicyARN': 'b' } }],
    ['a number in the context', { ...CLAIMS, context: { 'idp:x': 1 } }],
  ])('are no session, and are not sealed: %s', async (_name, claims) => {
    const { tokens, token } = await forge(claims);
    expect(await tokens.open(token)).toBeUndefined();
    await expect(tokens.seal(claims as never)).rejects.toThrow(TypeError);
  });

  test('are read where nothing is wrong with them, whatever form they were sealed in', async () => {
    const { tokens, token } = await forge(CLAIMS);
    expect(await tokens.open(token)).toEqual(CLAIMS);
    const unknownForm = await forge(CLAIMS, 7);
    expect(await unknownForm.tokens.open(unknownForm.token)).toBeUndefined();
  });
});

describe('a token with an access key id', () => {
  test('is a session only with its own', async () => {
    const tokens = tokensOf();
    const token = await tokens.seal(CLAIMS);
    expect(await tokens.openFor(CLAIMS.accessKeyId, token, NOW)).toEqual(CLAIMS);
    expect(await tokens.openFor('ASIAOTHEROTHEROTHER2', token, NOW)).toBeUndefined();
    expect(await tokens.openFor('AKIAEXAMPLEEXAMPLE22', token, NOW)).toBeUndefined();
  });

  test('is over at its end, to the millisecond', async () => {
    const tokens = tokensOf();
    const token = await tokens.seal(CLAIMS);
    const end = CLAIMS.expiresAt * 1000;
    expect(await tokens.openFor(CLAIMS.accessKeyId, token, end - 1)).toEqual(CLAIMS);
    for (const now of [end, end + 1, Number.NaN]) {
      await expect(tokens.openFor(CLAIMS.accessKeyId, token, now)).rejects.toMatchObject({
        code: 'ExpiredToken',
        message: 'The security token included in the request is expired',
      });
    }
  });
});
