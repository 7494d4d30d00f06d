import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { ApiServers } from './api-servers';
import { readAssembly } from './assembly';
import { readTableNames } from './deployment-outputs';
import type { RootCredentials, TableNames } from './deployment-outputs';
import { startDynamoDb } from './dynamodb/server';
import { sendJson } from './gateway/gateway-server';
import { Generation } from './generation';
import type { LocalApi } from './generation';
import { Logs } from './logs';
import { Stacks } from './stacks';
import { StateDirectory } from './state-directory';
import { synthesizeApps } from './synthesis';
import { TemplateError } from './template';

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

export interface LocalRun {
  /** Put /iam or /sts behind it. */
  readonly adminEndpoint: string;
  /** Every API of the run, the admin API first. */
  readonly apis: readonly LocalApi[];
  readonly rootCredentials: RootCredentials;
  readonly accountId: string;
  readonly region: string;
  /** DynamoDB, for an operator's tools. */
  readonly store: { readonly endpoint: string; readonly tables: TableNames | undefined };
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
  readonly #servers: ApiServers;
  #generation: Generation | undefined;

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
    this.#servers = new ApiServers(options.port, (request, response) =>
      this.#intercept(request, response),
    );
  }

  async start(): Promise<LocalRun> {
    this.#state.lock();
    this.closers.push(() => {
      this.#state.unlock();
    });
    // The admin port first: whoever waits for /health sees at once that a start is under way, and a taken port ends it.
    this.closers.push(() => this.#servers.close());
    const adminPort = await this.#servers.listenForAdmin();
    const [dynamoDbEndpoint, assemblies] = await Promise.all([
      this.#startDynamoDb(),
      this.#synthesize(),
    ]);
    const stacks = new Stacks(
      assemblies.flatMap((directory) =>
        readAssembly(directory, { accountId: this.#accountId, region: this.#region }),
      ),
    );
    const generation = this.#createGeneration(stacks, adminPort, dynamoDbEndpoint);
    await generation.start();
    this.#generation = generation;
    return {
      adminEndpoint: `http://127.0.0.1:${adminPort}`,
      apis: generation.apis,
      rootCredentials: generation.rootCredentials(),
      accountId: this.#accountId,
      region: this.#region,
      store: { endpoint: dynamoDbEndpoint, tables: readTableNames(stacks) },
      reset: () => generation.reset(),
      stop: this.stop,
    };
  }

  #createGeneration(stacks: Stacks, adminPort: number, dynamoDbEndpoint: string): Generation {
    const accessKeyId = this.#readAccessKeyId();
    const generation = new Generation(stacks, {
      state: this.#state,
      logs: this.#logs,
      servers: this.#servers,
      adminPort,
      dynamoDbEndpoint,
      dynamoDb: this.#dynamoDbClient(dynamoDbEndpoint, accessKeyId),
      accessKeyId,
      rootCredentials: this.options.rootCredentials,
      onProgress: (line) => this.options.onProgress?.(line),
    });
    if (!generation.isComplete) {
      throw new TemplateError(
        'no stack has the outputs AdminEndpointUrl and RootCredentialsSecretArn, which name the first API and its root user',
      );
    }
    this.closers.push(() => generation.stop());
    return generation;
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

  #dynamoDbClient(endpoint: string, accessKeyId: string): DynamoDBClient {
    const client = new DynamoDBClient({
      endpoint,
      region: this.#region,
      credentials: { accessKeyId, secretAccessKey: 'local' },
    });
    this.closers.push(() => {
      client.destroy();
    });
    return client;
  }

  /** What the local run itself answers on the admin port. */
  #intercept(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
      sendJson(response, this.#servers.isReady ? 200 : 503, {
        status: this.#servers.isReady ? 'ok' : 'starting',
      });
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
    if (this.#generation === undefined || !this.#servers.isReady) {
      sendJson(response, 503, { message: 'Service Unavailable' });
      return;
    }
    try {
      await this.#generation.reset();
      sendJson(response, 200, { status: 'ok' });
    } catch (error) {
      sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
    }
  }
}
