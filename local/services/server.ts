import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';

import { closeServer, listen, readBody } from '../http-server';
import { isJsonObject, ServiceError } from './json-service';
import type { JsonObject, JsonService } from './json-service';
import { invokedFunction, invokeFunction } from './lambda';
import type { FunctionInvocation, InvocationAnswer } from './lambda';
import { isSignedWith } from './signed-with';

const MAXIMUM_BODY_BYTES = 256 * 1024;

export interface ServicesServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Serves AWS JSON 1.1 services, and Lambda's invocations, on loopback. Only callers that know this run's access key id are answered: it is random
 * and given to the functions alone, so that no other program on the machine or in a browser can use the keys.
 */
export async function startServices(
  services: readonly JsonService[],
  accessKeyId: string,
  invoke: FunctionInvocation = () => undefined,
): Promise<ServicesServer> {
  const server = createServer((request, response) => {
    void answer({ services, accessKeyId, invoke }, request, response);
  });
  const port = await listen(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}

interface Served {
  readonly services: readonly JsonService[];
  readonly accessKeyId: string;
  readonly invoke: FunctionInvocation;
}

async function answer(
  { services, accessKeyId, invoke }: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!isSignedWith(accessKeyId, request.headers.authorization ?? '')) {
      throw new ServiceError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    const body = await readBody(request, MAXIMUM_BODY_BYTES);
    if (body === undefined)
      throw new ServiceError('RequestEntityTooLargeException', 'Request too large', 413);
    const functionArn = invokedFunction(request.method, request.url ?? '');
    if (functionArn === undefined) {
      send(response, 200, run(services, request, body));
    } else {
      sendInvocation(response, await invokeFunction(functionArn, body.toString('utf8'), invoke));
    }
  } catch (error) {
    const known = error instanceof ServiceError ? error : undefined;
    send(response, known?.statusCode ?? 500, {
      __type: known?.code ?? 'InternalFailure',
      message: known?.message ?? 'internal failure',
    });
  }
}

function run(services: readonly JsonService[], request: IncomingMessage, body: Buffer): JsonObject {
  const target = request.headers['x-amz-target'];
  const [prefix, operation] = typeof target === 'string' ? target.split('.') : [];
  const service = services.find((candidate) => candidate.targetPrefix === prefix);
  const operations = service?.operations ?? {};
  const execute =
    operation !== undefined && Object.hasOwn(operations, operation)
      ? operations[operation]
      : undefined;
  if (request.method !== 'POST' || execute === undefined) {
    throw new ServiceError(
      'UnknownOperationException',
      `the local run has no such service or operation: ${String(target ?? request.url)}`,
    );
  }
  return execute(parse(body));
}

function parse(body: Buffer): JsonObject {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ServiceError('SerializationException', 'the body is not JSON');
  }
  if (!isJsonObject(input))
    throw new ServiceError('SerializationException', 'the body is no JSON object');
  return input;
}

function sendInvocation(response: ServerResponse, answered: InvocationAnswer): void {
  const { payload, functionError } = answered;
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
  });
  response.end(payload);
}

function send(response: ServerResponse, statusCode: number, body: JsonObject): void {
  response.writeHead(statusCode, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
