import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import type { AnswerCacheKey } from '../lib/answer-cache';
import type { PrimaryStore } from '../lib/replica-stack';

/** What a deployment can be told by `-c name=value`, by `cdk.json` or by nothing. */
export interface DeploymentContext {
  /** Which of several deployments this is; a tag. */
  readonly stage: string;
  /** What the names of stacks and exports begin with. */
  readonly prefix: string;
  readonly sandbox: boolean;
  /** A secret that the account's function makes, where CloudFormation itself cannot make secrets. */
  readonly rootCredentialsSecretName?: string;
  /** The AWS account and region of the stacks; without them, those of whoever deploys. */
  readonly account?: string;
  readonly region?: string;
  /** The twelve digits in the ARNs of users and policies; without it, the AWS account. */
  readonly accountId?: string;
  readonly logRetention: RetentionDays;
  readonly stalenessSeconds: number;
  readonly authorizerConcurrency?: number;
  readonly adminConcurrency?: number;
  readonly adminRateLimit: number;
  readonly adminBurstLimit: number;
  readonly gatewayLogging: boolean;
  /** Where people sign in: `https://console.example.com`, several separated by commas. */
  readonly signInOrigins: readonly string[];
  readonly tracing: boolean;
  /** Execution environments of the authorizer that are kept ready. */
  readonly provisionedConcurrency?: number;
  /** The longest time for which gateways may keep answers; undefined: they may not. */
  readonly answerCacheSeconds?: number;
  readonly answerCacheKey: AnswerCacheKey;
  /** A name of one's own for the administrators' API, with its certificate. */
  readonly adminDomain?: { readonly domainName: string; readonly certificateArn: string };
  /** Whether a web ACL stands before the administrators' API, or the ARN of one. */
  readonly webAcl: boolean | string;
  /** Regions with copies of the tables; undefined where tables and key are of one region for ever. */
  readonly replicaRegions?: readonly string[];
  /** Set where this region has the copies of another one's tables. */
  readonly primary?: PrimaryStore;
  /** Whether there are metrics of decisions, alarms and a dashboard. */
  readonly monitoring: boolean;
  readonly alarmTopicArn?: string;
  readonly alarmDenials?: number;
  readonly alarmUnauthorized?: number;
  readonly alarmLatencyMilliseconds?: number;
}

/** Browsers let pages of TLS, and of this machine, use passkeys. */
const SIGN_IN_ORIGINS =
  /^(?:https:\/\/[a-z0-9.-]+|http:\/\/localhost)(?::[0-9]{1,5})?(?:,(?:https:\/\/[a-z0-9.-]+|http:\/\/localhost)(?::[0-9]{1,5})?)*$/;

const TABLE_NAME = /^[A-Za-z0-9_.-]{3,255}$/;

/** How long CloudWatch Logs can keep a log, in days; the enum's other members are names. */
const RETENTIONS = Object.values(RetentionDays).filter(
  (value): value is RetentionDays => typeof value === 'number',
);

/**
 * Reads the context of a CDK app.
 *
 * Errors: a value that does not fit, with its name, what was given and what is allowed.
 */
export function readContext(
  node: Node,
  environment: NodeJS.ProcessEnv = process.env,
): DeploymentContext {
  const stage = readText(node, 'stage', /^[a-z][a-z0-9-]{0,31}$/) ?? 'production';
  const prefix =
    readText(node, 'prefix', /^[A-Za-z][A-Za-z0-9-]{0,63}$/) ??
    (stage === 'production' ? 'Portcullis' : `Portcullis-${stage}`);
  const sandbox = readSwitch(node, 'sandbox', false);
  return {
    stage,
    prefix,
    sandbox,
    rootCredentialsSecretName: readSwitch(node, 'emulator', isEmulated(environment))
      ? `${prefix}/RootCredentials`
      : undefined,
    account: readText(node, 'account', /^[0-9]{12}$/),
    region: readText(node, 'region', /^[a-z]{2}(-[a-z]+)+-[0-9]$/),
    accountId: readText(node, 'accountId', /^[0-9]{12}$/),
    logRetention: readRetention(
      node,
      sandbox ? RetentionDays.ONE_WEEK : RetentionDays.THREE_MONTHS,
    ),
    stalenessSeconds: readNumber(node, 'stalenessSeconds', 0, 60) ?? 5,
    authorizerConcurrency: readNumber(node, 'authorizerConcurrency', 1, 10_000),
    adminConcurrency: readNumber(node, 'adminConcurrency', 1, 10_000),
    adminRateLimit: readNumber(node, 'adminRateLimit', 1, 10_000) ?? 100,
    adminBurstLimit: readNumber(node, 'adminBurstLimit', 1, 5_000) ?? 200,
    gatewayLogging: readSwitch(node, 'gatewayLogging', true),
    signInOrigins: (readText(node, 'signInOrigins', SIGN_IN_ORIGINS) ?? '')
      .split(',')
      .filter(Boolean),
    tracing: readSwitch(node, 'tracing', true),
    provisionedConcurrency: readNumber(node, 'provisionedConcurrency', 1, 10_000),
    answerCacheSeconds: readNumber(node, 'answerCacheSeconds', 1, 3600),
    answerCacheKey:
      readText(node, 'answerCacheKey', /^(?:request|caller)$/) === 'caller' ? 'caller' : 'request',
    adminDomain: readAdminDomain(node),
    webAcl: readText(node, 'webAclArn', arnOf('wafv2')) ?? readSwitch(node, 'webAcl', false),
    replicaRegions: readReplicaRegions(node),
    primary: readPrimary(node),
    monitoring: readSwitch(node, 'monitoring', false),
    alarmTopicArn: readText(node, 'alarmTopicArn', arnOf('sns')),
    alarmDenials: readNumber(node, 'alarmDenials', 0, 1_000_000_000),
    alarmUnauthorized: readNumber(node, 'alarmUnauthorized', 0, 1_000_000_000),
    alarmLatencyMilliseconds: readNumber(node, 'alarmLatencyMilliseconds', 1, 30_000),
  };
}

function arnOf(service: 'acm' | 'sns' | 'wafv2'): RegExp {
  return new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9/_.-]+$`);
}

function readReplicaRegions(node: Node): readonly string[] | undefined {
  const text = readText(node, 'replicaRegions', /^(?:[a-z]{2}(-[a-z]+)+-[0-9](?:,(?!$)|$))+$/);
  return text?.split(',') ?? (readSwitch(node, 'multiRegion', false) ? [] : undefined);
}

/** All outputs of the region that administers, or none. */
function readPrimary(node: Node): PrimaryStore | undefined {
  const keyArn = readText(node, 'primaryKeyArn', /^arn:aws[a-z-]*:kms:\S+$/);
  const identitiesTableName = readText(node, 'primaryIdentitiesTable', TABLE_NAME);
  const policiesTableName = readText(node, 'primaryPoliciesTable', TABLE_NAME);
  if (keyArn === undefined && identitiesTableName === undefined && policiesTableName === undefined)
    return undefined;
  if (
    keyArn === undefined ||
    identitiesTableName === undefined ||
    policiesTableName === undefined
  ) {
    throw new Error(
      'context primaryKeyArn, primaryIdentitiesTable and primaryPoliciesTable are given together',
    );
  }
  return { keyArn, identitiesTableName, policiesTableName };
}

/** Both of a name and its certificate, or neither. */
function readAdminDomain(node: Node): DeploymentContext['adminDomain'] {
  const domainName = readText(node, 'adminDomainName', /^[a-z0-9.-]{4,253}$/);
  const certificateArn = readText(node, 'adminCertificateArn', arnOf('acm'));
  if (domainName === undefined && certificateArn === undefined) return undefined;
  if (domainName === undefined || certificateArn === undefined) {
    throw new Error('context adminDomainName and adminCertificateArn are given together');
  }
  return { domainName, certificateArn };
}

/** AWS is never reached without TLS: an endpoint without it is an emulator's. */
function isEmulated({ AWS_ENDPOINT_URL: endpoint = '' }: NodeJS.ProcessEnv): boolean {
  return endpoint.startsWith('http://');
}

function read(node: Node, name: string): unknown {
  return node.tryGetContext(name) as unknown;
}

function refuse(name: string, given: unknown, allowed: string): never {
  throw new Error(`context ${name} must be ${allowed}, but was ${JSON.stringify(given)}`);
}

function readText(node: Node, name: string, pattern: RegExp): string | undefined {
  const given = read(node, name);
  if (given === undefined) return undefined;
  // Twelve digits in cdk.json may have been written as a number.
  const text = typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string' || !pattern.test(text)) {
    return refuse(name, given, `text that matches ${pattern.source}`);
  }
  return text;
}

function readSwitch(node: Node, name: string, byDefault: boolean): boolean {
  const given = read(node, name);
  if (given === undefined) return byDefault;
  if (given === true || given === 'true') return true;
  if (given === false || given === 'false') return false;
  return refuse(name, given, 'true or false');
}

function readNumber(node: Node, name: string, least: number, most: number): number | undefined {
  const given = read(node, name);
  if (given === undefined) return undefined;
  const number = typeof given === 'string' && /^[0-9]{1,9}$/.test(given) ? Number(given) : given;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) {
    return number;
  }
  return refuse(name, given, `a whole number from ${least} to ${most}`);
}

function readRetention(node: Node, byDefault: RetentionDays): RetentionDays {
  const days = readNumber(node, 'logRetentionDays', 1, 3653);
  if (days === undefined) return byDefault;
  const retention = RETENTIONS.find((known) => days === (known as number));
  return retention ?? refuse('logRetentionDays', days, `one of ${RETENTIONS.join(', ')}`);
}
