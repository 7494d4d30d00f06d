import path from 'node:path';
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { CfnFunction, Function as LambdaFunction, IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  LogLevel,
  NodejsFunction,
  OutputFormat,
  SourceMapMode,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BundlingOptions, ICommandHooks } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionOptions } from './function-options';
import { requireWholeNumber } from './validation';

/** Properties of {@link PortcullisFunction}. */
export interface PortcullisFunctionProps extends FunctionOptions {
  /** The TypeScript file that exports `handler`, as an absolute path. */
  readonly entry: string;
  /**
   * Modules that the function imports only when a request needs them, by their names beside the bundle; absolute paths.
   *
   * @default - none
   */
  readonly lazyEntries?: Readonly<Record<string, string>>;
  /** What the function is for, in one sentence. */
  readonly description: string;
  /**
   * All that the function may do besides writing its own log and traces.
   *
   * @default - nothing
   */
  readonly statements?: PolicyStatement[];
  /**
   * Environment variables; never a secret.
   *
   * @default - none
   */
  readonly environment?: Record<string, string>;
  /**
   * Of {@link NEVER_LOADED}, what this function's own clients do load.
   *
   * @default - none
   */
  readonly loadedModules?: readonly string[];
  /** After which the function is stopped. */
  readonly timeout: Duration;
  /** In MiB; processor time grows with it. */
  readonly memorySize: number;
  /**
   * Concurrent executions that are set aside for this function, and its most at the same time.
   *
   * @default - none of its own: it shares the account's
   */
  readonly reservedConcurrentExecutions?: number;
}

/** The file of a Portcullis function, from the name of its file below `lambdas/`. */
export function lambdaEntry(file: string): string {
  return path.join(__dirname, '..', 'lambdas', file);
}

const PROJECT_ROOT = path.join(__dirname, '..');

/**
 * What the SDK imports only when it must: credentials come from the environment in Lambda, and no operation here streams events.
 * Left out of the bundles, because they would be a third of them; the runtime has its own copies nevertheless.
 */
export const NEVER_LOADED: readonly string[] = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/core/event-streams',
  '@smithy/credential-provider-imds',
];

/**
 * What the SDK loads but never uses here, and what stands for it in the bundles: the file says why.
 */
export const REPLACED: Readonly<Record<string, string>> = {
  '@aws-sdk/endpoint-cache': lambdaEntry('store/left-out/endpoint-cache.ts'),
  '@aws-sdk/credential-provider-node': lambdaEntry('store/left-out/credential-provider.ts'),
  '@smithy/core/checksum': lambdaEntry('store/left-out/checksum.ts'),
  '@smithy/core/config': lambdaEntry('store/left-out/configuration.ts'),
  '@smithy/signature-v4': lambdaEntry('store/left-out/signature-v4.ts'),
  '@aws/lambda-invoke-store': lambdaEntry('store/left-out/invoke-store.ts'),
};

/** What a function imports only when a request needs it: bundles of their own, which no cold start reads. */
export const LAZY_MODULES: readonly string[] = [
  './denial-message.js',
  './events/appsync.js',
  './kept-answer.js',
  './web-identities.js',
];

/** How every function is bundled. */
export const BUNDLING: BundlingOptions = {
  format: OutputFormat.CJS,
  target: 'node24',
  // The SDK's schemas shake out of its ES modules alone.
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: false,
  // Lies beside the bundle and is not named in it: a stack trace can be read afterwards, and no start pays for it.
  sourceMap: true,
  sourceMapMode: SourceMapMode.EXTERNAL,
  sourcesContent: false,
  logLevel: LogLevel.WARNING,
  externalModules: [...NEVER_LOADED, ...LAZY_MODULES],
  esbuildArgs: Object.fromEntries(
    Object.entries(REPLACED).map(([name, file]) => [`--alias:${name}`, file]),
  ),
};

function bundlingOf({ loadedModules = [], lazyEntries }: PortcullisFunctionProps): BundlingOptions {
  const leftOut = NEVER_LOADED.filter((module) => !loadedModules.includes(module));
  return {
    ...BUNDLING,
    externalModules: [...leftOut, ...LAZY_MODULES],
    ...(lazyEntries === undefined ? {} : { commandHooks: lazyBundles(lazyEntries) }),
  };
}

/** Bundles the modules that a function loads when it needs them, each beside the function's own bundle. */
function lazyBundles(lazyEntries: Readonly<Record<string, string>>): ICommandHooks {
  const { target = '', format = '', mainFields = [] } = BUNDLING;
  const quote = (text: string): string => JSON.stringify(text);
  return {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (_inputDirectory, outputDirectory) =>
      Object.entries(lazyEntries).map(([name, entry]) =>
        [
          // A script or, once esbuild has found its platform's, the program itself: either can be run.
          quote(require.resolve('esbuild/bin/esbuild')),
          quote(entry),
          '--bundle --minify --platform=node --log-level=warning',
          `--target=${target}`,
          `--format=${format}`,
          `--main-fields=${mainFields.join(',')}`,
          ...NEVER_LOADED.map((module) => `--external:${module}`),
          `--outfile=${quote(path.join(outputDirectory, `${name}.js`))}`,
        ].join(' '),
      ),
  };
}

function writeTraces(): PolicyStatement {
  return new PolicyStatement({
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}

/**
 * One Lambda function with a role, a log group and a bundle of its own: Node.js 24 on arm64, JSON log lines, traces, and no
 * permission that is not written in its props.
 */
export class PortcullisFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: PortcullisFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    const isTraced = props.tracing !== false;
    this.role = this.createRole(props.statements ?? [], isTraced);
    const nodejsFunction = new NodejsFunction(this, 'Function', {
      entry: props.entry,
      handler: 'handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      projectRoot: PROJECT_ROOT,
      // Nothing is installed for a bundle; a package that npm has installed has no lock file.
      depsLockFilePath: path.join(PROJECT_ROOT, 'package.json'),
      bundling: bundlingOf(props),
      awsSdkConnectionReuse: false,
      environment: props.environment,
      timeout: props.timeout,
      memorySize: props.memorySize,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: isTraced ? Tracing.ACTIVE : Tracing.DISABLED,
    });
    // The role's ARN orders them already; its permissions are part of the role.
    (nodejsFunction.node.defaultChild as CfnFunction).addDeletionOverride('DependsOn');
    this.function = nodejsFunction;
    Validations.of(nodejsFunction).acknowledge({
      id: 'Serverless::Serverless-LambdaDLQ',
      reason:
        'Every caller waits for the answer: API Gateway, or CloudFormation, which reports a missing one itself.',
    });
    if (!isTraced) {
      Validations.of(nodejsFunction).acknowledge({
        id: 'Serverless::Serverless-LambdaTracing',
        reason: 'Whoever deploys has switched traces off; logs and metrics say what happened.',
      });
    }
  }

  /**
   * What calls the function goes to: with environments that are kept ready, an alias of its newest version; without, the function.
   *
   * @param executions 0 to 10,000.
   */
  keepReady(executions: number): IFunction {
    requireWholeNumber('provisionedConcurrentExecutions', executions, 0, 10_000);
    if (executions === 0) return this.function;
    return new Alias(this, 'Live', {
      aliasName: 'live',
      version: this.function.currentVersion,
      provisionedConcurrentExecutions: executions,
    });
  }

  private createRole(statements: readonly PolicyStatement[], isTraced: boolean): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Permissions: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.logGroup.logGroupArn],
            }),
            ...(isTraced ? [writeTraces()] : []),
            ...statements,
          ],
        }),
      },
    });
    const reason = 'X-Ray has no resource types: its two write actions can be granted on * alone.';
    Validations.of(role).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]', reason },
      { id: 'Serverless::Serverless-LambdaStarPermissions', reason },
    );
    return role;
  }
}
