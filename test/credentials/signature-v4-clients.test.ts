import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import type { HttpRequest } from '../../lambdas/protocol/http';
import { hasCurl, pythonHas, runPython } from '../protocol/python';
import { ACCESS_KEY_ID, refusal, SECRET_ACCESS_KEY, verify } from './signing';

/** Requests signed by clients that share no code with the one that the other tests sign with. */

interface Signed {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function received(signed: Signed): HttpRequest {
  // The path as it was written: the URL class would remove its dot segments.
  const [target = '', query = ''] = signed.url.replace('http://api.example.com', '').split('?', 2);
  return {
    method: signed.method,
    path: target,
    query: [...new URLSearchParams(query)],
    headers: new Map([
      ['host', ['api.example.com']],
      ...Object.entries(signed.headers).map(([name, value]): [string, string[]] => [
        name.toLowerCase(),
        [value],
      ]),
    ]),
    body: Buffer.from(signed.body),
    sourceIp: '127.0.0.1',
    secureTransport: true,
    requestId: 'request-1',
  };
}

const SIGN_WITH_BOTOCORE = `
import json, sys
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
given = json.load(sys.stdin)
signed = []
for case in given['cases']:
    credentials = Credentials(given['accessKeyId'], given['secretAccessKey'], case.get('token'))
    request = AWSRequest(method=case['method'], url='http://api.example.com' + case['path'],
        params=case.get('params'), headers=case.get('headers', {}), data=case.get('body', ''))
    auth = SigV4QueryAuth(credentials, 'iam', 'eu-west-1', expires=60) if case.get('presign') else SigV4Auth(credentials, 'iam', 'eu-west-1')
    auth.add_auth(request)
    prepared = request.prepare()
    signed.append({'method': prepared.method, 'url': prepared.url, 'headers': {k: v if isinstance(v, str) else v.decode() for k, v in prepared.headers.items()}, 'body': case.get('body', '')})
print(json.dumps(signed))
`;

const form = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };

const cases = [
  { method: 'POST', path: '/', headers: form, body: 'Action=ListUsers&Version=2010-05-08' },
  { method: 'POST', path: '/', headers: form, body: 'Action=ListUsers', token: 'session/token+=' },
  { method: 'GET', path: '/prod/orders/42' },
  { method: 'GET', path: '/a/./b/../c//d/' },
  { method: 'GET', path: '/a%20b/%2F/%E1%88%B4/~.-_' },
  { method: 'GET', path: '/', params: { b: '2', a: 'x y+z/=&', ü: '%', empty: '' } },
  { method: 'DELETE', path: '/orders/42', headers: { 'X-Amz-Meta': '  two   spaces ' } },
  { method: 'PUT', path: '/orders/42', body: '{"a":"é"}' },
  { method: 'GET', path: '/orders/42', presign: true },
  { method: 'GET', path: '/', params: { Action: 'GetCallerIdentity' }, presign: true },
  {
    method: 'POST',
    path: '/',
    params: { Action: 'GetCallerIdentity' },
    presign: true,
    token: 't+/=',
  },
];

const botocore = pythonHas('botocore') ? describe : describe.skip;

botocore('botocore', () => {
  const now = Date.now();
  let signed: readonly Signed[] = [];

  beforeAll(() => {
    signed = runPython(SIGN_WITH_BOTOCORE, {
      cases,
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey: SECRET_ACCESS_KEY,
    }) as Signed[];
  });

  test.each(cases.map((plain, index) => [JSON.stringify(plain), index] as const))(
    'signs %s as it is verified',
    async (_name, index) => {
      const request = received(signed[index] as Signed);
      const plain = cases[index];
      await expect(verify(request, { now })).resolves.toMatchObject({
        form: plain?.presign === true ? 'query' : 'header',
        region: 'eu-west-1',
        sessionToken: plain?.token,
      });
      const changed = { ...request, path: `${request.path}x` };
      expect((await refusal(changed, { now })).code).toBe('SignatureDoesNotMatch');
    },
  );
});

const run = promisify(execFile);

/** What a server on this machine gets when curl signs. */
async function curl(...options: string[]): Promise<HttpRequest> {
  let seen: HttpRequest | undefined;
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      seen = requestOf(message, Buffer.concat(chunks));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const user = `${ACCESS_KEY_ID}:${SECRET_ACCESS_KEY}`;
    const [target = '/', ...others] = options;
    await run('curl', [
      '--silent',
      '--path-as-is',
      '--aws-sigv4',
      'aws:amz:us-east-1:iam',
      '--user',
      user,
      ...others,
      `http://127.0.0.1:${port}${target}`,
    ]);
    if (seen === undefined) {
      throw new Error('curl sent nothing');
    }
    return seen;
  } finally {
    server.close();
  }
}

function requestOf(message: IncomingMessage, body: Buffer): HttpRequest {
  const [path = '', query = ''] = (message.url ?? '').split('?', 2);
  return {
    method: message.method ?? '',
    path,
    query: [...new URLSearchParams(query)],
    headers: new Map(
      Object.entries(message.headersDistinct).map(([name, values]) => [name, values ?? []]),
    ),
    body,
    sourceIp: '127.0.0.1',
    secureTransport: false,
    requestId: 'request-1',
  };
}

(hasCurl() ? describe : describe.skip)('curl --aws-sigv4', () => {
  test.each([
    ['a form', ['/', '-d', 'Action=ListUsers&Version=2010-05-08']],
    ['JSON', ['/prod/orders', '-H', 'Content-Type: application/json', '-d', '{"a":1}']],
    ['a GET', ['/prod/orders/42']],
    ['a sorted query', ['/orders?a=1&b=2']],
    ['a session token', ['/', '-H', 'X-Amz-Security-Token: token', '-d', 'Action=ListUsers']],
    ['a DELETE', ['/orders/42', '-X', 'DELETE']],
  ])('signs %s as it is verified', async (_name, options) => {
    const request = await curl(...options);
    await expect(verify(request, { now: Date.now() })).resolves.toMatchObject({ service: 'iam' });
    const changed = { ...request, method: 'PATCH' };
    expect((await refusal(changed, { now: Date.now() })).code).toBe('SignatureDoesNotMatch');
  });
});
