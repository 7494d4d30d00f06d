/*
 * What is read of a gateway's event: a REST API's, an HTTP API's of both formats, and a WebSocket API's. Everything is looked for where
 * the gateway alone writes; headers say only what a token is.
 */

type Json = Readonly<Record<string, unknown>>;

/** A call as its gateway hands it over. */
export interface GatewayCall {
  /** What the authorizer has said; undefined where there was none. */
  readonly context: Json | undefined;
  /** The bytes; undefined where the gateway's messages are not signed at all (WebSocket). */
  readonly body: Uint8Array | undefined;
  readonly sourceIp: string | undefined;
  /** The token of the session that the call was signed with, or that it carries as a bearer. */
  readonly token: string | undefined;
  /** Which the caller has named for the token of an OIDC provider. */
  readonly roleArn: string | undefined;
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** undefined for what is no event of such a gateway. */
export function readGatewayCall(event: unknown): GatewayCall | undefined {
  const call = objectOf(event);
  const request = objectOf(call?.['requestContext']);
  if (call === undefined || request === undefined || !isText(call['body'])) return undefined;
  const authorizer = objectOf(request['authorizer']);
  const carried = { token: tokenOf(call), roleArn: headerOf(call, 'x-portcullis-role') };
  if (call['version'] === '2.0') {
    const http = objectOf(request['http']);
    const context = objectOf(authorizer?.['lambda']);
    return http && { context, body: bodyOf(call), sourceIp: textOf(http['sourceIp']), ...carried };
  }
  const sourceIp = textOf(objectOf(request['identity'])?.['sourceIp']);
  const body = isWebSocket(request) ? undefined : bodyOf(call);
  return { context: authorizer, body, sourceIp, ...carried };
}

function isWebSocket(request: Json): boolean {
  const { connectionId, eventType, routeKey, httpMethod } = request;
  const isEvent = eventType === 'CONNECT' || eventType === 'MESSAGE' || eventType === 'DISCONNECT';
  const isNamed = textOf(connectionId) !== undefined && textOf(routeKey) !== undefined;
  return isEvent && isNamed && httpMethod === undefined;
}

/** Gateways give the text of a body, or nothing; what somebody has made of it is not what was signed. */
function isText(body: unknown): boolean {
  return body === undefined || body === null || typeof body === 'string';
}

function bodyOf({ body, isBase64Encoded }: Json): Uint8Array {
  const text = typeof body === 'string' ? body : '';
  return Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8');
}

const BEARER = /^bearer ([\w.~+/=-]+)$/i;

function headerOf(call: Json, name: string): string | undefined {
  const headers = Object.entries(objectOf(call['headers']) ?? {});
  return textOf(headers.find(([key]) => key.toLowerCase() === name)?.[1]);
}

function tokenOf(call: Json): string | undefined {
  const query = objectOf(call['queryStringParameters']) ?? {};
  return (
    headerOf(call, 'x-amz-security-token') ??
    textOf(query['X-Amz-Security-Token']) ??
    BEARER.exec(headerOf(call, 'authorization') ?? '')?.[1]
  );
}
