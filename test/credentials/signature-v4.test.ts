import { EMPTY_PAYLOAD_HASH, hashHex } from '../../lambdas/credentials/canonical-request';
import { KEY, NOW, presign, sign, verify } from './signing';
import type { PlainRequest } from './signing';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

const requests: readonly (readonly [string, PlainRequest])[] = [
  ['a plain GET', {}],
  ['a POST with a form', { method: 'POST', headers: form, body: 'Action=ListUsers' }],
  ['a path with segments', { path: '/prod/orders/42' }],
  ['a path with a trailing slash', { path: '/orders/' }],
  ['dot segments', { path: '/a/./b/../c' }],
  ['dot segments that lead above the root', { path: '/../../a' }],
  ['a trailing dot segment', { path: '/a/b/..' }],
  ['double slashes', { path: '//a///b//' }],
  ['an encoded slash', { path: '/orders/a%2Fb' }],
  ['encoded dots, which are not dot segments', { path: '/a/%2E%2E/b' }],
  ['an encoded space', { path: '/a%20b' }],
  ['a colon and an at sign', { path: '/arn:aws:iam::1:user/a@b' }],
  ['reserved characters in the path', { path: "/a!b'c(d)e*f;g=h,i$j&k+l" }],
  ['encoded letters beyond ASCII', { path: '/%E1%88%B4' }],
  ['a query out of order', { query: { b: '2', a: '1', B: '3', A: '4' } }],
  ['duplicate query keys', { query: { a: ['2', '1', '10', ''], b: '1' } }],
  ['empty values', { query: { a: '', b: '' } }],
  [
    'keys of which one begins with the other',
    { query: { a: '1', 'a-b': '2', ab: '3', 'a=': '4' } },
  ],
  ['reserved characters in the query', { query: { "k!'()*": "v ~!@#$%^&*()+'/?:;,=" } }],
  ['letters beyond ASCII in the query', { query: { ሴ: 'bär', '😀': '😀' } }],
  ['header values with spaces', { headers: { 'x-amz-meta': '  a   b  ', my: ' 1  2 ' } }],
  ['folded header values', { headers: { my: 'a\n  b\n  c' } }],
  ['a DELETE', { method: 'DELETE', path: '/orders/42' }],
];

test.each(requests)('%s is verified as the official client signs it', async (_name, plain) => {
  const verified = await verify(await sign(plain));
  expect(verified).toMatchObject({
    form: 'header',
    accessKeyId: 'AKIDEXAMPLE',
    region: 'us-east-1',
    service: 'iam',
    signedAt: NOW,
    sessionToken: undefined,
    payloadHash: plain.body === undefined ? EMPTY_PAYLOAD_HASH : hashHex(plain.body),
  });
  expect(verified.credential).toBe(KEY);
});

test.each(requests)('%s is verified as the official client presigns it', async (_name, plain) => {
  const verified = await verify(await presign(plain));
  expect(verified).toMatchObject({ form: 'query', accessKeyId: 'AKIDEXAMPLE' });
});
