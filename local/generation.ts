import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import type { ApiServers } from './api-servers';
import { listApis, localUrlOf, replaceApiUrls } from './apis';
import type { Api, Apis } from './apis';
import { CustomResources } from './custom-resources';
import type { UnchangedResources } from './custom-resources';
import {
  formatRootCredentials,
  listKmsKeys,
  parseRootCredentials,
  rootSecretArnOf,
  samlAudienceOf,
  workloadFunctionArnOf,
} from './deployment-outputs';
import type { RootCredentials } from './deployment-outputs';
import type { InvocationResult } from './function-worker';
import { Functions } from './functions';
import { Gateway } from './gateway/gateway';
import { HttpGateway } from './gateway/http-gateway';
import type { ServedApi } from './gateway/served-api';
import { WebSocketConnections } from './gateway/websocket-connections';
import { WebSocketGateway } from './gateway/websocket-gateway';
import type { Logs } from './logs';
import { Secrets } from './secrets';
import { createKmsService } from './services/kms';
import type { JsonService } from './services/json-service';
import { createSecretsManagerService } from './services/secrets-manager';
import { startServices } from './services/server';
import type { ServicesServer } from './services/server';
import type { Stacks } from './stacks';
import type { StateDirectory } from './state-directory';
import { Tables } from './tables';
import { listUnservedResources } from './unserved-resources';

/** What outlives the templates: engines, ports, data. */
export interface GenerationOptions {
  readonly state: StateDirectory;
  readonly logs: Logs;
  readonly servers: ApiServers;
  readonly adminPort: number;
  readonly dynamoDbEndpoint: string;
  readonly dynamoDb: DynamoDBClient;
  /** The functions' own; random, so that nothing else on the machine can use the run's services. */
  readonly accessKeyId: string;
  readonly rootCredentials: RootCredentials | undefined;
  /** Default: update. */
  readonly unchangedResources?: UnchangedResources;
  readonly onProgress: (line: string) => void;
}

export interface LocalApi {
  readonly name: string;
  readonly url: string;
}

/** Everything that one set of templates makes on this machine: tables, secrets, functions, custom resources, gateways. */
export class Generation {
  /** Every API, the admin API first. */
  apis: readonly LocalApi[] = [];
  readonly #secrets: Secrets;
  readonly #tables: Tables;
  readonly #found: Apis;
  readonly #ports = new Map<Api, number>();
  #services: ServicesServer | undefined;
  #functions: Functions | undefined;
  #customResources: CustomResources | undefined;
  #served: readonly ServedApi[] = [];

  /** Throws TemplateError for templates that ask for what the local run does not have. */
  constructor(
    readonly stacks: Stacks,
    private readonly options: GenerationOptions,
  ) {
    const { state, dynamoDb, rootCredentials } = options;
    this.#secrets = new Secrets(stacks, state);
    const rootSecretArn = rootSecretArnOf(stacks);
    if (rootSecretArn !== undefined) this.#secrets.adopt(rootSecretArn);
    if (rootSecretArn !== undefined && rootCredentials !== undefined)
      this.#secrets.put(rootSecretArn, formatRootCredentials(rootCredentials));
    this.#tables = new Tables(dynamoDb, stacks);
    this.#found = listApis(stacks);
  }

  /** The templates' secrets, for functions and for whoever deployed them. */
  get secretsManager(): JsonService {
    return createSecretsManagerService(this.#secrets, this.#secrets.definitions);
  }

  /** Whether the templates have the admin API and the root user's secret. */
  get isComplete(): boolean {
    return this.#found.admin !== undefined && rootSecretArnOf(this.stacks) !== undefined;
  }

  /** The root user's access key; throws TemplateError when there is none. */
  rootCredentials(): RootCredentials {
    const secretArn = rootSecretArnOf(this.stacks) ?? '';
    return parseRootCredentials(this.#secrets.read(secretArn).current?.secretString);
  }

  /** What SAML identity providers make assertions for; undefined where the app reads none. */
  get samlAudience(): string | undefined {
    const audience = samlAudienceOf(this.stacks);
    return audience === undefined ? undefined : replaceApiUrls(audience, this.#ports);
  }

  /** What the function that serves workloads answers; undefined where the templates have none. */
  askWorkloadFunction(payload: string): Promise<InvocationResult> | undefined {
    const functionArn = workloadFunctionArnOf(this.stacks);
    return functionArn === undefined
      ? undefined
      : this.#functions?.find(functionArn)?.invoke(payload);
  }

  /** Makes everything and serves it. Rejects with a message for a person; `stop` ends what had been started by then. */
  async start(): Promise<void> {
    for (const sentence of listUnservedResources(this.stacks)) this.options.onProgress(sentence);
    const { admin, others } = this.#found;
    const { servers, adminPort, state } = this.options;
    const ports = this.#ports;
    if (admin !== undefined) ports.set(admin, adminPort);
    for (const api of others) ports.set(api, await servers.portOf(api.api.apiId));
    this.apis = [...ports].map(([api, port]) => ({
      name: api.api.name,
      url: localUrlOf(api, port),
    }));
    const functions = await this.#startFunctions();
    await this.#tables.create();
    this.#customResources = new CustomResources(
      this.stacks,
      functions,
      state,
      this.options.unchangedResources,
    );
    await this.#deploy();
    const adminGateway = admin && this.#createGateway(admin, functions);
    const gateways = new Map(
      others.map((api) => [api.api.apiId, this.#createGateway(api, functions)]),
    );
    this.#served = [...(adminGateway === undefined ? [] : [adminGateway]), ...gateways.values()];
    servers.serve(adminGateway, gateways);
  }

  /** A stack's outputs as text, with the addresses that APIs have on this machine. */
  outputs(stackName: string): ReadonlyMap<string, string> {
    const found = outputsOf(this.stacks, stackName);
    return new Map([...found].map(([id, value]) => [id, replaceApiUrls(value, this.#ports)]));
  }

  /** Empties all tables, restarts all functions and makes the custom resources again. */
  async reset(): Promise<void> {
    const { servers } = this.options;
    servers.pause();
    try {
      await this.#functions?.restartAll();
      await this.#tables.empty();
      this.#customResources?.forget();
      for (const gateway of this.#served) gateway.clear();
      await this.#deploy();
    } finally {
      servers.resume();
    }
  }

  async stop(): Promise<void> {
    for (const gateway of this.#served) gateway.close?.();
    await this.#functions?.restartAll();
    await this.#services?.stop();
  }

  async #startFunctions(): Promise<Functions> {
    const { state, accessKeyId, dynamoDbEndpoint, logs } = this.options;
    this.#services = await startServices(
      [createKmsService(state.readKey('kms-key'), listKmsKeys(this.stacks)), this.secretsManager],
      accessKeyId,
      // The functions are told where this is, so that they come after it.
      (functionArn, payload) => this.#functions?.find(functionArn)?.invoke(payload),
    );
    const { endpoint } = this.#services;
    this.#functions = new Functions({
      stacks: this.stacks,
      runEnvironment: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
        AWS_ENDPOINT_URL_KMS: endpoint,
        AWS_ENDPOINT_URL_LAMBDA: endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
        // Every other service is refused here instead of being looked for on the internet.
        AWS_ENDPOINT_URL: endpoint,
        ADMIN_ENDPOINT_URL: `http://127.0.0.1:${this.options.adminPort}`,
        // The identity providers of a developer are on the same machine, and speak plain http.
        ALLOW_LOOPBACK_ISSUERS: 'true',
      },
      onLog: (functionName, line) => {
        logs.write(functionName, line);
      },
      localize: (value) => replaceApiUrls(value, this.#ports),
    });
    return this.#functions;
  }

  async #deploy(): Promise<void> {
    const [problems] = await Promise.all([
      this.#functions?.loadAll() ?? [],
      this.#customResources?.deploy(),
    ]);
    for (const problem of problems)
      this.options.onProgress(`function cannot be loaded: ${problem}`);
  }

  #createGateway(found: Api, functions: Functions): ServedApi {
    const common = {
      invoke: (functionArn: string, payload: string) =>
        functions.find(functionArn)?.invoke(payload),
      now: Date.now,
      onProblem: (problem: string) => {
        this.options.logs.write('gateway', `${new Date().toISOString()} ${problem}`);
      },
    };
    switch (found.kind) {
      case 'REST':
        return new Gateway({ api: found.api, ...common });
      case 'HTTP':
        return new HttpGateway({ api: found.api, ...common });
      case 'WEBSOCKET':
        return new WebSocketConnections({
          gateway: new WebSocketGateway({ api: found.api, ...common }),
          accessKeyId: this.options.accessKeyId,
          now: Date.now,
        });
    }
  }
}

/** A stack's outputs as text, by their ids. */
export function outputsOf(stacks: Stacks, stackName: string): ReadonlyMap<string, string> {
  const stack = stacks.stacks.find((candidate) => candidate.stackName === stackName);
  const outputs = new Map<string, string>();
  for (const id of Object.keys(stack?.template.Outputs ?? {})) {
    const value = stack && stacks.output(stack, id);
    if (value !== undefined)
      outputs.set(id, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return outputs;
}
