import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { readAssembly } from './assembly';
import { readTableNames } from './deployment-outputs';
import type { RootCredentials, TableNames } from './deployment-outputs';
import { Foundation } from './foundation';
import type { FoundationOptions } from './foundation';
import { sendJson } from './gateway/gateway-server';
import type { Generation, LocalApi } from './generation';
import { Stacks } from './stacks';
import { synthesizeApps } from './synthesis';
import { TemplateError } from './template';
import { WorkloadEndpoint } from './workload-endpoint';
import type { WorkloadEnvironment } from './workload-endpoint';

export interface LocalRunOptions extends FoundationOptions {
  /** The folder with package.json and cdk.json. */
  readonly projectDirectory: string;
  /** Folders of CDK apps, the project's own first. Default: the project and examples/orders. */
  readonly appDirectories?: readonly string[];
  /** CDK context for every app, beside that of its cdk.json. */
  readonly context?: Readonly<Record<string, string>>;
  /** Cloud assemblies that are there already; nothing is synthesized then. */
  readonly assemblyDirectories?: readonly string[];
  /** Whether `POST /_local/reset` on the admin port empties everything. */
  readonly allowReset?: boolean;
  /** The ARN of a role or an instance profile, whose credentials are given to programs on this machine. */
  readonly workload?: string;
}

export interface LocalRun {
  /** Put /iam or /sts behind it. */
  readonly adminEndpoint: string;
  /** Every API of the run, the admin API first. */
  readonly apis: readonly LocalApi[];
  readonly rootCredentials: RootCredentials;
  readonly accountId: string;
  readonly region: string;
  /** What SAML identity providers make assertions for; undefined where the app reads none. */
  readonly samlAudience: string | undefined;
  /** How programs find the credentials of the workload's role; undefined without a workload. */
  readonly workloadEnvironment: WorkloadEnvironment | undefined;
  /** DynamoDB, for an operator's tools. */
  readonly store: { readonly endpoint: string; readonly tables: TableNames | undefined };
  /** Empties all tables, restarts all functions and makes the custom resources again. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the synthesized apps on this machine, on 127.0.0.1 alone. Rejects with a message for a person when a port is taken,
 * the data folder is in use, a template asks for what the local run does not have, or a custom resource fails; nothing
 * keeps running then.
 */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const start = new LocalRunStart(options);
  try {
    return await start.start();
  } catch (error) {
    await start.stop();
    throw error;
  }
}

class LocalRunStart {
  readonly #foundation: Foundation;
  #generation: Generation | undefined;
  #workloadEndpoint: WorkloadEndpoint | undefined;

  constructor(private readonly options: LocalRunOptions) {
    this.#foundation = new Foundation(options, (request, response) =>
      this.#intercept(request, response),
    );
  }

  async start(): Promise<LocalRun> {
    const foundation = this.#foundation;
    await foundation.open();
    const [assemblies] = await Promise.all([this.#synthesize(), foundation.startDynamoDb()]);
    const { accountId, region, adminPort } = foundation;
    const stacks = new Stacks(
      assemblies.flatMap((directory) => readAssembly(directory, { accountId, region })),
    );
    const generation = foundation.createGeneration(stacks, 'update');
    if (!generation.isComplete) {
      throw new TemplateError(
        'no stack has the outputs AdminEndpointUrl and BootstrapSecretArn, which name the first API and its root user',
      );
    }
    foundation.onStop(() => generation.stop());
    await generation.start();
    this.#generation = generation;
    await this.#serveWorkload(generation);
    return {
      adminEndpoint: `http://127.0.0.1:${adminPort}`,
      apis: generation.apis,
      rootCredentials: generation.rootCredentials(),
      accountId,
      region,
      samlAudience: generation.samlAudience,
      workloadEnvironment: this.#workloadEndpoint?.environment,
      store: { endpoint: foundation.dynamoDbEndpoint, tables: readTableNames(stacks) },
      reset: () => this.#reset(generation),
      stop: () => this.stop(),
    };
  }

  stop(): Promise<void> {
    return this.#foundation.stop();
  }

  /** On the port after those of the APIs. */
  async #serveWorkload(generation: Generation): Promise<void> {
    const { workload: arn, port } = this.options;
    if (arn === undefined) return;
    const endpoint = new WorkloadEndpoint({
      arn,
      port: port === 0 ? 0 : port + generation.apis.length,
      ask: (payload) => generation.askWorkloadFunction(payload),
      now: Date.now,
      onProblem: (problem) => this.options.onProgress?.(`workload: ${problem}`),
    });
    this.#foundation.onStop(() => endpoint.stop());
    await endpoint.start();
    this.#workloadEndpoint = endpoint;
  }

  async #reset(generation: Generation): Promise<void> {
    await generation.reset();
    this.#workloadEndpoint?.forget();
  }

  async #synthesize(): Promise<readonly string[]> {
    const { assemblyDirectories, projectDirectory, appDirectories, context } = this.options;
    if (assemblyDirectories !== undefined) return assemblyDirectories;
    return synthesizeApps({
      projectDirectory,
      appDirectories: appDirectories ?? [
        projectDirectory,
        join(projectDirectory, 'examples', 'orders'),
      ],
      accountId: this.#foundation.accountId,
      region: this.#foundation.region,
      context,
      cacheDirectory: join(projectDirectory, '.portcullis', 'assembly'),
      onProgress: (line) => this.options.onProgress?.(line),
    });
  }

  /** What the local run itself answers on the admin port. */
  #intercept(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
      sendJson(response, this.#foundation.servers.isReady ? 200 : 503, {
        status: this.#foundation.servers.isReady ? 'ok' : 'starting',
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
    if (this.#generation === undefined || !this.#foundation.servers.isReady) {
      sendJson(response, 503, { message: 'Service Unavailable' });
      return;
    }
    try {
      await this.#reset(this.#generation);
      sendJson(response, 200, { status: 'ok' });
    } catch (error) {
      sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
    }
  }
}
