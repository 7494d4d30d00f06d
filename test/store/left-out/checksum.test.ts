import { Crc32 as SdkCrc32, Sha256 as SdkSha256 } from '@smithy/core/checksum';
import fc from 'fast-check';
import { Crc32, Sha256 } from '../../../lambdas/store/left-out/checksum';

type Data = string | Uint8Array;

const bytes = fc.uint8Array({ maxLength: 200 });
const data = fc.oneof(
  fc.string({ maxLength: 200 }),
  bytes,
  bytes.map((array) => Buffer.from(array).subarray(1)),
);
const secret = fc.oneof(
  fc.constant(undefined),
  fc.string({ minLength: 1 }),
  bytes,
  bytes.map((array) => array.slice().buffer),
);

async function digestOf(
  hash: Pick<Sha256, 'update' | 'digest'>,
  parts: readonly Data[],
): Promise<string> {
  for (const part of parts) hash.update(part);
  return Buffer.from(await hash.digest()).toString('hex');
}

test('gives the digests of the SDK’s own, with a secret and without', async () => {
  await fc.assert(
    fc.asyncProperty(secret, fc.array(data, { maxLength: 4 }), async (key, parts) => {
      const expected = await digestOf(new SdkSha256(key), parts);
      expect(await digestOf(new Sha256(key), parts)).toBe(expected);
    }),
  );
});

test('begins anew after a reset', async () => {
  const hash = new Sha256('secret');
  hash.update('a');
  hash.reset();
  expect(await digestOf(hash, ['b'])).toBe(await digestOf(new Sha256('secret'), ['b']));
});

test('gives the CRC-32 of the SDK’s own', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 4 }), (parts) => {
      const [expected, actual] = [new SdkCrc32(), new Crc32()];
      for (const part of parts) {
        expected.update(part);
        actual.update(part);
        expect(actual.digestSync()).toBe(expected.digestSync());
      }
    }),
  );
});
