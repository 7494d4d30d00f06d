import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

describe('the guarded REST API of the examples', () => {
  let local: LocalProcess;
  let petra: AccessKey;

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral', '--app', 'examples/protect-rest-api']);
    await administer('iam/users', { UserName: 'petra' });
    const { AccessKey } = (await administer('iam/users/petra/access-keys', {})) as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    petra = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  }, 300_000);
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  const call = (
    path: string,
    credentials: AccessKey,
    more: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) =>
    fetchSigned(`${local.orders}${path}`, {
      service: 'execute-api',
      credentials,
      method: 'GET',
      ...more,
    });

  const administer = async (path: string, body?: object, method = 'POST'): Promise<unknown> => {
    const [service = ''] = path.split('/');
    const answer = await fetchSigned(`${local.admin}/${path}`, {
      service,
      credentials: ROOT_CREDENTIALS,
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };

  async function allow(statement: object): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    await administer('iam/users/petra/policies/own', { PolicyDocument }, 'PUT');
    // What the authorizer has read may be five seconds old.
    await new Promise((resolve) => setTimeout(resolve, 5_500));
  }

  test('its definition is what the stack has registered', async () => {
    expect(await administer('portcullis/services/parcels', undefined, 'GET')).toMatchObject({
      Service: 'parcels',
      Actions: [{ Name: 'ListParcels' }, { Name: 'GetParcel' }, { Name: 'ChangeAddress' }],
      ResourceTypes: [{ Name: 'parcel' }],
      ConditionKeys: [{ Name: 'parcels:Channel', Type: 'String' }],
    });
  });

  test('a caller is allowed the one parcel of a policy, by the channel that it names, and nothing else', async () => {
    const headers = { 'x-channel': 'web' };
    expect((await call('/parcels/7', petra, { headers })).status).toBe(403);
    await allow({
      Effect: 'Allow',
      Action: 'parcels:GetParcel',
      Resource: 'arn:aws:parcels:*:*:parcel/7',
      Condition: { StringEquals: { 'parcels:Channel': 'web' } },
    });
    const allowed = await call('/parcels/7', petra, { headers });
    expect(allowed.status).toBe(200);
    expect(await allowed.json()).toMatchObject({ parcelId: '7', address: '1 Harbour Street' });
    expect((await call('/parcels/7', petra)).status).toBe(403);
    const phone = await call('/parcels/7', petra, { headers: { 'x-channel': 'phone' } });
    expect(phone.status).toBe(403);
    expect((await call('/parcels', petra, { headers })).status).toBe(403);
    const other = await call('/parcels/8', petra, { headers });
    expect(other.status).toBe(403);
    expect(await other.text()).toContain('is not authorized to perform: parcels:GetParcel');
  });

  test('a signed body counts, and no other', async () => {
    await allow({ Effect: 'Allow', Action: 'parcels:*', Resource: '*' });
    const put = { method: 'PUT', body: '3 Harbour Street' };
    const changed = await call('/parcels/8/address', petra, put);
    expect(await changed.json()).toMatchObject({ parcelId: '8', address: '3 Harbour Street' });
    expect((await call('/parcels', petra)).status).toBe(200);
  });

  test('a forged or missing signature is not known; a path beside the routes leads nowhere', async () => {
    const forged = await call('/parcels/7', { ...petra, secretAccessKey: 'forged' });
    expect(forged.status).toBe(401);
    expect((await fetch(`${local.orders}/parcels/7`)).status).toBe(401);
    expect((await call('/Parcels/7', ROOT_CREDENTIALS)).status).toBe(403);
    expect((await call('/parcels/7%2F8', ROOT_CREDENTIALS)).status).toBe(403);
  });
});
