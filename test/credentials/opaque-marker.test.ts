import fc from 'fast-check';

import { OpaqueMarkers } from '../../lambdas/credentials/opaque-marker';
import type { MarkerScope } from '../../lambdas/credentials/opaque-marker';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { PATTERNS } from '../../lambdas/protocol/patterns';
import { deploy } from './test-data-keys';

const scope: MarkerScope = { accountId: '123456789012', operation: 'ListUsers', filter: ['/a/'] };

const invalid = { code: 'ValidationError', message: 'Invalid Marker.' };

test('a marker gives its position back, and satisfies the constraint of Marker', async () => {
  const markers = new OpaqueMarkers(deploy().dataKeys);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 50 }), async (position) => {
      const marker = await markers.seal(position, scope);
      expect(marker).toMatch(PATTERNS.marker.expression);
      expect(marker.length).toBeLessThanOrEqual(320);
      expect(await markers.open(marker, scope)).toBe(position);
    }),
  );
});

test('the longest name there is fits into a marker', async () => {
  const markers = new OpaqueMarkers(deploy().dataKeys);
  const position = `AttachedTo#Group#${'x'.repeat(128)}`;
  expect(await markers.open(await markers.seal(position, scope), scope)).toBe(position);
  await expect(markers.seal('x'.repeat(300), scope)).rejects.toThrow(RangeError);
});

test.each<[string, Partial<MarkerScope>]>([
  ['account', { accountId: '123456789013' }],
  ['operation', { operation: 'ListGroups' }],
  ['filter', { filter: ['/b/'] }],
  ['number of filters', { filter: ['/a/', ''] }],
  ['division of filters', { filter: ['/a', '/'] }],
  ['division of operation and filter', { operation: 'ListUsers/a', filter: ['/'] }],
])('a marker of another %s is refused', async (_name, other) => {
  const markers = new OpaqueMarkers(deploy().dataKeys);
  const marker = await markers.seal('alice', scope);
  await expect(markers.open(marker, { ...scope, ...other })).rejects.toMatchObject(invalid);
});

test('invented markers are refused', async () => {
  const markers = new OpaqueMarkers(deploy().dataKeys);
  await markers.seal('alice', scope);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
        // With a right version and key number.
        fc
          .uint8Array({ minLength: 28, maxLength: 100 })
          .map((bytes) => Buffer.from([1, 0, 0, 0, 1, ...bytes]).toString('base64url')),
      ),
      async (marker) => {
        await expect(markers.open(marker, scope)).rejects.toMatchObject(invalid);
      },
    ),
  );
});

test('a marker with any one character changed is refused', async () => {
  const markers = new OpaqueMarkers(deploy().dataKeys);
  const marker = await markers.seal('alice', scope);
  for (const position of Array.from(marker).keys()) {
    const other = marker[position] === 'A' ? 'B' : 'A';
    const changed = marker.slice(0, position) + other + marker.slice(position + 1);
    await expect(markers.open(changed, scope)).rejects.toMatchObject(invalid);
  }
  for (const changed of [`${marker}=`, `${marker}A`, ` ${marker}`, marker.slice(0, -1), '']) {
    await expect(markers.open(changed, scope)).rejects.toMatchObject(invalid);
  }
});

test('a sealed secret is no marker', async () => {
  const { dataKeys } = deploy();
  const sealed = await new SealedSecrets(dataKeys).seal('secret', {
    table: 'identities',
    ownerId: 'b',
    keyId: 'c',
  });
  const marker = Buffer.from(sealed).toString('base64url');
  const same: MarkerScope = { accountId: 'identities', operation: 'b', filter: ['c'] };
  await expect(new OpaqueMarkers(dataKeys).open(marker, same)).rejects.toMatchObject(invalid);
});
