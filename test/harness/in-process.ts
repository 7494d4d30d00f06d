import { HttpResponse } from '@smithy/core/transport';
import type { Engine } from '../../local/dynamodb/engine';
import type { Json } from '../../local/dynamodb/operations';
import { ServiceError } from '../../local/dynamodb/service-error';
import type { HttpRequest } from '../../lambdas/protocol/http';

/* What stands where a client of the SDK has its connection: the same bytes, and no network. */

/** What a client hands to its connection. */
interface ClientRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const bytesOf = (body: string | Uint8Array = ''): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : Uint8Array.from(body);

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection, for a client's `requestHandler`. */
export interface Connection {
  readonly handle: (request: ClientRequest) => Promise<{ response: HttpResponse }>;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => Record<string, never>;
  readonly destroy: () => void;
}

function connect(answer: (request: ClientRequest) => Promise<Answer>): Connection {
  return {
    handle: async (request) => {
      const { statusCode, headers, body } = await answer(request);
      const response = new HttpResponse({ statusCode, headers: { ...headers } });
      response.body = Buffer.from(body);
      return { response };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

/** A connection to an admin function. */
export function connectToService(handle: (request: HttpRequest) => Promise<Answer>): Connection {
  let requests = 0;
  return connect(({ method, path, headers, body }) => {
    requests += 1;
    return handle({
      method,
      path,
      query: [],
      headers: new Map(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
      ),
      body: bytesOf(body),
      sourceIp: '127.0.0.1',
      secureTransport: false,
      requestId: `request-${requests}`,
    });
  });
}

/** One request of DynamoDB: its operation and its input. */
export interface StoreRequest {
  readonly operation: string;
  readonly input: Json;
}

/** A connection to the embedded engine; `intercept` may answer in its place, with a body or a `ServiceError`. */
export function connectToEngine(
  engine: Engine,
  intercept: (request: StoreRequest) => Json | undefined = () => undefined,
): Connection {
  return connect(async ({ headers, body }) => {
    const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(new TextDecoder().decode(bytesOf(body))) as Json;
    const answer = (statusCode: number, output: object): Answer => ({
      statusCode,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(output),
    });
    try {
      const request = { operation, input };
      return answer(200, intercept(request) ?? (await engine.execute(operation, input)));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code, message, members, statusCode } = error;
      return answer(statusCode, { __type: `x#${code}`, message, ...members });
    }
  });
}
