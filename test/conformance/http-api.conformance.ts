import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

describe('the HTTP API of the examples', () => {
  let local: LocalProcess;

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral', '--app', 'examples/protect-http-api']);
  }, 300_000);
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  const call = (path: string, credentials: AccessKey) =>
    fetchSigned(`${local.orders}${path}`, { service: 'execute-api', credentials, method: 'GET' });

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

  test('a caller is allowed the one note that a policy names, and nothing else', async () => {
    await administer('/users', { UserName: 'nora' });
    const { AccessKey } = (await administer('/users/nora/access-keys', {})) as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    const nora = {
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    };
    expect((await call('/notes/1', nora)).status).toBe(403);
    const Resource = 'arn:aws:notes:*:*:note/1';
    const Statement = [{ Effect: 'Allow', Action: 'notes:GetNote', Resource }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await administer('/users/nora/policies/read', { PolicyDocument }, 'PUT');
    const deadline = Date.now() + 10_000;
    let allowed = await call('/notes/1', nora);
    // What the authorizer has read may be five seconds old.
    while (allowed.status === 403 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      allowed = await call('/notes/1', nora);
    }
    expect(allowed.status).toBe(200);
    expect(await allowed.json()).toMatchObject({ noteId: '1', text: 'buy tea' });
    const other = await call('/notes/2', nora);
    expect([other.status, await other.text()]).toEqual([403, '{"message":"Forbidden"}']);
    expect((await call('/notes', nora)).status).toBe(403);
  });

  test('the root user is allowed everything; a forged or missing signature nothing', async () => {
    expect((await call('/notes', ROOT_CREDENTIALS)).status).toBe(200);
    const forged = await call('/notes', { ...ROOT_CREDENTIALS, secretAccessKey: 'forged' });
    expect(forged.status).toBe(403);
    expect((await fetch(`${local.orders}/notes`)).status).toBe(403);
    expect((await fetch(`${local.orders}/other`)).status).toBe(404);
  });
});
