import type { Server } from 'node:http';
import { connect } from 'node:net';

import { createGatewayServer } from '../../../local/gateway/gateway-server';
import { Gateway } from '../../../local/gateway/gateway';
import { closeServer, listen } from '../../../local/http-server';
import { createApi, createMethod } from './fixture';

const EVENTS: { body: string | null; headers: Record<string, string>; path: string }[] = [];
const METHOD = createMethod('ANY', '/{proxy+}');
const GATEWAY = new Gateway({
  api: createApi([METHOD]),
  invoke: (_arn, payload) => {
    EVENTS.push(JSON.parse(payload) as (typeof EVENTS)[number]);
    return Promise.resolve({
      ok: true,
      payload: JSON.stringify({
        statusCode: 200,
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
        body: 'héllo',
      }),
    });
  },
  now: Date.now,
  onProblem: () => undefined,
});

/** Sends bytes as they are and answers what comes back until the server closes or the answer is there. */
function exchange(port: number, head: string, body: readonly Buffer[] = []): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.includes('\r\n\r\n')) socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer);
    });
    socket.write(head);
    for (const chunk of body) socket.write(chunk);
  });
}

describe('a gateway on a socket', () => {
  let gateway: Gateway | undefined = GATEWAY;
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createGatewayServer({ gateway: () => gateway });
    port = await listen(server, 0);
  });

  afterAll(() => closeServer(server));

  test('header names keep their case and the path its escapes', async () => {
    const answer = await exchange(
      port,
      'GET //a%2Fb?q=%41 HTTP/1.1\r\nHOST: x\r\nX-CaSe: Y\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n');
    expect(answer).toContain('Content-Length: 6\r\n');
    expect(EVENTS.at(-1)).toMatchObject({ path: '/a%2Fb', headers: { HOST: 'x', 'X-CaSe': 'Y' } });
  });

  test('a body of over 10 MB is answered 413, announced or not', async () => {
    const announced = await exchange(
      port,
      'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n',
    );
    expect(announced).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const framed = Array.from({ length: 12 }, () =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    );
    const chunked = await exchange(
      port,
      'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
      framed,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(chunked).toContain('{"message":"Request Too Long"}');
  });

  test('until the API is there requests are answered 503', async () => {
    gateway = undefined;
    expect(await exchange(port, 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 503 /);
    gateway = GATEWAY;
  });

  test('it listens on loopback alone', () => {
    expect(server.address()).toMatchObject({ address: '127.0.0.1' });
  });
});
