import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

export const API_ID = 'a1b2c3d4e5';
export const STAGE = 'prod';
export const HOST = `${API_ID}.execute-api.eu-west-1.amazonaws.com`;
export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';

export interface Call {
  readonly method?: string;
  /** As sent, without the stage. */
  readonly path?: string;
  /** As the gateway matched it. */
  readonly resource?: string;
  readonly pathParameters?: Record<string, string> | null;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly sourceIp?: string;
}

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly service?: string;
  readonly region?: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The hash of the SDK's interface on top of Node's own. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

/** The headers that a client which signs sends. */
export async function sign(call: Call, signing: Signing): Promise<Record<string, string>> {
  const { method = 'GET', path = '/orders/42', query = {}, headers = {}, body } = call;
  const signer = new SignatureV4({
    service: signing.service ?? 'execute-api',
    region: signing.region ?? REGION,
    sha256: Sha256 as never,
    credentials: {
      accessKeyId: signing.accessKeyId,
      secretAccessKey: signing.secretAccessKey,
      ...(signing.sessionToken === undefined ? {} : { sessionToken: signing.sessionToken }),
    },
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'https:',
      hostname: HOST,
      path: `/${STAGE}${path}`,
      query,
      headers: { host: HOST, ...headers },
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: new Date(signing.now) },
  );
  return signed.headers;
}

/** The event of a REST API's REQUEST authorizer. */
export function restEvent(call: Call, headers: Record<string, string>) {
  const { method = 'GET', path = '/orders/42', resource = '/orders/{orderId}' } = call;
  const query = call.query ?? {};
  const event = {
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${API_ID}/${STAGE}/${method}${path}`,
    resource,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: query,
    multiValueQueryStringParameters: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, [value]]),
    ),
    pathParameters: call.pathParameters === undefined ? { orderId: '42' } : call.pathParameters,
    stageVariables: {},
    requestContext: {
      accountId: ACCOUNT,
      apiId: API_ID,
      stage: STAGE,
      httpMethod: method,
      path: `/${STAGE}${path}`,
      resourcePath: resource,
      resourceId: 'res123',
      protocol: 'HTTP/1.1',
      authorizer: undefined,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: 0,
      identity: { sourceIp: call.sourceIp ?? '203.0.113.7', userAgent: 'curl/8' },
    },
  };
  return event as unknown as APIGatewayRequestAuthorizerEvent;
}

/** A signed call as the gateway hands it over. */
export async function signedEvent(
  call: Call,
  signing: Signing,
): Promise<APIGatewayRequestAuthorizerEvent> {
  return restEvent(call, await sign(call, signing));
}
