import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCredentials } from '../../bin/commands/credentials';

const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:Workload';

let server: Server;
let answer: { readonly body: string; readonly headers?: Record<string, string> };
let invoked: { path: string; payload: string } | undefined;
const before = { ...process.env };

beforeEach(async () => {
  invoked = undefined;
  server = createServer((request, response) => {
    let payload = '';
    request.on('data', (chunk: Buffer) => (payload += chunk.toString()));
    request.on('end', () => {
      invoked = { path: request.url ?? '', payload };
      response.writeHead(200, answer.headers);
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'AKIAWORKLOAD',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});

afterEach(async () => {
  process.env = { ...before };
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const run = () =>
  runCredentials({
    functionArn: FUNCTION_ARN,
    role: 'arn:aws:iam::123456789012:role/worker',
    service: 'lambda.amazonaws.com',
    sessionName: 'worker',
  });

test('credentials are written as a credential process writes them', async () => {
  const Session = {
    AccessKeyId: 'ASIA',
    SecretAccessKey: 'secret',
    SessionToken: 'token',
    Expiration: '2026-01-02T00:00:00.000Z',
  };
  answer = { body: JSON.stringify({ Session: { ...Session, RoleName: 'worker' } }) };
  expect(JSON.parse(await run())).toEqual({ Version: 1, ...Session });
  expect(decodeURIComponent(invoked?.path ?? '')).toContain(
    `/functions/${FUNCTION_ARN}/invocations`,
  );
  expect(JSON.parse(invoked?.payload ?? '')).toEqual({
    Arn: 'arn:aws:iam::123456789012:role/worker',
    Service: 'lambda.amazonaws.com',
    RoleSessionName: 'worker',
  });
});

test.each([
  ['{"Error":{"Code":"AccessDenied","Message":"no trust"}}', {}, 'AccessDenied: no trust'],
  ['{}', {}, 'the function gave no answer'],
  [
    '{"errorMessage":"down"}',
    { 'x-amz-function-error': 'Unhandled' },
    'the function failed: {"errorMessage":"down"}',
  ],
])('%s is no credentials', async (body, headers, message) => {
  answer = { body, headers };
  await expect(run()).rejects.toThrow(message);
});
