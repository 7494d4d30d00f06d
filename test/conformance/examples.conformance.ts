import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** What the README of an example says to attach. */
function policyOf(example: string): unknown {
  const [, text = ''] =
    /```json\n(.*?)```/s.exec(readFileSync(path.join(EXAMPLES, example, 'README.md'), 'utf8')) ??
    [];
  return JSON.parse(text);
}

describe('two services of the examples beside each other', () => {
  let local: LocalProcess;
  /** The port of the second app follows that of the first. */
  let tenants: string;

  beforeAll(async () => {
    local = await startLocalProcess([
      '--ephemeral',
      '--app',
      'examples/openapi-routes',
      'examples/multi-tenant',
    ]);
    tenants = local.orders.replace(/\d+$/, (port) => String(Number(port) + 1));
  }, 300_000);
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  const administer = async (url: string, body: object, method = 'POST'): Promise<unknown> => {
    const answer = await fetchSigned(`${local.admin}/iam${url}`, {
      service: 'iam',
      credentials: ROOT_CREDENTIALS,
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };

  async function createUser(name: string, policy: unknown, tags: object): Promise<AccessKey> {
    await administer('/users', { UserName: name, Tags: tags });
    const PolicyDocument = JSON.stringify(policy);
    await administer(`/users/${name}/policies/own`, { PolicyDocument }, 'PUT');
    const { AccessKey: key } = (await administer(`/users/${name}/access-keys`, {})) as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
  }

  const statusOf = async (url: string, credentials: AccessKey, method = 'GET'): Promise<number> =>
    (await fetchSigned(url, { service: 'execute-api', credentials, method })).status;

  test('a reader of the library borrows a book for two weeks at most', async () => {
    const reader = await createUser('reader', policyOf('openapi-routes'), []);
    const book = `${local.orders}/books/9780486284736`;
    expect(await statusOf(book, reader)).toBe(200);
    expect(await statusOf(`${book}/loan?days=7`, reader, 'PUT')).toBe(200);
    for (const query of ['', '?days=15', '?days=many']) {
      expect(await statusOf(`${book}/loan${query}`, reader, 'PUT')).toBe(403);
    }
    expect(await statusOf(`${book}/loan`, reader, 'DELETE')).toBe(403);
    expect(await statusOf(`${local.orders}/books`, reader)).toBe(403);
    expect(await statusOf(`${book}/loan?days=many`, ROOT_CREDENTIALS, 'PUT')).toBe(403);
    expect(await statusOf(`${local.orders}/books`, ROOT_CREDENTIALS)).toBe(200);
  });

  test('a caller has the invoices of its own tenant, by one policy for all', async () => {
    const policy: unknown = JSON.parse(
      readFileSync(path.join(EXAMPLES, 'multi-tenant', 'policies', 'own-tenant.json'), 'utf8'),
    );
    const ada = await createUser('ada', policy, [{ Key: 'tenant', Value: 'acme' }]);
    const nobody = await createUser('nobody', policy, []);
    const invoices = (tenant: string) => `${tenants}/tenants/${tenant}/invoices`;
    expect(await statusOf(`${invoices('acme')}/1`, ada)).toBe(200);
    expect(await statusOf(invoices('acme'), ada)).toBe(200);
    expect(await statusOf(`${invoices('acme')}/1`, ada, 'PUT')).toBe(403);
    for (const tenant of ['other', 'acme-corp', 'ACME', 'acme%2F..%2Fother', '%2A']) {
      expect(await statusOf(`${invoices(tenant)}/1`, ada)).toBe(403);
    }
    expect(await statusOf(`${invoices('acme')}/1`, nobody)).toBe(403);
  });
});
