import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createCustomResource,
  ResourceRefused,
  type CustomResourceEvent,
  type CustomResourceOptions,
} from '../../lambdas/deployment/custom-resource';

const context = { getRemainingTimeInMillis: () => 30_000 };

const event: CustomResourceEvent = {
  RequestType: 'Create',
  ResponseURL: 'https://cloudformation.example/answer?Signature=s3cr3t',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1',
  RequestId: 'r-1',
  LogicalResourceId: 'Account',
  ResourceProperties: {},
};

async function answer(
  run: CustomResourceOptions['run'],
  options: { event?: Partial<CustomResourceEvent>; remaining?: number; failures?: number } = {},
) {
  const bodies: string[] = [];
  const lines: string[] = [];
  const waits: number[] = [];
  let failures = options.failures ?? 0;
  const handler = createCustomResource({
    run,
    // eslint-disable-next-line @typescript-eslint/require-await
    send: async (url, body) => {
      expect(url).toBe(event.ResponseURL);
      if (failures > 0) {
        failures -= 1;
        throw new Error('connection reset');
      }
      bodies.push(body);
    },
    log: (line) => lines.push(line),
    // eslint-disable-next-line @typescript-eslint/require-await
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
  });
  const remaining = options.remaining ?? 30_000;
  await handler({ ...event, ...options.event }, { getRemainingTimeInMillis: () => remaining });
  expect(bodies).toHaveLength(1);
  return { body: JSON.parse(bodies[0] ?? '') as Record<string, unknown>, lines, waits };
}

const succeed: CustomResourceOptions['run'] = () =>
  Promise.resolve({ physicalResourceId: 'p-1', data: { Name: 'n' } });

describe('a custom resource', () => {
  test('tells CloudFormation what it made', async () => {
    const { body } = await answer(succeed);
    expect(body).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'p-1',
      Data: { Name: 'n' },
      StackId: event.StackId,
      RequestId: 'r-1',
      LogicalResourceId: 'Account',
    });
  });

  test('tells CloudFormation why it could not', async () => {
    const { body } = await answer(() => Promise.reject(new ResourceRefused('Stage is missing')));
    expect(body).toMatchObject({
      Status: 'FAILED',
      Reason: 'ResourceRefused: Stage is missing',
      PhysicalResourceId: 'Account',
    });
  });

  test('answers also where it throws before it returns a promise, and what is no error', async () => {
    const { body } = await answer(() => {
      throw new TypeError('no');
    });
    expect(body).toMatchObject({ Status: 'FAILED', Reason: 'TypeError: no' });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const odd = await answer(() => Promise.reject('odd'));
    expect(odd.body).toMatchObject({ Status: 'FAILED', Reason: 'an unknown failure' });
  });

  test('keeps the physical id of a resource whose update fails', async () => {
    const { body } = await answer(() => Promise.reject(new Error('x')), {
      event: { RequestType: 'Update', PhysicalResourceId: 'p-0' },
    });
    expect(body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'p-0' });
  });

  test('answers before the time of its function is over', async () => {
    const { body } = await answer(() => new Promise(() => undefined), { remaining: 3010 });
    expect(body).toMatchObject({ Status: 'FAILED' });
    expect(body['Reason']).toContain('ran out of time');
  });

  test('keeps the answer within the 4096 bytes that CloudFormation takes', async () => {
    const { body } = await answer(() => Promise.reject(new Error('é'.repeat(10_000))));
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(4096);
  });

  test('sends again where the answer was not taken, ever less often', async () => {
    const { waits } = await answer(succeed, { failures: 3 });
    expect(waits).toEqual([200, 400, 800]);
  });

  test('gives up sending after four times', async () => {
    await expect(answer(succeed, { failures: 4 })).rejects.toThrow('connection reset');
  });

  test('never logs the URL, which is a right to answer', async () => {
    const { lines } = await answer(succeed);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('s3cr3t');
  });
});

describe('the answer on the wire', () => {
  let server: Server;
  const requests: {
    method: string;
    headers: Record<string, unknown>;
    body: string;
    url: string;
  }[] = [];
  const statuses: number[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const { method = '', headers, url = '' } = request;
        requests.push({ method, headers, body, url });
        response.statusCode = statuses.shift() ?? 200;
        response.end();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is a PUT to the very URL, without a content type, and is repeated after a 500', async () => {
    statuses.push(500, 200);
    const { port } = server.address() as AddressInfo;
    const handler = createCustomResource({
      run: succeed,
      log: () => undefined,
      wait: () => Promise.resolve(),
    });
    const url = `http://127.0.0.1:${port}/bucket/key%7C1?X-Amz-Signature=a%2Fb`;
    await handler({ ...event, ResponseURL: url }, context);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({
      method: 'PUT',
      url: '/bucket/key%7C1?X-Amz-Signature=a%2Fb',
    });
    expect(requests[1]?.headers['content-type']).toBe('');
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({ Status: 'SUCCESS' });
  });
});
