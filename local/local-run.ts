import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { readAssembly } from './assembly';
import { CustomResources } from './custom-resources';
import {
  formatRootCredentials,
  listKmsKeys,
  listRestApis,
  parseRootCredentials,
  rootSecretArnOf,
} from './deployment-outputs';
import type { RootCredentials } from './deployment-outputs';
import { startDynamoDb } from './dynamodb/server';
import { Functions } from './functions';
import { Gateway } from './gateway/gateway';
import { createGatewayServer, sendJson } from './gateway/gateway-server';
import type { RestApi } from './gateway/rest-api';
import { closeServer, listen } from './http-server';
import { Logs } from './logs';
import { Secrets } from './secrets';
import { createKmsService } from './services/kms';
import { createSecretsManagerService } from './services/secrets-manager';
import { startServices } from './services/server';
import { Stacks } from './stacks';
import { StateDirectory } from './state-directory';
import { synthesizeApps } from './synthesis';
import { Tables } from './tables';
import { TemplateError } from './template';
import { listUnservedResources } from './unserved-resources';

export interface LocalRunOptions {
  /** The folder with package.json and cdk.json. */
  readonly projectDirectory: string;
  /** Folders of CDK apps, the project's own first. Default: the project and examples/orders. */
  readonly appDirectories?: readonly string[];
  /** Cloud assemblies that are there already; nothing is synthesized then. */
  readonly assemblyDirectories?: readonly string[];
  /** Where data is kept; undefined keeps nothing. */
  readonly dataDirectory: string | undefined;
  /** Of the admin API; the other APIs take the ports after it. 0 takes free ports for all. */
  readonly port: number;
  readonly accountId?: string;
  readonly region?: string;
  /** Another DynamoDB engine than the embedded one. */
  readonly dynamoDbEndpoint?: string;
  /** The root user's access key; without it, the one that is kept or a new one. */
  readonly rootCredentials?: RootCredentials;
  /** Whether `POST /_local/reset` on the admin port empties everything. */
  readonly allowReset?: boolean;
  /** Takes one line for each step of the start. */
  readonly onProgress?: (line: string) => void;
  /** Takes what functions and gateways log. */
  readonly onLog?: (source: string, line: string) => void;
}

export interface LocalApi {
  readonly name: string;
  readonly url: string;
}

export interface LocalRun {
  /** Put /iam or /sts behind it. */
  readonly adminEndpoint: string;
  /** Every API of the run, the admin API first. */
  readonly apis: readonly LocalApi[];
  readonly rootCredentials: RootCredentials;
  readonly accountId: string;
  readonly region: string;
  /** Empties all tables, restarts all functions and makes the custom resources again. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

type Closer = () => Promise<void> | void;

/**
 * Starts the synthesized apps on this machine, on 127.0.0.1 alone. Rejects with a message for a person when a port is taken,
 * the data folder is in use, a template asks for what the local run does not have, or a custom resource fails; nothing
 * keeps running then.
 */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const closers: Closer[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await new LocalRunStart(options, closers, stop).start();
  } catch (error) {
    await stop();
    throw error;
  }
}

class LocalRunStart {
  readonly #accountId: string;
  readonly #region: string;
  readonly #state: StateDirectory;
  readonly #logs: Logs;
  #accessKeyId = '';
  #gateways: ReadonlyMap<string, Gateway> = new Map();
  #isReady = false;
  #reset: (() => Promise<void>) | undefined;

  constructor(
    private readonly options: LocalRunOptions,
    private readonly closers: Closer[],
    private readonly stop: () => Promise<void>,
  ) {
    this.#accountId = options.accountId ?? '123456789012';
    this.#region = options.region ?? 'us-east-1';
    if (!/^[0-9]{12}$/.test(this.#accountId)) {
      throw new TemplateError(`the account id must be 12 digits, not ${this.#accountId}`);
    }
    this.#state = new StateDirectory(options.dataDirectory);
    this.#logs = new Logs(
      options.dataDirectory === undefined ? undefined : join(options.dataDirectory, 'logs'),
      options.onLog,
    );
  }

  async start(): Promise<LocalRun> {
    this.#state.lock();
    this.closers.push(() => {
      this.#state.unlock();
    });
    // The admin port first: whoever waits for /health sees at once that a start is under way, and a taken port ends it.
    this.#accessKeyId = this.#readAccessKeyId();
    const adminServer = this.#createServer(0, true);
    const adminPort = await this.#listen(adminServer, this.options.port);
    const [dynamoDbEndpoint, assemblies] = await Promise.all([
      this.#startDynamoDb(),
      this.#synthesize(),
    ]);
    const stacks = new Stacks(
      assemblies.flatMap((directory) =>
        readAssembly(directory, { accountId: this.#accountId, region: this.#region }),
      ),
    );
    const secrets = new Secrets(stacks, this.#state);
    const rootSecretArn = rootSecretArnOf(stacks);
    const { rootCredentials } = this.options;
    if (rootCredentials !== undefined)
      secrets.put(rootSecretArn, formatRootCredentials(rootCredentials));
    const servicesEndpoint = await this.#startServices(stacks, secrets);
    const functions = this.#createFunctions(stacks, dynamoDbEndpoint, servicesEndpoint);
    const tables = new Tables(this.#dynamoDbClient(dynamoDbEndpoint), stacks);
    const apis = listRestApis(stacks);
    for (const sentence of listUnservedResources(stacks)) this.options.onProgress?.(sentence);
    await tables.create();
    const customResources = new CustomResources(stacks, functions, this.#state);
    await this.#deploy(functions, customResources);
    this.#gateways = new Map(apis.map((api) => [api.apiId, this.#createGateway(api, functions)]));
    const ports = [adminPort, ...(await this.#serveOthers(apis))];
    this.#reset = async () => {
      await this.#resetAll(tables, functions, customResources);
    };
    this.#isReady = true;
    return {
      adminEndpoint: `http://127.0.0.1:${adminPort}`,
      apis: apis.map(({ name }, index) => ({ name, url: `http://127.0.0.1:${ports[index] ?? 0}` })),
      rootCredentials: parseRootCredentials(secrets.read(rootSecretArn).current?.secretString),
      accountId: this.#accountId,
      region: this.#region,
      reset: this.#reset,
      stop: this.stop,
    };
  }

  /**
   * The credentials of the functions: random, so that nothing else on the machine can use the run's services, and kept,
   * because DynamoDB Local gives each access key tables of its own.
   */
  #readAccessKeyId(): string {
    const kept = this.#state.read('functions-access-key.json');
    if (typeof kept === 'string') return kept;
    const made = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.#state.write('functions-access-key.json', made);
    return made;
  }

  async #startDynamoDb(): Promise<string> {
    if (this.options.dynamoDbEndpoint !== undefined) return this.options.dynamoDbEndpoint;
    const { dataDirectory } = this.options;
    const dynamoDb = await startDynamoDb({
      directory: dataDirectory === undefined ? undefined : join(dataDirectory, 'dynamodb'),
    });
    this.closers.push(() => dynamoDb.stop());
    return dynamoDb.endpoint;
  }

  async #synthesize(): Promise<readonly string[]> {
    const { assemblyDirectories, projectDirectory, appDirectories } = this.options;
    if (assemblyDirectories !== undefined) return assemblyDirectories;
    return synthesizeApps({
      projectDirectory,
      appDirectories: appDirectories ?? [
        projectDirectory,
        join(projectDirectory, 'examples', 'orders'),
      ],
      accountId: this.#accountId,
      region: this.#region,
      cacheDirectory: join(projectDirectory, '.portcullis', 'assembly'),
      onProgress: (line) => this.options.onProgress?.(line),
    });
  }

  async #startServices(stacks: Stacks, secrets: Secrets): Promise<string> {
    const services = await startServices(
      [
        createKmsService(this.#state.readKey('kms-key'), listKmsKeys(stacks)),
        createSecretsManagerService(secrets, secrets.definitions),
      ],
      this.#accessKeyId,
    );
    this.closers.push(() => services.stop());
    return services.endpoint;
  }

  #createFunctions(stacks: Stacks, dynamoDbEndpoint: string, servicesEndpoint: string): Functions {
    const functions = new Functions({
      stacks,
      runEnvironment: {
        AWS_ACCESS_KEY_ID: this.#accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
        AWS_ENDPOINT_URL_KMS: servicesEndpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: servicesEndpoint,
        // Every other service is refused here instead of being looked for on the internet.
        AWS_ENDPOINT_URL: servicesEndpoint,
      },
      onLog: (functionName, line) => {
        this.#logs.write(functionName, line);
      },
    });
    this.closers.push(() => functions.restartAll());
    return functions;
  }

  #dynamoDbClient(endpoint: string): DynamoDBClient {
    const client = new DynamoDBClient({
      endpoint,
      region: this.#region,
      credentials: { accessKeyId: this.#accessKeyId, secretAccessKey: 'local' },
    });
    this.closers.push(() => {
      client.destroy();
    });
    return client;
  }

  async #deploy(functions: Functions, customResources: CustomResources): Promise<void> {
    const [problems] = await Promise.all([functions.loadAll(), customResources.deploy()]);
    for (const problem of problems)
      this.options.onProgress?.(`function cannot be loaded: ${problem}`);
  }

  #createGateway(api: RestApi, functions: Functions): Gateway {
    return new Gateway({
      api,
      invoke: (functionArn, payload) => functions.find(functionArn)?.invoke(payload),
      now: Date.now,
      onProblem: (problem) => {
        this.#logs.write('gateway', `${new Date().toISOString()} ${problem}`);
      },
    });
  }

  async #serveOthers(apis: readonly RestApi[]): Promise<readonly number[]> {
    const ports: number[] = [];
    for (const index of apis.keys()) {
      if (index === 0) continue;
      const wanted = this.options.port === 0 ? 0 : this.options.port + index;
      ports.push(await this.#listen(this.#createServer(index, false), wanted));
    }
    return ports;
  }

  #createServer(index: number, isAdmin: boolean): Server {
    return createGatewayServer({
      gateway: () => (this.#isReady ? [...this.#gateways.values()][index] : undefined),
      ...(isAdmin ? { intercept: (request, response) => this.#intercept(request, response) } : {}),
    });
  }

  async #listen(server: Server, port: number): Promise<number> {
    const listening = await listen(server, port);
    this.closers.push(() => closeServer(server));
    return listening;
  }

  /** What the local run itself answers on the admin port. */
  #intercept(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
      sendJson(response, this.#isReady ? 200 : 503, { status: this.#isReady ? 'ok' : 'starting' });
      return true;
    }
    if (this.options.allowReset !== true || path !== '/_local/reset' || request.method !== 'POST')
      return false;
    if (request.headers.origin !== undefined) {
      // A web page must not be able to empty the tables of whoever looks at it.
      sendJson(response, 403, { message: 'Not from a web page' });
    } else {
      void this.#answerReset(response);
    }
    return true;
  }

  async #answerReset(response: ServerResponse): Promise<void> {
    if (this.#reset === undefined || !this.#isReady) {
      sendJson(response, 503, { message: 'Service Unavailable' });
      return;
    }
    try {
      await this.#reset();
      sendJson(response, 200, { status: 'ok' });
    } catch (error) {
      sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  async #resetAll(
    tables: Tables,
    functions: Functions,
    customResources: CustomResources,
  ): Promise<void> {
    this.#isReady = false;
    try {
      await functions.restartAll();
      await tables.empty();
      customResources.forget();
      for (const gateway of this.#gateways.values()) gateway.clear();
      await this.#deploy(functions, customResources);
    } finally {
      this.#isReady = true;
    }
  }
}
