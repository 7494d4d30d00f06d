import type {
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  APIGatewayRequestAuthorizerEvent,
} from 'aws-lambda';

import type { HttpRequest, HttpResponse } from './http';

/*
 * API Gateway's REST API event format (1.0) and the form that everything behind it reads.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */

/** The request of a proxy integration. Errors: TypeError for what is no such event; a gateway never sends one. */
export function readProxyEvent(event: APIGatewayProxyEvent): HttpRequest {
  const body = event.body ?? '';
  return {
    ...readParts(event),
    body: Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** The request of a REQUEST authorizer; its body is never part of the event. */
export function readAuthorizerEvent(event: APIGatewayRequestAuthorizerEvent): HttpRequest {
  return { ...readParts(event), body: undefined };
}

/** What both events have; the types of the authorizer's leave out what its events always carry. */
interface EventParts {
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
  readonly requestContext: {
    readonly path: string;
    readonly requestId: string;
    readonly identity: { readonly sourceIp: string };
  };
}

function readParts(event: EventParts): Omit<HttpRequest, 'body'> {
  const { path, requestId, identity } = event.requestContext;
  for (const text of [event.httpMethod, path, requestId, identity.sourceIp]) {
    if (typeof text !== 'string') {
      throw new TypeError('the event is not of the REST API format');
    }
  }
  return {
    method: event.httpMethod,
    // The event's own `path` lacks the stage or base path, which the client has signed.
    path,
    query: readPairs(event.multiValueQueryStringParameters, event.queryStringParameters),
    headers: readHeaders(event.multiValueHeaders, event.headers),
    sourceIp: identity.sourceIp,
    // API Gateway serves HTTPS alone, and what a header says of it is the client's word.
    secureTransport: true,
    requestId,
  };
}

/** What a gateway gives as a map of lists or, where it gives only that, as a map of texts. */
export function readPairs(
  multiple: Readonly<Record<string, readonly string[] | undefined>> | null | undefined,
  single: Readonly<Record<string, string | undefined>> | null | undefined,
): [name: string, value: string][] {
  if (multiple) {
    return Object.entries(multiple).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    );
  }
  return Object.entries(single ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
}

/** Headers under lower-case names; see {@link readPairs}. */
export function readHeaders(
  multiple: Readonly<Record<string, readonly string[] | undefined>> | null | undefined,
  single: Readonly<Record<string, string | undefined>> | null | undefined,
): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (const [name, value] of readPairs(multiple, single)) {
    // Names come in the case that the client sent; two cases of one name are one header given twice. ASCII only, like HTTP's own names.
    const lowerCase = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const values = headers.get(lowerCase);
    if (values === undefined) {
      headers.set(lowerCase, [value]);
    } else {
      values.push(value);
    }
  }
  return headers;
}

/** The answer of a proxy integration. */
export function writeProxyResult(response: HttpResponse): APIGatewayProxyResult {
  return {
    statusCode: response.statusCode,
    headers: { ...response.headers },
    body: response.body,
    isBase64Encoded: false,
  };
}
