import type { GatewayAnswer } from './gateway-response';
import type { PayloadFormatVersion } from './http-api';
import { isSendable, readHeaders, readVersion1Answer } from './proxy-answer';

/**
 * Reads what a function answered an HTTP API with. A string is the reason why it is malformed: the gateway answers 500.
 * In format 2.0 an answer without statusCode is the body itself, and JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function readHttpProxyAnswer(
  version: PayloadFormatVersion,
  payload: string,
): GatewayAnswer | string {
  const answer = JSON.parse(payload) as unknown;
  if (version === '1.0') {
    const read = readVersion1Answer(answer);
    return typeof read === 'string' ? read : { statusCode: read.statusCode, ...sent(read) };
  }
  const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
  if (!isObject || !('statusCode' in answer)) {
    return {
      statusCode: 200,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(typeof answer === 'string' ? answer : payload),
    };
  }
  return readVersion2(answer);
}

function readVersion2(answer: Readonly<Record<string, unknown>>): GatewayAnswer | string {
  const { statusCode, headers, body, isBase64Encoded, cookies } = answer;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599)
    return 'statusCode is no HTTP status';
  const given = readHeaders(headers);
  if (given === undefined) return 'headers is no map of scalars';
  if (body !== undefined && body !== null && typeof body !== 'string') return 'body is no string';
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== 'boolean')
    return 'isBase64Encoded is no boolean';
  const list: readonly unknown[] | undefined =
    cookies === undefined || cookies === null ? [] : Array.isArray(cookies) ? cookies : undefined;
  if (list === undefined || !list.every((cookie) => typeof cookie === 'string'))
    return 'cookies is no list of strings';
  const all = [...given, ...list.map((cookie) => ['set-cookie', cookie] as const)];
  if (!all.every(isSendable)) return 'a header holds characters that HTTP does not allow';
  return {
    statusCode: status,
    ...sent({ headers: all, body: body ?? '', isBase64Encoded: isBase64Encoded === true }),
  };
}

function sent(answer: {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}): Pick<GatewayAnswer, 'headers' | 'body'> {
  const headers = answer.headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'content-length');
  const hasType = headers.some(([name]) => name === 'content-type');
  return {
    headers: hasType ? headers : [['content-type', 'text/plain;charset=UTF-8'], ...headers],
    body: Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8'),
  };
}
