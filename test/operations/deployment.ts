import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { AuthorizationMessages } from '../../lambdas/credentials/authorization-message';
import { DataKeys } from '../../lambdas/credentials/data-key';
import { IdentityTokens } from '../../lambdas/credentials/oidc/identity-tokens';
import { IssuerKeys } from '../../lambdas/credentials/oidc/issuer-keys';
import { OpaqueMarkers } from '../../lambdas/credentials/opaque-marker';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { SigningKeyCache } from '../../lambdas/credentials/signing-key-cache';
import { installRootAccessKey } from '../../lambdas/deployment/root-access-key';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { DEFAULT_QUOTAS, type Quotas } from '../../lambdas/identity/quotas';
import type { OperationTable } from '../../lambdas/operations/operation-table';
import { AdminService, type FailureEntry } from '../../lambdas/operations/service';
import type { HttpRequest } from '../../lambdas/protocol/http';
import { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store } from '../../lambdas/store/store';
import { PORTCULLIS_OPERATIONS } from '../../lambdas/portcullis/operation-table';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { connectToService } from '../harness/in-process';
import { TestKeyEncryption } from '../credentials/test-data-keys';

/* The admin functions behind a plain HTTP server, as a client of them sees a deployment. */

export const ACCOUNT = '123456789012';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const ROOT: Credentials = {
  accessKeyId: 'AKIAROOTROOTROOTROOT',
  secretAccessKey: 'rootSecretrootSecretrootSecretrootSecret',
};

export type AdminServiceName = 'iam' | 'sts' | 'portcullis';

export interface AdminDeployment {
  readonly store: MemoryStore;
  readonly dataKeys: DataKeys;
  /** What the functions said about faults of their own. */
  readonly failures: FailureEntry[];
  /** `http://127.0.0.1:PORT`, to be followed by `/iam`, `/sts` or `/portcullis`. */
  readonly endpoint: string;
  readonly iam: (credentials?: Credentials) => IAMClient;
  readonly sts: (credentials?: Credentials) => STSClient;
  readonly handle: (
    service: AdminServiceName,
    request: HttpRequest,
  ) => ReturnType<AdminService['handle']>;
  readonly close: () => Promise<void>;
}

export interface DeploymentOptions {
  readonly quotas?: Partial<Quotas>;
  /** Stands between the functions and the store. */
  readonly intercept?: (store: MemoryStore) => Store;
  readonly now?: () => number;
  readonly randomBytes?: (length: number) => Uint8Array;
  /** Where the account's first rows are written, and data keys are kept; without it in memory. */
  readonly rows?: Store;
  /** In place of what IAM does. */
  readonly iamOperations?: OperationTable;
  /** In place of what STS does. */
  readonly stsOperations?: OperationTable;
  /** Where somebody serves the documents of its issuers. */
  readonly issuersUrl?: string;
}

export const ADMIN_ENDPOINT_URL = 'https://admin.example.com';

export const ISSUERS_URL = `${ADMIN_ENDPOINT_URL}/issuers`;

/** An account with its root user, and both functions. */
export async function deployAdmin(options: DeploymentOptions = {}): Promise<AdminDeployment> {
  const now = options.now ?? Date.now;
  const store = new MemoryStore({ now });
  const keyEncryption = new TestKeyEncryption();
  const rows = options.rows ?? store;
  const dataKeys = new DataKeys({ store: rows, keyEncryption, clock: now });
  const secrets = new SealedSecrets(dataKeys);
  await installRootAccessKey(
    { store: rows, sealedSecrets: secrets, now },
    { accountId: ACCOUNT, ...ROOT },
  );
  const failures: FailureEntry[] = [];
  const reach = { allowLoopback: true };
  const federation = {
    issuersUrl: options.issuersUrl ?? ISSUERS_URL,
    reach,
    identityTokens: new IdentityTokens({
      ...reach,
      now,
      keys: new IssuerKeys({ ...reach, now }),
      clockToleranceSeconds: 300,
    }),
  };
  const create = (table: OperationTable): AdminService =>
    new AdminService({
      table,
      store: options.intercept?.(store) ?? store,
      secrets,
      sessions: new SessionTokens(dataKeys),
      bearerTokens: createBearerTokens(dataKeys),
      messages: new AuthorizationMessages(dataKeys),
      markers: new OpaqueMarkers(dataKeys),
      signingKeys: new SigningKeyCache(),
      federation,
      adminEndpointUrl: ADMIN_ENDPOINT_URL,
      quotas: { ...DEFAULT_QUOTAS, ...options.quotas },
      partition: 'aws',
      region: 'eu-central-1',
      now,
      randomBytes: options.randomBytes ?? ((length) => randomBytes(length)),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      log: (entry) => failures.push(entry),
    });
  const services = {
    iam: create(options.iamOperations ?? IAM_OPERATIONS),
    sts: create(options.stsOperations ?? STS_OPERATIONS),
    portcullis: create(PORTCULLIS_OPERATIONS),
  };
  const handle = (service: AdminServiceName, request: HttpRequest) =>
    services[service].handle(request);
  const { server, endpoint } = await serve(handle);
  // A network would cost more than the calls; whoever wants one has the endpoint.
  const requestHandler = connectToService((request) =>
    handle(serviceOf(request.path), { ...request, requestId: `client-${request.requestId}` }),
  );
  const clients: { destroy: () => void }[] = [];
  const configuration = (service: AdminServiceName, credentials: Credentials) => ({
    requestHandler,
    endpoint: `${endpoint}/${service}`,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  return {
    store,
    dataKeys,
    failures,
    endpoint,
    iam: (credentials = ROOT) => keep(clients, new IAMClient(configuration('iam', credentials))),
    sts: (credentials = ROOT) => keep(clients, new STSClient(configuration('sts', credentials))),
    handle,
    close: async () => {
      clients.forEach((client) => {
        client.destroy();
      });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function keep<Client extends { destroy: () => void }>(
  clients: { destroy: () => void }[],
  client: Client,
): Client {
  clients.push(client);
  return client;
}

const SERVICES_OF_PATHS: ReadonlyMap<string, AdminServiceName> = new Map([
  ['sts', 'sts'],
  ['portcullis', 'portcullis'],
  ['access', 'portcullis'],
  ['.well-known', 'portcullis'],
]);

type Handle = (
  service: AdminServiceName,
  request: HttpRequest,
) => Promise<{ statusCode: number; headers: Readonly<Record<string, string>>; body: string }>;

async function serve(handle: Handle): Promise<{ server: Server; endpoint: string }> {
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      requests += 1;
      const url = new URL(incoming.url ?? '/', 'http://localhost');
      const request: HttpRequest = {
        method: incoming.method ?? 'GET',
        path: url.pathname,
        query: [...url.searchParams],
        headers: headersOf(incoming.rawHeaders),
        body: new Uint8Array(Buffer.concat(chunks)),
        sourceIp: '127.0.0.1',
        secureTransport: false,
        requestId: createHash('md5').update(String(requests)).digest('hex'),
      };
      void handle(serviceOf(url.pathname), request).then(({ statusCode, headers, body }) => {
        outgoing.writeHead(statusCode, headers);
        outgoing.end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function serviceOf(path: string): AdminServiceName {
  const [, first = ''] = path.split('/');
  return SERVICES_OF_PATHS.get(first) ?? 'iam';
}

function headersOf(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), String(raw[index + 1])]);
  }
  return headers;
}
