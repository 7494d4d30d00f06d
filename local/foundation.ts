import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { ApiServers } from './api-servers';
import type { UnchangedResources } from './custom-resources';
import type { RootCredentials } from './deployment-outputs';
import { startDynamoDb } from './dynamodb/server';
import type { Intercept } from './gateway/gateway-server';
import { Generation } from './generation';
import { Logs } from './logs';
import type { Stacks } from './stacks';
import { StateDirectory } from './state-directory';
import { TemplateError } from './template';

export interface FoundationOptions {
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
  /** Takes one line for each step of the start. */
  readonly onProgress?: (line: string) => void;
  /** Takes what functions and gateways log. */
  readonly onLog?: (source: string, line: string) => void;
}

/** What a run has whatever its templates are: data folder, logs, ports, DynamoDB. */
export class Foundation {
  readonly accountId: string;
  readonly region: string;
  readonly state: StateDirectory;
  readonly servers: ApiServers;
  adminPort = 0;
  readonly #logs: Logs;
  readonly #closers: (() => Promise<void> | void)[] = [];
  #dynamoDb: { readonly endpoint: string; readonly client: DynamoDBClient } | undefined;

  constructor(
    private readonly options: FoundationOptions,
    intercept: Intercept,
  ) {
    this.accountId = options.accountId ?? '123456789012';
    this.region = options.region ?? 'us-east-1';
    if (!/^[0-9]{12}$/.test(this.accountId)) {
      throw new TemplateError(`the account id must be 12 digits, not ${this.accountId}`);
    }
    this.state = new StateDirectory(options.dataDirectory);
    this.#logs = new Logs(
      options.dataDirectory === undefined ? undefined : join(options.dataDirectory, 'logs'),
      options.onLog,
    );
    this.servers = new ApiServers(options.port, intercept);
  }

  /** Takes the data folder, then the admin port: whoever waits for /health sees at once that a start is under way. */
  async open(): Promise<void> {
    this.state.lock();
    this.onStop(() => {
      this.state.unlock();
    });
    this.onStop(() => this.servers.close());
    this.adminPort = await this.servers.listenForAdmin();
  }

  /** Throws while DynamoDB is not started. */
  get dynamoDbEndpoint(): string {
    return this.#startedDynamoDb().endpoint;
  }

  async startDynamoDb(): Promise<void> {
    const endpoint = this.options.dynamoDbEndpoint ?? (await this.#startEmbedded());
    const client = new DynamoDBClient({
      endpoint,
      region: this.region,
      credentials: { accessKeyId: this.functionsAccessKeyId(), secretAccessKey: 'local' },
    });
    this.onStop(() => {
      client.destroy();
    });
    this.#dynamoDb = { endpoint, client };
  }

  /** Everything that these templates make; it is not started yet, and whoever makes it stops it. */
  createGeneration(stacks: Stacks, unchangedResources: UnchangedResources): Generation {
    const { endpoint, client } = this.#startedDynamoDb();
    return new Generation(stacks, {
      state: this.state,
      logs: this.#logs,
      servers: this.servers,
      adminPort: this.adminPort,
      dynamoDbEndpoint: endpoint,
      dynamoDb: client,
      accessKeyId: this.functionsAccessKeyId(),
      rootCredentials: this.options.rootCredentials,
      unchangedResources,
      onProgress: (line) => this.options.onProgress?.(line),
    });
  }

  /** What `stop` does first for what was opened last. */
  onStop(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async stop(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  /**
   * The credentials of the functions: random, so that nothing else on the machine can use the run's services, and kept,
   * because DynamoDB Local gives each access key tables of its own.
   */
  functionsAccessKeyId(): string {
    const kept = this.state.read('functions-access-key.json');
    if (typeof kept === 'string') return kept;
    const made = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.state.write('functions-access-key.json', made);
    return made;
  }

  #startedDynamoDb(): { readonly endpoint: string; readonly client: DynamoDBClient } {
    if (this.#dynamoDb === undefined) throw new Error('DynamoDB is not started');
    return this.#dynamoDb;
  }

  async #startEmbedded(): Promise<string> {
    const { dataDirectory } = this.options;
    const dynamoDb = await startDynamoDb({
      directory: dataDirectory === undefined ? undefined : join(dataDirectory, 'dynamodb'),
    });
    this.onStop(() => dynamoDb.stop());
    return dynamoDb.endpoint;
  }
}
