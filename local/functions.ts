import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { FunctionPool } from './function-pool';
import { addressOf, placeOf } from './stacks';
import type { Resource, Stacks } from './stacks';
import { isTemplateObject, TemplateError } from './template';
import type { TemplateValue } from './template';

/** Execution environments that one function may have at once on this machine. */
const MAXIMUM_CONCURRENCY = 3;

export interface FunctionsOptions {
  readonly stacks: Stacks;
  /** What every function's environment holds besides the template's: endpoints and credentials of this run. */
  readonly runEnvironment: Readonly<Record<string, string>>;
  readonly onLog: (functionName: string, line: string) => void;
  /** What stands on this machine for a variable's value. Default: the value. */
  readonly localize?: (value: string) => string;
}

/** Every AWS::Lambda::Function of the run, found by ARN. */
export class Functions {
  readonly #pools = new Map<string, FunctionPool>();
  readonly #resources = new Map<string, Resource>();

  constructor(private readonly options: FunctionsOptions) {
    for (const resource of options.stacks.ofType('AWS::Lambda::Function')) {
      this.#resources.set(options.stacks.identity(resource).attributes['Arn'] ?? '', resource);
    }
  }

  /** The function of an ARN, with or without a version or alias; undefined when this run has none. */
  find(functionArn: string): FunctionPool | undefined {
    const unqualified = functionArn.split(':').slice(0, 7).join(':');
    const known = this.#pools.get(unqualified);
    if (known !== undefined) return known;
    const resource = this.#resources.get(unqualified);
    if (resource === undefined) return undefined;
    const pool = this.#createPool(resource, unqualified);
    this.#pools.set(unqualified, pool);
    return pool;
  }

  /** Loads every bundle; resolves with one sentence for each that cannot be loaded. */
  async loadAll(): Promise<readonly string[]> {
    const problems = await Promise.all(
      [...this.#resources].map(async ([functionArn, resource]) => {
        const problem = await this.find(functionArn)?.load();
        return problem === undefined ? [] : [`${addressOf(resource)}: ${problem}`];
      }),
    );
    return problems.flat();
  }

  async restartAll(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.restart()));
  }

  #createPool(resource: Resource, functionArn: string): FunctionPool {
    const { stacks, runEnvironment, onLog } = this.options;
    const functionName = stacks.identity(resource).ref;
    const memoryMegabytes = this.#number(resource, 'MemorySize', 128);
    const [fileName, handlerName] = splitHandler(this.#handler(resource));
    return new FunctionPool({
      modulePath: join(this.#codeDirectory(resource), fileName),
      handlerName,
      functionName,
      functionArn,
      logGroupName: this.#logGroupName(resource, functionName),
      memoryMegabytes,
      environment: {
        ...lambdaEnvironment(resource, functionName, memoryMegabytes),
        ...this.#environment(resource),
        ...runEnvironment,
      },
      timeoutMilliseconds: this.#number(resource, 'Timeout', 3) * 1000,
      maximumConcurrency: Math.min(
        MAXIMUM_CONCURRENCY,
        this.#number(resource, 'ReservedConcurrentExecutions', MAXIMUM_CONCURRENCY),
      ),
      onLog: (line) => {
        onLog(functionName, line);
      },
    });
  }

  #codeDirectory(resource: Resource): string {
    const runtime = this.options.stacks.property(resource, 'Runtime');
    if (typeof runtime !== 'string' || !runtime.startsWith('nodejs')) {
      throw new TemplateError(
        `${placeOf(resource)}: the local run has no runtime ${JSON.stringify(runtime)}`,
      );
    }
    const code = this.options.stacks.property(resource, 'Code');
    const key = isTemplateObject(code) ? code['S3Key'] : undefined;
    const directory = typeof key === 'string' ? resource.stack.assetPaths.get(key) : undefined;
    if (directory === undefined || !existsSync(directory) || !statSync(directory).isDirectory()) {
      throw new TemplateError(`${placeOf(resource)}: its code is not a staged asset folder`);
    }
    return directory;
  }

  #handler(resource: Resource): string {
    const handler = this.options.stacks.property(resource, 'Handler');
    if (typeof handler === 'string') return handler;
    throw new TemplateError(`${placeOf(resource)} has no Handler`);
  }

  #environment(resource: Resource): Readonly<Record<string, string>> {
    const environment = this.options.stacks.property(resource, 'Environment') ?? {};
    const variables = isTemplateObject(environment) ? (environment['Variables'] ?? {}) : {};
    if (!isTemplateObject(variables))
      throw new TemplateError(`${placeOf(resource)}: Environment is no map`);
    const localize = this.options.localize ?? ((value) => value);
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [
        name,
        localize(variableText(resource, name, value)),
      ]),
    );
  }

  #logGroupName(resource: Resource, functionName: string): string {
    const logging = this.options.stacks.property(resource, 'LoggingConfig');
    const given = isTemplateObject(logging) ? logging['LogGroup'] : undefined;
    return typeof given === 'string' ? given : `/aws/lambda/${functionName}`;
  }

  #number(resource: Resource, property: string, absent: number): number {
    const value = this.options.stacks.property(resource, property);
    if (value === undefined) return absent;
    const number = Number(value);
    if (Number.isInteger(number) && number > 0) return number;
    throw new TemplateError(`${placeOf(resource)}: ${property} is no positive whole number`);
  }
}

function splitHandler(handler: string): readonly [string, string] {
  const dot = handler.lastIndexOf('.');
  return [handler.slice(0, dot), handler.slice(dot + 1)];
}

function variableText(resource: Resource, name: string, value: TemplateValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${placeOf(resource)}: the variable ${name} is no scalar`);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function lambdaEnvironment(
  resource: Resource,
  functionName: string,
  memoryMegabytes: number,
): Readonly<Record<string, string>> {
  return {
    AWS_REGION: resource.stack.region,
    AWS_DEFAULT_REGION: resource.stack.region,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    TZ: ':UTC',
    // Lambda's Node.js is newer than the one that this machine may have.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
