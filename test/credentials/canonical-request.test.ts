import fc from 'fast-check';
import { canonicalHeaderValue, canonicalPath } from '../../lambdas/credentials/canonical-request';
import { parseSignature } from '../../lambdas/credentials/signature-parts';
import { readCredential, readSignedHeaders } from '../../lambdas/credentials/signature-scope';
import { IamError } from '../../lambdas/protocol/errors';
import { sign } from './signing';

/* What has a short way for the usual text, held against its definition. */

const text = (...units: readonly string[]) =>
  fc.array(fc.constantFrom(...units), { maxLength: 12 }).map((parts) => parts.join(''));

function definedPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const encoded = kept.map((segment) =>
    encodeURIComponent(segment).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
  return `/${encoded.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

test('a path is canonical as it is defined', () => {
  const paths = text('/', '/', '.', 'a', 'Z', '9', '_', '-', '~', '%', '%2F', '*', '+', ' ', 'é');
  fc.assert(
    fc.property(paths, (path) => {
      expect(canonicalPath(path)).toBe(definedPath(path));
      expect(canonicalPath(`/${path}`)).toBe(definedPath(`/${path}`));
    }),
    { numRuns: 500 },
  );
});

test('a header’s value is canonical as it is defined', () => {
  const values = fc.array(text('a', '~', '!', ' ', '  ', '\t', '\n', ',', '\u00a0', 'é'), {
    minLength: 1,
    maxLength: 2,
  });
  fc.assert(
    fc.property(values, (given) => {
      const defined = given.map((value) => value.trim().split(/\s+/).join(' ')).join(',');
      expect(canonicalHeaderValue(given)).toBe(defined);
    }),
    { numRuns: 500 },
  );
});

describe('what is remembered', () => {
  test('is what would be read anew, also after more of it than is kept', () => {
    for (let index = 0; index < 450; index += 1) {
      const number = index % 225;
      expect(readCredential(`AKIA${number}/20261122/us-east-1/iam/aws4_request`)).toMatchObject({
        hasFiveParts: true,
        accessKeyId: `AKIA${number}`,
        scope: '20261122/us-east-1/iam/aws4_request',
      });
      expect(readSignedHeaders(`x-${number};host`)).toEqual({
        names: ['host', `x-${number}`],
        text: `host;x-${number}`,
        includesHost: true,
      });
    }
  });

  test.each(['a/b/c/d', 'a/b/c/d/e/f', 'a//c/d/e', '/b/c/d/e', 'a/b/c/d/', ''])(
    'of the credential %j is that it is not five parts',
    (credential) => {
      expect(readCredential(credential).hasFiveParts).toBe(false);
      expect(readCredential(credential).hasFiveParts).toBe(false);
    },
  );

  test('is not what is long', () => {
    const long = `host;${'x'.repeat(500)}`;
    expect(readSignedHeaders(long)).not.toBe(readSignedHeaders(long));
    expect(readSignedHeaders('host')).toBe(readSignedHeaders('host'));
  });
});

describe('a timestamp', () => {
  const read = async (timestamp: string): Promise<number | undefined> => {
    const request = await sign({});
    const headers = new Map([...request.headers, ['x-amz-date', [timestamp]]]);
    try {
      return parseSignature({ ...request, headers }).signedAt;
    } catch (error) {
      expect(error).toBeInstanceOf(IamError);
      return undefined;
    }
  };

  test('is the time that it says', async () => {
    const times = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31') });
    await fc.assert(
      fc.asyncProperty(times, async (date) => {
        const time = Math.floor(date.getTime() / 1000) * 1000;
        const timestamp = new Date(time).toISOString().replaceAll(/[-:]|\.000/g, '');
        expect(await read(timestamp)).toBe(time);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['20240229T000000Z', Date.UTC(2024, 1, 29)],
    ['20000229T235959Z', Date.UTC(2000, 1, 29, 23, 59, 59)],
    ['20230229T000000Z', undefined],
    ['21000229T000000Z', undefined],
    ['20260431T000000Z', undefined],
    ['20261301T000000Z', undefined],
    ['20260001T000000Z', undefined],
    ['20260100T000000Z', undefined],
    ['20260101T240000Z', undefined],
    ['20260101T006000Z', undefined],
    ['20260101T000060Z', undefined],
    ['20260101T000000', undefined],
    ['20260101T000000Z\n', undefined],
    ['２0260101T000000Z', undefined],
  ])('%j is read as %p', async (timestamp, time) => {
    expect(await read(timestamp)).toBe(time);
  });
});
