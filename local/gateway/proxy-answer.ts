import { validateHeaderName, validateHeaderValue } from 'node:http';

import type { GatewayAnswer } from './gateway-response';
import { isBinaryType } from './events';
import { headerOf } from './request';
import type { GatewayRequest } from './request';
import type { RestApi } from './rest-api';

type Scalar = string | number | boolean;

const MEMBERS = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];

/** Headers of a function that reach the client under another name, because the gateway sets them itself. */
const REMAPPED_HEADERS = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'user-agent',
  'www-authenticate',
  'x-amzn-requestid',
]);

const DROPPED_HEADERS = new Set(['keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Reads what a function answered a proxy integration with. A string is the reason why it is malformed: the gateway answers 502.
 * No member is required, others than the format's five are not allowed.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function readProxyAnswer(
  api: RestApi,
  request: GatewayRequest,
  payload: string,
): GatewayAnswer | string {
  const answer = readVersion1Answer(JSON.parse(payload) as unknown);
  if (typeof answer === 'string') return answer;
  const headers = remapHeaders(answer.headers);
  const isBinary = answer.isBase64Encoded && isBinaryAnswer(api, request, headers);
  return {
    statusCode: answer.statusCode,
    headers,
    body: Buffer.from(answer.body, isBinary ? 'base64' : 'utf8'),
  };
}

/** An answer in payload format 1.0, in order, before the gateway changes anything of it. */
export interface Version1Answer {
  readonly statusCode: number;
  /** A header in both maps has the values of the multi-value one. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Reads payload format 1.0; a string is the reason why the answer is malformed. */
export function readVersion1Answer(answer: unknown): Version1Answer | string {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    return 'the answer is no object';
  const unknown = Object.keys(answer).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined)
    return `the answer has the member ${unknown}, which the proxy format does not know`;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = answer as Readonly<
    Record<string, unknown>
  >;
  const status = Number(statusCode ?? 200);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    return 'statusCode is no HTTP status';
  const single = readHeaders(headers);
  const multiple = readMultiValueHeaders(multiValueHeaders);
  if (single === undefined) return 'headers is no map of scalars';
  if (multiple === undefined) return 'multiValueHeaders is no map of lists of scalars';
  if (body !== undefined && body !== null && typeof body !== 'string') return 'body is no string';
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== 'boolean')
    return 'isBase64Encoded is no boolean';
  const merged = mergeHeaders(single, multiple);
  if (!merged.every(isSendable)) return 'a header holds characters that HTTP does not allow';
  return {
    statusCode: status,
    headers: merged,
    body: body ?? '',
    isBase64Encoded: isBase64Encoded === true,
  };
}

/** The first type that the client accepts, or the answer's own, must be binary to the API; else base64 is sent as it is. */
function isBinaryAnswer(
  api: RestApi,
  request: GatewayRequest,
  headers: readonly (readonly [string, string])[],
): boolean {
  const accepted = headerOf(request, 'accept')?.split(',')[0];
  return isBinaryType(api, accepted) || isBinaryType(api, headerOf({ headers }, 'content-type'));
}

/** A map of header names to scalars; undefined for anything else. */
export function readHeaders(headers: unknown): readonly (readonly [string, string])[] | undefined {
  if (headers === undefined || headers === null) return [];
  if (typeof headers !== 'object' || Array.isArray(headers)) return undefined;
  const entries = Object.entries(headers as Record<string, unknown>);
  return entries.every((entry): entry is [string, Scalar] => isScalar(entry[1]))
    ? entries.map(([name, value]) => [name, String(value)] as const)
    : undefined;
}

function readMultiValueHeaders(
  headers: unknown,
): readonly (readonly [string, string])[] | undefined {
  if (headers === undefined || headers === null) return [];
  if (typeof headers !== 'object' || Array.isArray(headers)) return undefined;
  const values: [string, string][] = [];
  for (const [name, list] of Object.entries(headers as Record<string, unknown>)) {
    if (!Array.isArray(list)) return undefined;
    for (const value of list as readonly unknown[]) {
      if (!isScalar(value)) return undefined;
      values.push([name, String(value)]);
    }
  }
  return values;
}

function mergeHeaders(
  single: readonly (readonly [string, string])[],
  multiple: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const several = new Set(multiple.map(([name]) => name.toLowerCase()));
  const merged = [...single.filter(([name]) => !several.has(name.toLowerCase())), ...multiple];
  return merged.filter(([name]) => !DROPPED_HEADERS.has(name.toLowerCase()));
}

/** Without Content-Type the answer is JSON. */
function remapHeaders(
  headers: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const sent = headers.map(
    ([name, value]) =>
      [REMAPPED_HEADERS.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, value] as const,
  );
  const hasType = sent.some(([name]) => name.toLowerCase() === 'content-type');
  return hasType ? sent : [['Content-Type', 'application/json'], ...sent];
}

/** Whether HTTP allows the name and the value. */
export function isSendable([name, value]: readonly [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
