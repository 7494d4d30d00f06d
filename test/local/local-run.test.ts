import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

import { startLocalRun } from '../../local/local-run';
import type { LocalRun, LocalRunOptions } from '../../local/local-run';
import type { Template } from '../../local/template';
import { createFolder, functionResource, restApiResources, writeAssembly } from './fixture';

const ECHO = `exports.handler = async (event) => ({ statusCode: 200, headers: { 'x-table': process.env.TABLE }, body: JSON.stringify(event) });`;

const GUARD = `exports.handler = async (event) => {
  const token = event.headers.Authorization;
  if (token === 'boom') throw new Error('out of order');
  if (token === undefined) throw new Error('Unauthorized');
  const Effect = token === 'deny' ? 'Deny' : 'Allow';
  return { principalId: token, policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }] }, context: { sentence: 'because ' + token, count: 3, yes: true } };
};`;

/** Makes what the secret holds, as the account's custom resource does. */
const ACCOUNT = `
const call = async (target, body) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER, { method: 'POST', headers: { 'x-amz-target': 'secretsmanager.' + target, authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/x' }, body: JSON.stringify(body) });
  return response.json();
};
exports.handler = async (event) => {
  const { SecretArn, Fail } = event.ResourceProperties;
  const held = JSON.parse((await call('GetSecretValue', { SecretId: SecretArn })).SecretString ?? '{}');
  if (held.AccessKeyId === undefined && event.RequestType === 'Create') {
    await call('PutSecretValue', { SecretId: SecretArn, SecretString: JSON.stringify({ AccessKeyId: 'AKIAMADEBYTHERUN', SecretAccessKey: 'secret' }) });
  }
  const answer = { Status: Fail === 'true' ? 'FAILED' : 'SUCCESS', Reason: 'told to fail', PhysicalResourceId: 'account', StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId, Data: { Type: event.RequestType } };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
};`;

function template(fail = false): Template {
  return {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        },
      },
      Key: { Type: 'AWS::KMS::Key', Properties: {} },
      Secret: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: {
          GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'Placeholder' },
        },
      },
      AccountHandler: functionResource('account', {}, { Timeout: 10 }),
      Echo: functionResource('echo', { TABLE: { Ref: 'Table' } }, { Timeout: 10 }),
      Account: {
        Type: 'Custom::Account',
        Properties: {
          ServiceToken: { 'Fn::GetAtt': ['AccountHandler', 'Arn'] },
          SecretArn: { Ref: 'Secret' },
          Fail: fail,
        },
      },
      ...restApiResources('Admin', [{ method: 'ANY', path: '/iam/{proxy+}', functionId: 'Echo' }]),
    },
    Outputs: {
      AdminEndpointUrl: {
        Value: { 'Fn::Sub': 'https://${Admin}.execute-api.${AWS::Region}.amazonaws.com/prod' },
      },
      BootstrapSecretArn: { Value: { Ref: 'Secret' } },
    },
  };
}

function ordersTemplate(): Template {
  return {
    Resources: {
      Guard: functionResource('guard', {}, { Timeout: 10 }),
      Echo: functionResource('echo', { TABLE: 'none' }, { Timeout: 10 }),
      ...restApiResources(
        'Orders',
        [{ method: 'GET', path: '/orders/{orderId}', functionId: 'Echo', authorizer: true }],
        { functionId: 'Guard' },
      ),
    },
  };
}

function send(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          headers: response.headers,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('a local run of two hand-made apps', () => {
  const folder = createFolder();
  const assemblies = [join(folder.path, 'app'), join(folder.path, 'orders')];
  let run: LocalRun;

  const options = (more: Partial<LocalRunOptions> = {}): LocalRunOptions => ({
    projectDirectory: folder.path,
    assemblyDirectories: assemblies,
    dataDirectory: undefined,
    port: 0,
    ...more,
  });

  beforeAll(async () => {
    writeAssembly(assemblies[0] ?? '', {
      App: { template: template(), assets: { account: ACCOUNT, echo: ECHO } },
    });
    writeAssembly(assemblies[1] ?? '', {
      Orders: { template: ordersTemplate(), assets: { guard: GUARD, echo: ECHO } },
    });
    writeAssembly(join(folder.path, 'failing'), {
      App: { template: template(true), assets: { account: ACCOUNT, echo: ECHO } },
    });
    run = await startLocalRun(options({ allowReset: true }));
  });

  afterAll(async () => {
    // Where the start failed there is nothing to stop, and its own error is the one to read.
    await (run as LocalRun | undefined)?.stop();
    folder.remove();
  });

  test('the admin API is served first, with the environment of its template', async () => {
    const { status, body, headers } = await send(`${run.adminEndpoint}/iam/v1?Action=ListUsers`);
    expect(status).toBe(200);
    expect(String(headers['x-table'])).toMatch(/^App-Table-/);
    expect(JSON.parse(body)).toMatchObject({
      path: '/iam/v1',
      resource: '/iam/{proxy+}',
      queryStringParameters: { Action: 'ListUsers' },
      requestContext: {
        path: '/iam/v1',
        stage: 'prod',
        accountId: '123456789012',
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(run.apis.map(({ name }) => name)).toEqual(['Admin', 'Orders']);
  });

  test('a guarded route answers by what its authorizer says', async () => {
    const url = `${run.apis[1]?.url ?? ''}/orders/42`;
    const allowed = await send(url, { Authorization: 'alice' });
    expect(allowed.status).toBe(200);
    expect(JSON.parse(allowed.body)).toMatchObject({
      pathParameters: { orderId: '42' },
      requestContext: {
        authorizer: { principalId: 'alice', sentence: 'because alice', count: '3', yes: 'true' },
      },
    });
    expect(await send(url)).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
    expect(await send(url, { Authorization: 'deny' })).toMatchObject({
      status: 403,
      body: '{"message":"User is not authorized to access this resource with an explicit deny"}',
    });
    expect(await send(url, { Authorization: 'boom' })).toMatchObject({
      status: 500,
      body: '{"message":null}',
    });
  });

  test('the root credentials are those that the custom resource made', () => {
    expect(run.rootCredentials).toEqual({
      accessKeyId: 'AKIAMADEBYTHERUN',
      secretAccessKey: 'secret',
    });
  });

  test('health says when the run is ready', async () => {
    expect(await send(`${run.adminEndpoint}/health`)).toMatchObject({
      status: 200,
      body: '{"status":"ok"}',
    });
  });

  test('a reset answers when everything is made again', async () => {
    expect(await send(`${run.adminEndpoint}/_local/reset`, {}, 'POST')).toMatchObject({
      status: 200,
    });
    expect((await send(`${run.adminEndpoint}/iam/v1`)).status).toBe(200);
  });

  test('a web page cannot reset', async () => {
    const { status } = await send(
      `${run.adminEndpoint}/_local/reset`,
      { Origin: 'http://evil.example' },
      'POST',
    );
    expect(status).toBe(403);
  });

  test('without the option the reset route is one that the API does not have', async () => {
    const other = await startLocalRun(options());
    const answer = await send(`${other.adminEndpoint}/_local/reset`, {}, 'POST');
    await other.stop();
    expect(answer).toMatchObject({
      status: 403,
      body: '{"message":"Missing Authentication Token"}',
    });
  });

  test('a custom resource that fails ends the start with its reason', async () => {
    const failing = options({ assemblyDirectories: [join(folder.path, 'failing')] });
    await expect(startLocalRun(failing)).rejects.toThrow(
      'stack App, resource Account: told to fail',
    );
  });

  test('a port that is taken ends the start and says so', async () => {
    const port = Number(new URL(run.adminEndpoint).port);
    await expect(startLocalRun(options({ port }))).rejects.toThrow(`port ${port} is in use`);
  });

  test('a data folder is held by one run at a time and found again by the next', async () => {
    const dataDirectory = join(folder.path, 'data');
    const rootCredentials = { accessKeyId: 'AKIAGIVENBYPERSON', secretAccessKey: 'given' };
    const first = await startLocalRun(options({ dataDirectory, rootCredentials }));
    await expect(startLocalRun(options({ dataDirectory }))).rejects.toThrow(
      `in use by process ${process.pid}`,
    );
    await first.stop();
    const second = await startLocalRun(options({ dataDirectory }));
    await second.stop();
    expect(second.rootCredentials).toEqual(rootCredentials);
  });

  test('the ports are closed after a stop', async () => {
    const other = await startLocalRun(options());
    await other.stop();
    const refused = new Promise((resolve) => {
      const socket = connect(Number(new URL(other.adminEndpoint).port), '127.0.0.1');
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code);
      });
    });
    await expect(refused).resolves.toBe('ECONNREFUSED');
  });
});
