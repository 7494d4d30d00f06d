import type { InvocationResult } from '../../../local/function-worker';
import type { HttpApi, HttpAuthorizer, HttpRoute } from '../../../local/gateway/http-api';
import { HttpGateway } from '../../../local/gateway/http-gateway';
import type { GatewayRequest } from '../../../local/gateway/request';
import { createRequest } from './fixture';

export const GUARD = 'arn:aws:lambda:eu-west-1:123456789012:function:guard';
const BACKEND = 'arn:aws:lambda:eu-west-1:123456789012:function:backend';

export function httpRoute(routeKey: string, more: Partial<HttpRoute> = {}): HttpRoute {
  const [httpMethod = '', resourcePath = routeKey] = routeKey.split(' ');
  return {
    routeKey,
    httpMethod,
    resourcePath,
    authorizer: undefined,
    integration: {
      functionArn: BACKEND,
      isPermitted: true,
      payloadFormatVersion: '2.0',
      timeoutMilliseconds: 1000,
    },
    ...more,
  };
}

export function httpAuthorizer(more: Partial<HttpAuthorizer> = {}): HttpAuthorizer {
  return {
    authorizerId: 'auth01',
    functionArn: GUARD,
    isPermitted: true,
    identitySources: ['$request.header.Authorization'],
    resultTtlSeconds: 0,
    payloadFormatVersion: '2.0',
    hasSimpleResponses: true,
    ...more,
  };
}

export function httpApi(routes: readonly HttpRoute[], more: Partial<HttpApi> = {}): HttpApi {
  return {
    apiId: 'a1b2c3d4e5',
    name: 'Orders',
    stackName: 'Test',
    accountId: '123456789012',
    region: 'eu-west-1',
    stageName: '$default',
    stageVariables: undefined,
    routes,
    cors: undefined,
    ...more,
  };
}

export const succeed = (answer: unknown): InvocationResult => ({
  ok: true,
  payload: JSON.stringify(answer),
});

export const fail = (errorMessage: string): InvocationResult => ({
  ok: false,
  error: { errorType: 'Error', errorMessage, trace: [] },
});

export type Event = Readonly<Record<string, unknown>>;

/** A gateway whose authorizer gives these answers, the last one again and again, and whose backend gives one. */
export function httpGateway(
  api: HttpApi,
  guards: readonly InvocationResult[] = [],
  backend: InvocationResult | undefined = succeed({ statusCode: 200, body: 'done' }),
) {
  const guardEvents: Event[] = [];
  const backendEvents: Event[] = [];
  const problems: string[] = [];
  const clock = { now: 0 };
  const gateway = new HttpGateway({
    api,
    invoke: (functionArn, payload) => {
      const event = JSON.parse(payload) as Event;
      if (functionArn !== GUARD) {
        backendEvents.push(event);
        return Promise.resolve(backend);
      }
      guardEvents.push(event);
      const index = Math.min(guardEvents.length, guards.length) - 1;
      return Promise.resolve(guards[index] ?? fail('none'));
    },
    now: () => clock.now,
    onProblem: (problem) => problems.push(problem),
  });
  const ask = async (method: string, target: string, more: Partial<GatewayRequest> = {}) => {
    const answer = await gateway.handle(createRequest(method, target, more));
    return {
      statusCode: answer.statusCode,
      headers: Object.fromEntries(answer.headers),
      body: answer.body.toString(),
    };
  };
  return { ask, gateway, guardEvents, backendEvents, problems, clock };
}

/** The header that carries a caller's identity. */
export const as = (token: string): Partial<GatewayRequest> => ({
  headers: [
    ['Host', 'api.example.com:4001'],
    ['Authorization', token],
  ],
});
