import { SignatureV4 as SdkSigner } from '@smithy/signature-v4';
import { HttpRequest } from '@smithy/core/protocols';
import fc from 'fast-check';
import { Sha256 } from '../../../lambdas/store/left-out/checksum';
import { SignatureV4 } from '../../../lambdas/store/left-out/signature-v4';

const OPTIONS = {
  credentials: () =>
    Promise.resolve({
      accessKeyId: 'ASIAFUNCTION',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    }),
  region: () => Promise.resolve('eu-west-1'),
  service: 'dynamodb',
  sha256: Sha256,
};

const text = fc.string({ unit: fc.constantFrom(...Array.from('aZ09 -_.~!*()\'"%/:;=&?ä€')) });

const requests = fc
  .record({
    path: fc.array(
      fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from('aZ9-_~:%!*()')) }),
    ),
    query: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 2 })), { maxKeys: 3 }),
    header: text,
    body: fc.oneof(text, fc.uint8Array(), fc.constant(undefined)),
    method: fc.constantFrom('POST', 'GET'),
  })
  .map(
    ({ path, query, header, body, method }) =>
      new HttpRequest({
        method,
        hostname: 'dynamodb.eu-west-1.amazonaws.com',
        path: `/${path.join('/')}`,
        query,
        headers: {
          host: 'dynamodb.eu-west-1.amazonaws.com',
          'X-Amz-Target': ` ${header} `,
          'user-agent': 'changes',
          'sec-fetch-mode': 'cors',
          Date: 'of another time',
        },
        body,
      }),
  );

const signing = {
  signingDate: new Date('2026-11-22T08:00:00.123Z'),
  signingRegion: undefined,
  signingService: undefined,
};

test('the signer of the bundles signs as the SDK’s own does', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.boolean(), async (request, applyChecksum) => {
      const options = { ...OPTIONS, applyChecksum };
      const own = await new SignatureV4(options).sign(request, signing);
      const expected = await new SdkSigner(options).sign(request, signing);
      expect(own.headers).toEqual(expected.headers);
      expect(HttpRequest.isInstance(own)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('it signs for the region and the service that an endpoint asks for', async () => {
  const request = new HttpRequest({ method: 'POST', path: '/', headers: { host: 'example.com' } });
  const asked = { ...signing, signingRegion: 'us-east-1', signingService: 'lambda' };
  const own = await new SignatureV4(OPTIONS).sign(request, asked);
  const expected = await new SdkSigner(OPTIONS).sign(request, asked);
  expect(own.headers).toEqual(expected.headers);
  expect(own.headers['authorization']).toContain('/us-east-1/lambda/aws4_request');
});
