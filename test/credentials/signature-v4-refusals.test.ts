import fc from 'fast-check';

import { SigningKeyCache } from '../../lambdas/credentials/signing-key-cache';
import type { HttpRequest } from '../../lambdas/protocol/http';
import {
  ACCESS_KEY_ID,
  header,
  KEY,
  NOW,
  presign,
  refusal,
  sign,
  verify,
  withHeader,
  withParameter,
} from './signing';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const mismatch = {
  code: 'SignatureDoesNotMatch',
  message:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
};

const post = {
  method: 'POST',
  path: '/prod/orders',
  query: { a: '1' },
  headers: { 'content-type': 'application/json', 'x-amz-meta': 'm' },
  body: '{"a":1}',
};

const withAuthorization = (request: HttpRequest, change: (value: string) => string) =>
  withHeader(request, 'authorization', change(header(request, 'authorization')));

const parameter = (request: HttpRequest, name: string): string =>
  request.query.find(([other]) => other === name)?.[1] ?? '';

describe('a request without a signature', () => {
  test('is missing its token', async () => {
    const request = withHeader(await sign(post), 'authorization');
    expect(await refusal(request)).toEqual({
      code: 'MissingAuthenticationToken',
      message: 'Request is missing Authentication Token',
    });
  });

  test('is not helped by a session token', async () => {
    const request = withHeader(await sign(post, { sessionToken: 'token' }), 'authorization');
    expect((await refusal(request)).code).toBe('MissingAuthenticationToken');
  });
});

describe('a signature in two places is refused', () => {
  test('in header and query', async () => {
    const presigned = await presign(post);
    const signed = await sign(post);
    const both = withHeader(presigned, 'authorization', header(signed, 'authorization'));
    expect((await refusal(both)).code).toBe('SignatureDoesNotMatch');
  });

  test('in two Authorization headers', async () => {
    const request = await sign(post);
    const value = header(request, 'authorization');
    expect((await refusal(withHeader(request, 'authorization', value, value))).code).toBe(
      'IncompleteSignature',
    );
  });

  test.each([
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
  ])('in two parameters %s', async (name) => {
    const request = await presign(post);
    const value = parameter(request, name);
    const twice = { ...request, query: [...request.query, [name, value] as const] };
    expect((await refusal(twice)).code).toBe('IncompleteSignature');
  });

  test.each(['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'])(
    'in two headers %s',
    async (name) => {
      const request = await sign(post, { sessionToken: 'token' });
      const value = header(request, name);
      expect((await refusal(withHeader(request, name, value, value))).code).toBe(
        'IncompleteSignature',
      );
    },
  );

  test.each(['Credential', 'SignedHeaders', 'Signature'])('in two fields %s', async (field) => {
    const request = withAuthorization(await sign(post), (value) => `${value}, ${field}=x`);
    expect((await refusal(request)).code).toBe('IncompleteSignature');
  });

  test('a host given twice', async () => {
    const request = await sign(post);
    const twice = withHeader(request, 'host', 'api.example.com', 'api.example.com');
    expect((await refusal(twice)).code).toBe('SignatureDoesNotMatch');
  });
});

describe('an incomplete signature', () => {
  test('lists all that its header lacks', async () => {
    const request = withHeader(await sign(post), 'authorization', 'AWS4-HMAC-SHA256 ');
    expect(await refusal(withHeader(request, 'x-amz-date'))).toEqual({
      code: 'IncompleteSignature',
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    });
  });

  test('lists all that its query lacks', async () => {
    const request = await presign(post);
    const only = {
      ...request,
      query: request.query.filter(([name]) => name === 'X-Amz-Algorithm'),
    };
    expect(await refusal(only)).toEqual({
      code: 'IncompleteSignature',
      message:
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. " +
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. " +
        'Re-examine the query-string parameters.',
    });
  });

  test.each(['AWS4-HMAC-SHA512', 'aws4-hmac-sha256', 'AWS4-ECDSA-P256-SHA256', 'Bearer'])(
    'names the algorithm %s, which is not supported',
    async (algorithm) => {
      const inHeader = withAuthorization(await sign(post), (value) =>
        value.replace('AWS4-HMAC-SHA256', algorithm),
      );
      const inQuery = withParameter(await presign(post), 'X-Amz-Algorithm', algorithm);
      for (const request of [inHeader, inQuery]) {
        expect(await refusal(request)).toEqual({
          code: 'IncompleteSignature',
          message: `Unsupported AWS 'algorithm': '${algorithm}'.`,
        });
      }
    },
  );

  test('has a field that is not a pair', async () => {
    const request = withAuthorization(await sign(post), (value) => `${value}, x`);
    expect((await refusal(request)).code).toBe('IncompleteSignature');
  });

  test.each([
    ['four parts', 'AKIDEXAMPLE/20261122/us-east-1/iam'],
    ['six parts', 'AKIDEXAMPLE/20261122/us-east-1/iam/aws4_request/x'],
    ['an empty region', 'AKIDEXAMPLE/20261122//iam/aws4_request'],
  ])('has a credential of %s', async (_name, credential) => {
    const request = withAuthorization(await sign(post), (value) =>
      value.replace(/Credential=[^,]*/, `Credential=${credential}`),
    );
    expect(await refusal(request)).toEqual({
      code: 'IncompleteSignature',
      message: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    });
  });

  test.each([
    '2026-11-22T01:30:00Z',
    '20261122T013000',
    '20261122',
    '20260230T013000Z',
    '20260022T013000Z',
    '20261322T013000Z',
    '20261122T013060Z',
    '20261122T246000Z',
    'Sun, 22 Nov 2026 01:30:00 GMT',
    '20261122T013000Z ',
  ])('has the date %s', async (date) => {
    expect(await refusal(withHeader(await sign(post), 'x-amz-date', date))).toEqual({
      code: 'IncompleteSignature',
      message: `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    });
  });

  test.each(['0', '604801', '-1', '1.5', '', 'x', '9999999'])(
    'asks for %s seconds',
    async (seconds) => {
      const request = withParameter(await presign(post), 'X-Amz-Expires', seconds);
      expect((await refusal(request)).code).toBe('IncompleteSignature');
    },
  );
});

describe('the clock', () => {
  test.each([
    ['14:59 ago', -15 * MINUTE + SECOND],
    ['15:00 ago', -15 * MINUTE],
    ['in 14:59', 15 * MINUTE - SECOND],
    ['in 15:00', 15 * MINUTE],
  ])('a request signed %s is accepted', async (_name, offset) => {
    await expect(verify(await sign(post, { signedAt: NOW + offset }))).resolves.toBeDefined();
  });

  test('a request signed 15:01 ago has expired', async () => {
    expect(await refusal(await sign(post, { signedAt: NOW - 15 * MINUTE - SECOND }))).toEqual({
      code: 'SignatureDoesNotMatch',
      message:
        'Signature expired: 20261122T011459Z is now earlier than 20261122T011500Z (20261122T013000Z - 15 min.)',
    });
  });

  test('a request signed in 15:01 is not yet current', async () => {
    expect(await refusal(await sign(post, { signedAt: NOW + 15 * MINUTE + SECOND }))).toEqual({
      code: 'SignatureDoesNotMatch',
      message:
        'Signature not yet current: 20261122T014501Z is still later than 20261122T014500Z (20261122T013000Z + 15 min.)',
    });
  });

  test.each([
    [60, 60, true],
    [60, 61, false],
    [900, 900, true],
    [900, 901, false],
    [604_800, 900, true],
    [604_800, 901, false],
  ])('presigned for %d s and %d s old: %p', async (expiresSeconds, age, accepted) => {
    const request = await presign(post, { expiresSeconds, signedAt: NOW - age * SECOND });
    await (accepted
      ? expect(verify(request)).resolves.toBeDefined()
      : expect(verify(request)).rejects.toMatchObject({
          code: 'SignatureDoesNotMatch',
          message: expect.stringContaining('Signature expired') as string,
        }));
  });

  test('presigned requests are valid for longer where that is configured', async () => {
    const request = await presign(post, { expiresSeconds: 7200, signedAt: NOW - 7199 * SECOND });
    const options = { maximumPresignedSeconds: 86_400 };
    await expect(verify(request, options)).resolves.toBeDefined();
    const later = await presign(post, { expiresSeconds: 7200, signedAt: NOW - 7201 * SECOND });
    expect((await refusal(later, options)).message).toContain('- 120 min.)');
  });
});

describe('the scope', () => {
  test('of another service is refused', async () => {
    expect(await refusal(await sign(post, { service: 's3' }))).toEqual({
      code: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to correct service: 'iam'.",
    });
  });

  test('of any region is accepted where none is configured', async () => {
    const request = await sign(post, { region: 'aws-global' });
    await expect(verify(request)).resolves.toMatchObject({ region: 'aws-global' });
    await expect(verify(request, { regions: ['aws-global'] })).resolves.toBeDefined();
    expect(await refusal(request, { regions: ['eu-west-1'] })).toEqual({
      code: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to a valid region, not 'aws-global'.",
    });
  });

  test('lists all that is wrong with it', async () => {
    const request = withAuthorization(await sign(post, { service: 's3' }), (value) =>
      value.replace('/20261122/', '/20261121/').replace('aws4_request', 'aws4'),
    );
    expect((await refusal(request)).message).toBe(
      "Credential should be scoped to correct service: 'iam'. " +
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'. " +
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261121' != '20261122', from '20261122T013000Z'.",
    );
  });
});

describe('signed headers', () => {
  const listed = (request: HttpRequest, change: (names: string) => string) =>
    withAuthorization(request, (value) =>
      value.replace(
        /SignedHeaders=([^,]*)/,
        (_all, names: string) => `SignedHeaders=${change(names)}`,
      ),
    );

  test('without host are refused', async () => {
    const request = listed(await sign(post), (names) => names.replace('host;', ''));
    expect(await refusal(request)).toEqual({
      code: 'SignatureDoesNotMatch',
      message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });

  test.each(['x-absent', 'Host', '', '__proto__'])('that list %j are refused', async (name) => {
    const request = listed(await sign(post), (names) => `${names};${name}`);
    expect((await refusal(request)).code).toBe('SignatureDoesNotMatch');
  });

  test('that list one twice are refused', async () => {
    const request = listed(await sign(post), (names) => `${names};host`);
    expect((await refusal(request)).code).toBe('SignatureDoesNotMatch');
  });

  test.each(['x-amz-security-token', 'x-amz-acl', 'x-amz-content-sha256'])(
    'without the header %s, which the request has, are refused',
    async (name) => {
      const request = withHeader(
        await sign({}, { applyChecksum: false }),
        name,
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      );
      expect(await refusal(request)).toEqual({
        code: 'SignatureDoesNotMatch',
        message: `The header '${name}' must be signed.`,
      });
    },
  );

  test('need not have those which the gateway or an HTTP library adds', async () => {
    let request = await sign({ method: 'POST', body: 'x' });
    for (const name of ['x-amz-cf-id', 'x-amzn-trace-id', 'content-type', 'user-agent']) {
      request = withHeader(request, name, 'added');
    }
    await expect(verify(request)).resolves.toBeDefined();
  });

  test('with content-length hold where the gateway has dropped that header', async () => {
    const request = await sign({ ...post, headers: { 'content-length': '7' } });
    const dropped = withHeader(request, 'content-length');
    await expect(verify(dropped)).resolves.toBeDefined();
    expect((await refusal({ ...dropped, body: undefined })).code).toBe('SignatureDoesNotMatch');
  });
});

describe('the body', () => {
  test('that is not the signed one is refused', async () => {
    const request = await sign(post, { applyChecksum: false });
    expect(await refusal({ ...request, body: Buffer.from('{"a":2}') })).toEqual(mismatch);
  });

  test('that does not have the hash of its header is refused', async () => {
    const request = await sign(post);
    expect(await refusal({ ...request, body: Buffer.from('{"a":2}') })).toEqual({
      code: 'SignatureDoesNotMatch',
      message: "The value of 'x-amz-content-sha256' is not the SHA-256 of the body.",
    });
  });

  test.each(['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', '', 'E3B0C442'])(
    'that is not covered (%j) is refused',
    async (hash) => {
      const request = await sign({ ...post, headers: { 'x-amz-content-sha256': hash } });
      for (const body of [request.body, undefined]) {
        expect((await refusal({ ...request, body })).code).toBe('SignatureDoesNotMatch');
      }
    },
  );

  test('that is not in the event must be covered by a signed hash', async () => {
    const covered = await sign(post);
    const verified = await verify({ ...covered, body: undefined });
    expect(verified.payloadHash).toBe(header(covered, 'x-amz-content-sha256'));
    const uncovered = await sign(post, { applyChecksum: false });
    expect(await refusal({ ...uncovered, body: undefined })).toEqual({
      code: 'IncompleteSignature',
      message: "A signed POST request must have the header 'x-amz-content-sha256', and sign it.",
    });
  });

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])(
    'of a %s is taken to be empty where it is not in the event',
    async (method) => {
      const request = await sign({ method }, { applyChecksum: false });
      await expect(verify({ ...request, body: undefined })).resolves.toBeDefined();
      const withBody = await sign({ method, body: 'x' }, { applyChecksum: false });
      expect(await refusal({ ...withBody, body: undefined })).toEqual(mismatch);
    },
  );

  test.each(['PUT', 'PATCH', 'get', 'PROPFIND'])(
    'of a %s is never taken to be empty',
    async (method) => {
      const request = await sign({ method }, { applyChecksum: false });
      expect((await refusal({ ...request, body: undefined })).code).toBe('IncompleteSignature');
    },
  );
});

describe('the key', () => {
  const unknown = {
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
  };

  test('that is not known is refused', async () => {
    const request = withAuthorization(await sign(post), (value) =>
      value.replace(ACCESS_KEY_ID, 'AKIDOTHER'),
    );
    expect(await refusal(request)).toEqual(unknown);
  });

  test('is asked for with the session token of the request', async () => {
    const asked: unknown[] = [];
    const findKey = (...parts: unknown[]) => {
      asked.push(parts);
      return Promise.resolve(KEY);
    };
    await verify(await sign(post, { sessionToken: 'token' }), { findKey });
    await verify(await presign(post, { sessionToken: 'token' }), { findKey });
    await verify(await sign(post), { findKey });
    expect(asked).toEqual([
      [ACCESS_KEY_ID, 'token'],
      [ACCESS_KEY_ID, 'token'],
      [ACCESS_KEY_ID, undefined],
    ]);
  });

  test('with an empty token, or with tokens in two places, is refused', async () => {
    const signed = await sign(post, { sessionToken: 'token' });
    expect(await refusal(withHeader(signed, 'x-amz-security-token', ''))).toEqual(unknown);
    const both = withParameter(signed, 'X-Amz-Security-Token', 'token');
    expect(await refusal(both)).toEqual(unknown);
    const presigned = await presign(post, { sessionToken: 'token' });
    expect(await refusal(withHeader(presigned, 'x-amz-security-token', 'token'))).toEqual(unknown);
  });

  test('is not looked up before everything else has been checked', async () => {
    const findKey = jest.fn(() => Promise.resolve(KEY));
    await refusal(await sign(post, { service: 's3' }), { findKey });
    await refusal(await sign(post, { signedAt: 0 }), { findKey });
    expect(findKey).not.toHaveBeenCalled();
  });

  test('whose lookup fails fails the verification with the same error', async () => {
    const outage = new Error('the store is down');
    await expect(verify(await sign(post), { findKey: () => Promise.reject(outage) })).rejects.toBe(
      outage,
    );
  });

  test.each([undefined, ''])('whose secret is %j is an error', async (secret) => {
    const findKey = () =>
      Promise.resolve({ ...KEY, readSecretAccessKey: () => secret as unknown as string });
    await expect(verify(await sign(post), { findKey })).rejects.toThrow(TypeError);
  });

  test('of another secret does not verify', async () => {
    expect(await refusal(await sign(post, { secretAccessKey: 'other' }))).toEqual(mismatch);
  });
});

describe('the cache of signing keys', () => {
  test('spares the secret, but never the lookup', async () => {
    const signingKeys = new SigningKeyCache();
    const readSecretAccessKey = jest.fn(KEY.readSecretAccessKey);
    const findKey = jest.fn(() => Promise.resolve({ ...KEY, readSecretAccessKey }));
    for (let time = 0; time < 3; time += 1) {
      await verify(await sign(post), { findKey, signingKeys });
    }
    expect(readSecretAccessKey).toHaveBeenCalledTimes(1);
    expect(findKey).toHaveBeenCalledTimes(3);
  });

  test('is not used for another version of the key', async () => {
    const signingKeys = new SigningKeyCache();
    const request = await sign(post);
    await verify(request, { signingKeys });
    const findKey = () =>
      Promise.resolve({ ...KEY, keyVersion: '2', readSecretAccessKey: () => 'another secret' });
    expect(await refusal(request, { signingKeys, findKey })).toEqual(mismatch);
  });

  test('is not filled by requests that do not verify', async () => {
    const signingKeys = new SigningKeyCache();
    await refusal(await sign(post, { secretAccessKey: 'other' }), { signingKeys });
    expect(signingKeys.size).toBe(0);
  });

  test('has at most as many entries as it is given, the oldest dropped first', async () => {
    const signingKeys = new SigningKeyCache(2);
    const readSecretAccessKey = jest.fn(KEY.readSecretAccessKey);
    const findKey = () => Promise.resolve({ ...KEY, readSecretAccessKey });
    const useRegion = async (region: string) =>
      verify(await sign(post, { region }), { findKey, signingKeys });
    for (const region of ['a', 'b', 'a', 'c', 'a', 'b']) {
      await useRegion(region);
    }
    expect(signingKeys.size).toBe(2);
    // a, b and c once; b again, which c had driven out.
    expect(readSecretAccessKey).toHaveBeenCalledTimes(4);
  });
});

describe('a change of anything that is signed is refused', () => {
  test('any byte of the signature', async () => {
    const request = await sign(post);
    const value = header(request, 'authorization');
    const start = value.indexOf('Signature=') + 'Signature='.length;
    for (let position = start; position < value.length; position += 1) {
      const other = value[position] === '0' ? '1' : '0';
      const changed = value.slice(0, position) + other + value.slice(position + 1);
      expect(await refusal(withHeader(request, 'authorization', changed))).toEqual(mismatch);
    }
    for (const changed of [
      value.slice(0, -1),
      `${value}0`,
      value.slice(0, start) + value.slice(start).toUpperCase(),
    ]) {
      expect(await refusal(withHeader(request, 'authorization', changed))).toEqual(mismatch);
    }
  });

  test('a signature that is cut off, right after the whole one held', async () => {
    const request = await sign(post);
    const value = header(request, 'authorization');
    await verify(request);
    for (const length of [0, 1, 32, 63]) {
      const cut = value.slice(0, value.indexOf('Signature=') + 'Signature='.length + length);
      const code = length === 0 ? 'IncompleteSignature' : 'SignatureDoesNotMatch';
      expect(await refusal(withHeader(request, 'authorization', cut))).toMatchObject({ code });
      await verify(request);
    }
  });

  test('any byte of the Authorization header', async () => {
    const request = await sign(post);
    const value = header(request, 'authorization');
    for (let position = 0; position < value.length; position += 1) {
      const changed = `${value.slice(0, position)}~${value.slice(position + 1)}`;
      await expect(verify(withHeader(request, 'authorization', changed))).rejects.toThrow();
    }
  });

  test.each(['host', 'x-amz-date', 'x-amz-meta', 'content-type', 'x-amz-content-sha256'])(
    'the header %s, or its absence',
    async (name) => {
      const request = await sign(post);
      const value = header(request, name);
      await expect(verify(withHeader(request, name, `${value}x`))).rejects.toThrow();
      await expect(verify(withHeader(request, name))).rejects.toThrow();
      await expect(verify(withHeader(request, name, value, 'x'))).rejects.toThrow();
    },
  );

  test.each<[string, Partial<HttpRequest>]>([
    ['the method', { method: 'PUT' }],
    ['the path', { path: '/prod/order' }],
    ['the case of the path', { path: '/prod/Orders' }],
    ['an encoded path', { path: '/prod%2Forders' }],
    ['a path that is encoded where it was not', { path: '/prod/%6Frders' }],
    ['a trailing slash', { path: '/prod/orders/' }],
    ['a query without its parameter', { query: [] }],
    ['a query with another value', { query: [['a', '2']] }],
    [
      'a query with one more parameter',
      {
        query: [
          ['a', '1'],
          ['b', ''],
        ],
      },
    ],
    [
      'a query with the parameter twice',
      {
        query: [
          ['a', '1'],
          ['a', '1'],
        ],
      },
    ],
    ['a query with name and value moved', { query: [['a=1', '']] }],
    ['the body', { body: Buffer.from('{"a":1} ') }],
    ['no body', { body: Buffer.from('') }],
  ])('%s', async (_name, change) => {
    await expect(verify({ ...(await sign(post)), ...change })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });

  test.each([
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
    'X-Amz-Security-Token',
    'X-Amz-Content-Sha256',
    'a',
  ])('the parameter %s, or its absence', async (name) => {
    const request = await presign(
      { ...post, method: 'GET', body: undefined },
      { sessionToken: 'token' },
    );
    for (const value of [`${parameter(request, name)}1`, undefined]) {
      const changed = withParameter(request, name, value);
      if (name !== 'X-Amz-Content-Sha256' || value !== undefined) {
        await expect(verify(changed)).rejects.toThrow();
      }
    }
  });

  test('the expected signature is never told', async () => {
    const request = await sign(post);
    const signature = header(request, 'authorization').slice(-64);
    const changed = withAuthorization(
      request,
      (value) => `${value.slice(0, -64)}${'0'.repeat(64)}`,
    );
    expect(JSON.stringify(await refusal(changed))).not.toContain(signature);
  });
});

const segment = fc.constantFrom(
  'a',
  'b',
  '.',
  '..',
  '',
  '%2F',
  '%20',
  '~',
  '+',
  'é',
  "'",
  '%E2%82%AC',
);
const plainRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
  query: fc.dictionary(
    // The client keeps its query in a plain object, which cannot hold `__proto__`.
    fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((name) => !/^x-amz-/i.test(name) && name !== '__proto__'),
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }),
    ),
    { noNullPrototype: true },
  ),
  body: fc.string({ unit: 'binary' }),
});

test('whatever the official client signs is verified, and a changed copy is not', async () => {
  await fc.assert(
    fc.asyncProperty(plainRequest, fc.boolean(), async (plain, inQuery) => {
      const request = await (inQuery ? presign(plain) : sign(plain));
      await expect(verify(request)).resolves.toBeDefined();
      const changed = { ...request, query: [...request.query, ['zz', ''] as const] };
      expect((await refusal(changed)).code).toBe('SignatureDoesNotMatch');
    }),
    { numRuns: 300 },
  );
});

test('no request whatsoever makes verification fail with anything but an error of AWS', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA256 Credential=a/b/c/iam/aws4_request,SignedHeaders=host,Signature=0',
      '20261122T013000Z',
      'host',
      'AKIDEXAMPLE/20261122/us-east-1/iam/aws4_request',
    ),
  );
  const names = [
    'authorization',
    'x-amz-date',
    'host',
    'x-amz-security-token',
    'x-amz-content-sha256',
  ];
  const parameters = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Expires',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...names), fc.array(text, { maxLength: 2 })),
      fc.array(fc.tuple(fc.constantFrom(...parameters), text)),
      fc.option(fc.uint8Array(), { nil: undefined }),
      async (headers, query, body) => {
        const request = {
          ...(await sign({})),
          headers: new Map(Object.entries(headers)),
          query,
          body,
        };
        await expect(verify(request)).rejects.toMatchObject({ name: 'IamError' });
      },
    ),
    { numRuns: 500 },
  );
});
