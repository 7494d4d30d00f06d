import { WebSocket } from 'ws';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned, signHeaders } from '../harness/signed-fetch';
import type { SigningCredentials } from '../harness/signed-fetch';

describe('the WebSocket API of the examples', () => {
  let local: LocalProcess;

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral', '--app', 'examples/protect-websocket']);
  }, 300_000);
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  const administer = async (path: string, body: object, method = 'POST'): Promise<unknown> => {
    const answer = await fetchSigned(`${local.admin}/iam${path}`, {
      service: 'iam',
      credentials: ROOT_CREDENTIALS,
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };

  /** An open connection, or the status with which it was refused. */
  const open = async (credentials?: SigningCredentials): Promise<WebSocket | number> => {
    const signing = { service: 'execute-api', method: 'GET' };
    const headers =
      credentials && (await signHeaders(`${local.orders}/v1`, { ...signing, credentials }));
    return new Promise((resolve) => {
      const socket = new WebSocket(`${local.orders.replace('http', 'ws')}/v1`, { headers });
      socket.on('open', () => {
        resolve(socket);
      });
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      socket.on('error', () => undefined);
    });
  };

  const ask = (socket: WebSocket, message: object): Promise<unknown> =>
    new Promise((resolve) => {
      socket.once('message', (data: Buffer) => {
        resolve(JSON.parse(data.toString()));
      });
      socket.send(JSON.stringify(message));
    });

  test('a caller without credentials, or with forged ones, is not connected', async () => {
    expect(await open()).toBe(401);
    expect(await open({ ...ROOT_CREDENTIALS, secretAccessKey: 'forged' })).toBe(401);
  });

  test('a caller is connected when a policy allows it, and its messages carry who it is', async () => {
    await administer('/users', { UserName: 'wanda' });
    const { AccessKey } = (await administer('/users/wanda/access-keys', {})) as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    const wanda = {
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    };
    expect(await open(wanda)).toBe(403);
    const Resource = 'arn:aws:chat:*:*:room/lobby';
    const Statement = [{ Effect: 'Allow', Action: 'chat:Connect', Resource }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await administer('/users/wanda/policies/connect', { PolicyDocument }, 'PUT');
    const deadline = Date.now() + 10_000;
    let socket = await open(wanda);
    // What the authorizer has read may be five seconds old.
    while (socket === 403 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      socket = await open(wanda);
    }
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    expect(await ask(socket, { action: 'whoami' })).toEqual({
      youAre: 'arn:aws:iam::123456789012:user/wanda',
    });
    socket.close();
  });
});
