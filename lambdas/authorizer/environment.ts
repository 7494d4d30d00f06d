import type { AnswerCache } from './answer-cache';
import type { GatewaySettings } from './gateways';
import type { KmsDecryptionOptions } from './kms-decryption';

/** What the function's template, and Lambda, tell it. */
export interface AuthorizerEnvironment {
  readonly identitiesTable: string;
  readonly policiesTable: string;
  readonly kms: Omit<KmsDecryptionOptions, 'timeoutMilliseconds'>;
  /** How long what the store said may be used; 0 is allowed. */
  readonly stalenessSeconds: number;
  /** Whether administration is told who was there: not where the tables are copies, which nothing here may write. */
  readonly notesUsage: boolean;
  /** undefined where no gateway keeps an answer. */
  readonly answerCache: AnswerCache | undefined;
  readonly gateways: Omit<GatewaySettings, 'loadAppSyncReader'>;
}

const DEFAULT_STALENESS_SECONDS = 5;
/** Beyond this a withdrawn right would live longer than a session's shortest. */
const MAX_STALENESS_SECONDS = 900;

/** Throws where a variable is missing or is not what it should be: a wrongly deployed function must not decide. */
export function readEnvironment(variables: NodeJS.ProcessEnv): AuthorizerEnvironment {
  return {
    identitiesTable: required(variables, 'IDENTITIES_TABLE'),
    policiesTable: required(variables, 'POLICIES_TABLE'),
    kms: readKms(variables),
    stalenessSeconds: readStaleness(variables['STALENESS_SECONDS']),
    notesUsage: variables['NOTE_USAGE'] !== 'false',
    answerCache: readAnswerCache(variables),
    gateways: {
      region: required(variables, 'AWS_REGION'),
      httpApiAnswer: readHttpApiAnswer(variables['HTTP_API_ANSWER']),
    },
  };
}

/**
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html and
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
function readKms(variables: NodeJS.ProcessEnv): AuthorizerEnvironment['kms'] {
  const region = required(variables, 'AWS_REGION');
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint =
    variables['AWS_ENDPOINT_URL_KMS'] ??
    variables['AWS_ENDPOINT_URL'] ??
    `https://kms.${region}.${domain}/`;
  return {
    keyId: required(variables, 'KMS_KEY_ID'),
    region,
    endpoint: new URL(endpoint),
    credentials: {
      accessKeyId: required(variables, 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: required(variables, 'AWS_SECRET_ACCESS_KEY'),
      sessionToken: variables['AWS_SESSION_TOKEN'],
    },
  };
}

function required(variables: NodeJS.ProcessEnv, name: string): string {
  const value = variables[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing`);
  }
  return value;
}

/**
 * Source: "The maximum value is 3600 seconds." https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html
 */
const MAX_CACHE_SECONDS = 3600;

function readAnswerCache(variables: NodeJS.ProcessEnv): AnswerCache | undefined {
  const { ANSWER_CACHE_KEY: key, ANSWER_CACHE_SECONDS: text } = variables;
  if (key === undefined && text === undefined) return undefined;
  const seconds = /^[1-9][0-9]{0,3}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if ((key !== 'request' && key !== 'caller') || !(seconds <= MAX_CACHE_SECONDS)) {
    throw new Error(
      `ANSWER_CACHE_KEY is 'request' or 'caller', and ANSWER_CACHE_SECONDS from 1 to ${MAX_CACHE_SECONDS}`,
    );
  }
  return { key, seconds };
}

function readHttpApiAnswer(text: string | undefined): GatewaySettings['httpApiAnswer'] {
  if (text !== undefined && text !== 'simple' && text !== 'policy') {
    throw new Error("HTTP_API_ANSWER is 'simple' or 'policy'");
  }
  return text ?? 'simple';
}

function readStaleness(text: string | undefined): number {
  if (text === undefined) {
    return DEFAULT_STALENESS_SECONDS;
  }
  const seconds = /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= MAX_STALENESS_SECONDS)) {
    throw new Error(`STALENESS_SECONDS is a whole number from 0 to ${MAX_STALENESS_SECONDS}`);
  }
  return seconds;
}
