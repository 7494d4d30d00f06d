import { createHash, createHmac } from 'node:crypto';
import { Sha256 } from '../../lambdas/store/left-out/checksum';

test('the SHA-256 of the bundles is Node’s, of texts and bytes, with and without a secret', async () => {
  const bytes = new Uint8Array([0, 1, 2, 250, 3]);
  const plain = new Sha256();
  plain.update('ä');
  plain.update(bytes.subarray(1, 4));
  const expected = createHash('sha256').update('ä').update(bytes.subarray(1, 4)).digest();
  expect(Buffer.from(await plain.digest())).toEqual(expected);
  expect(Buffer.from(await plain.digest())).toEqual(expected);
  const keyed = new Sha256('secret');
  keyed.update('thrown away');
  keyed.reset();
  keyed.update(bytes.buffer);
  const hmac = createHmac('sha256', 'secret').update(bytes).digest();
  expect(Buffer.from(await keyed.digest())).toEqual(hmac);
});
