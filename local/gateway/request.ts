import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** One request as it came over the wire, before any event is made of it. */
export interface GatewayRequest {
  readonly method: string;
  /** As sent, percent-encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Names in the case that they were sent in, in the order that they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly port: number;
  readonly httpVersion: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly receivedAt: Date;
}

/** Everything about a request but its body. */
export function readRequestHead(message: IncomingMessage): Omit<GatewayRequest, 'body'> {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.push([message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '']);
  }
  return {
    method: message.method ?? 'GET',
    // Several slashes at the beginning are one to the gateway.
    path: (mark < 0 ? target : target.slice(0, mark)).replace(/^\/+/, '/'),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    sourceIp: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    port: message.socket.localPort ?? 0,
    httpVersion: `HTTP/${message.httpVersion}`,
    requestId: randomUUID(),
    extendedRequestId: randomBytes(11).toString('base64'),
    receivedAt: new Date(),
  };
}

/** The last value of a header, whatever its case; undefined when it was not sent. */
export function headerOf(
  request: Pick<GatewayRequest, 'headers'>,
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  return request.headers.findLast(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

/**
 * The decoded query as a REST API hands it over: `+` is a space, `;` separates like `&`, a name without `=` has an empty value,
 * and the values of one name keep their order.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function decodeQuery(
  query: string,
  separators: '&' | '&;' = '&;',
): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split(separators === '&' ? '&' : /[&;]/)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodePart(pair.slice(equals + 1));
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  return parameters;
}

function decodePart(text: string): string {
  return decodePercent(text.replaceAll('+', ' '));
}

/** Percent signs that begin no escape stay; escapes that are no UTF-8 become replacement characters. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let index = 0; index < source.length; index += 1) {
    const escape = source.subarray(index, index + 3).toString('latin1');
    if (/^%[0-9a-fA-F]{2}$/.test(escape)) {
      bytes.push(Number.parseInt(escape.slice(1), 16));
      index += 2;
    } else {
      bytes.push(source[index] ?? 0);
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
