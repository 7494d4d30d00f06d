import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { BUNDLING, NEVER_LOADED, REPLACED, lambdaEntry } from '../../lib/portcullis-function';

const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-bundles-'));
const authorizer = path.join(directory, 'authorizer.cjs');
const admin = path.join(directory, 'iam.cjs');

/** Bundles as the function construct tells CDK to. */
function bundle(entry: string, outfile: string): void {
  execFileSync(
    path.join(__dirname, '..', '..', 'node_modules', '.bin', 'esbuild'),
    [
      lambdaEntry(entry),
      '--bundle',
      '--platform=node',
      '--log-level=error',
      `--outfile=${outfile}`,
      `--target=${String(BUNDLING.target)}`,
      `--format=${String(BUNDLING.format)}`,
      `--main-fields=${(BUNDLING.mainFields ?? []).join(',')}`,
      ...(BUNDLING.minify === true ? ['--minify'] : []),
      ...(BUNDLING.externalModules ?? []).map((name) => `--external:${name}`),
      ...Object.entries(REPLACED).map(([name, file]) => `--alias:${name}=${file}`),
    ],
    { stdio: 'pipe' },
  );
}

let server: Server;
const operations: string[] = [];

beforeAll(async () => {
  bundle('authorizer/handler.ts', authorizer);
  bundle('authorizer/denial-message.ts', path.join(directory, 'denial-message.js'));
  bundle('authorizer/web-identities.ts', path.join(directory, 'web-identities.js'));
  bundle('authorizer/events/appsync.ts', path.join(directory, 'events', 'appsync.js'));
  bundle('iam/handler.ts', admin);
  server = createServer((request, response) => {
    operations.push(String(request.headers['x-amz-target']));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end('{"Responses":{},"Items":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

/** Calls the bundle's handler in a thread of its own with Lambda's environment; resolves to what it threw or gave. */
async function invoke(file: string, event: unknown): Promise<{ thrown?: string; given?: unknown }> {
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     require(workerData.file).handler(workerData.event, {})
       .then((given) => ({ given }), (error) => ({ thrown: error.message }))
       .then((result) => parentPort.postMessage(result));`,
    {
      eval: true,
      workerData: { file, event },
      env: {
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'ASIAFUNCTION',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        AWS_ENDPOINT_URL_KMS: endpoint,
        IDENTITIES_TABLE: 'Identities',
        POLICIES_TABLE: 'Policies',
        KMS_KEY_ID: 'arn:aws:kms:us-east-1:123456789012:key/1',
        STALENESS_SECONDS: '0',
      },
    },
  );
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}

/** A well-formed request by a key that nobody has. */
function signedRequest(): unknown {
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const headers = {
    Host: 'api.example.com',
    'X-Amz-Date': now,
    Authorization: `AWS4-HMAC-SHA256 Credential=AKIAABCDEFGHIJKLMNOP/${now.slice(0, 8)}/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'a'.repeat(64)}`,
  };
  return {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:us-east-1:123456789012:api123/v1/GET/orders/42',
    resource: '/orders/{orderId}',
    path: '/orders/42',
    httpMethod: 'GET',
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: { orderId: '42' },
    stageVariables: {},
    requestContext: {
      accountId: '123456789012',
      apiId: 'api123',
      stage: 'v1',
      httpMethod: 'GET',
      resourcePath: '/orders/{orderId}',
      path: '/orders/42',
      protocol: 'HTTP/1.1',
      requestId: '00000000-0000-0000-0000-000000000000',
      identity: { sourceIp: '192.0.2.1' },
    },
  };
}

/** A token of an issuer that nobody trusts. */
function bearerRequest(): unknown {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iss: 'https://issuer.example.com', sub: 'alice', aud: 'orders' };
  const token = `${encode({ alg: 'ES256', kid: 'key', typ: 'JWT' })}.${encode(payload)}.AAAA`;
  const event = signedRequest() as Record<string, unknown>;
  const headers = { Host: 'api.example.com', Authorization: `Bearer ${token}` };
  const multiValueHeaders = { Host: [headers.Host], Authorization: [headers.Authorization] };
  return { ...event, headers, multiValueHeaders };
}

describe('the authorizer’s bundle', () => {
  test('is no larger than a cold start can bear', () => {
    expect(readFileSync(authorizer).byteLength).toBeLessThanOrEqual(300_000);
  });

  test('holds nothing of the administrators’ APIs', () => {
    const text = readFileSync(authorizer, 'utf8');
    for (const foreign of ['CreateUserRequest', 'AttachUserPolicyRequest', 'AssumeRoleRequest']) {
      expect(text).not.toContain(foreign);
    }
    expect(readFileSync(admin, 'utf8')).toContain('CreateUserRequest');
  });

  test('asks the store without any of the modules that are left out', async () => {
    const result = await invoke(authorizer, signedRequest());
    // A key that nobody has; a module that is not there would be another error, which API Gateway answers with 500.
    expect(result).toEqual({ thrown: 'Unauthorized' });
    expect(operations.length).toBeGreaterThan(0);
    expect(operations[0]).toMatch(/^DynamoDB_20120810\./);
  });
});

describe('a token of an OIDC provider', () => {
  test('is verified by a bundle of its own, which asks the same store', async () => {
    operations.length = 0;
    expect(await invoke(authorizer, bearerRequest())).toEqual({ thrown: 'Unauthorized' });
    expect(operations).toContain('DynamoDB_20120810.GetItem');
  });

  test('makes an outage where that bundle is missing', async () => {
    const alone = mkdtempSync(path.join(tmpdir(), 'portcullis-alone-'));
    try {
      copyFileSync(authorizer, path.join(alone, 'index.cjs'));
      expect(await invoke(path.join(alone, 'index.cjs'), bearerRequest())).toEqual({
        thrown: 'The authorizer could not decide.',
      });
    } finally {
      rmSync(alone, { recursive: true });
    }
  });
});

test('an operation of GraphQL is read by a bundle of its own, and refused where nobody signed it', async () => {
  const event = {
    authorizationToken: 'nothing',
    requestContext: {
      apiId: 'graph123',
      accountId: '123456789012',
      requestId: '00000000-0000-0000-0000-000000000000',
      queryString: '{ getOrder { id } }',
    },
  };
  expect(await invoke(authorizer, event)).toEqual({
    given: { isAuthorized: false, ttlOverride: 0 },
  });
});

test('what is left out of the bundles is not there beside them', () => {
  for (const name of NEVER_LOADED) {
    expect(() => require.resolve(name, { paths: [directory] })).toThrow();
  }
});
