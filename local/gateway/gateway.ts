import { MAXIMUM_PAYLOAD_BYTES } from '../function-pool';
import { Authorizers } from './authorizers';
import type { InvokeFunction } from './authorizer-calls';
import { withDeadline } from './deadline';
import { createProxyEvent, methodArnOf } from './events';
import type { AuthorizerContext } from './events';
import { GatewayError } from './gateway-error';
import { answerError } from './gateway-response';
import type { GatewayAnswer } from './gateway-response';
import { readProxyAnswer } from './proxy-answer';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import { checkHead } from './request-limits';
import type { Integration, Method, RestApi } from './rest-api';
import { Router } from './routing';
import type { MatchedRoute } from './routing';
import type { ServedApi } from './served-api';

const MAXIMUM_METHOD_ARN_BYTES = 1600;

export interface GatewayOptions {
  readonly api: RestApi;
  readonly invoke: InvokeFunction;
  readonly now: () => number;
  /** Takes what API Gateway would write into its execution log. */
  readonly onProblem: (problem: string) => void;
}

/** One REST API: takes requests, calls authorizers and functions, makes answers. */
export class Gateway implements ServedApi {
  readonly #router: Router<Method>;
  readonly #authorizers: Authorizers;

  constructor(private readonly options: GatewayOptions) {
    const { api, invoke, now, onProblem } = options;
    this.#router = new Router(api.methods);
    this.#authorizers = new Authorizers(api, invoke, now, onProblem);
  }

  get api(): RestApi {
    return this.options.api;
  }

  /** Answers one request. `isTooLarge`: the body was larger than the limit and is not there. Never rejects. */
  async handle(request: GatewayRequest, isTooLarge = false): Promise<GatewayAnswer> {
    let route: MatchedRoute | undefined;
    let answer: GatewayAnswer;
    try {
      checkHead(request);
      if (isTooLarge) throw new GatewayError('REQUEST_TOO_LARGE', 'Request Too Long');
      route = this.#router.match(request.method, request.path);
      if (route === undefined)
        throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
      if (Buffer.byteLength(methodArnOf(this.api, request)) > MAXIMUM_METHOD_ARN_BYTES) {
        throw new GatewayError('DEFAULT_4XX', 'Request URI too long', undefined, [
          414,
          'RequestUriTooLongException',
        ]);
      }
      const authorizer = await this.#authorizers.authorize(route, request);
      checkParameters(route, request);
      answer = await this.#integrate(route.method.integration, route, request, authorizer);
    } catch (error) {
      answer = answerError(this.api, this.#toGatewayError(error), request, route);
    }
    return {
      ...answer,
      headers: [
        ...answer.headers,
        ['x-amzn-RequestId', request.requestId],
        ['x-amz-apigw-id', request.extendedRequestId],
      ],
    };
  }

  /** Forgets cached authorizer answers. */
  clear(): void {
    this.#authorizers.clear();
  }

  async #integrate(
    integration: Integration,
    route: MatchedRoute,
    request: GatewayRequest,
    authorizer: AuthorizerContext | undefined,
  ): Promise<GatewayAnswer> {
    if (integration.type === 'MOCK') {
      const headers = Object.entries(integration.headers);
      const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
      return {
        statusCode: integration.statusCode,
        headers: hasType ? headers : [['Content-Type', 'application/json'], ...headers],
        body: Buffer.from(integration.body),
      };
    }
    if (!integration.isPermitted) {
      this.options.onProblem(
        `${this.api.name}: no AWS::Lambda::Permission lets the API call ${integration.functionArn}`,
      );
      throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', authorizer);
    }
    const payload = JSON.stringify(createProxyEvent(this.api, route, request, authorizer));
    if (Buffer.byteLength(payload) > MAXIMUM_PAYLOAD_BYTES) {
      throw new GatewayError('REQUEST_TOO_LARGE', 'Request Too Long', authorizer);
    }
    const answer = readProxyAnswer(
      this.api,
      request,
      await this.#invoke(integration, payload, authorizer),
    );
    if (typeof answer !== 'string') return answer;
    this.options.onProblem(`${this.api.name}: malformed Lambda proxy response: ${answer}`);
    throw new GatewayError('INTEGRATION_FAILURE', 'Internal server error', authorizer);
  }

  async #invoke(
    integration: Extract<Integration, { type: 'AWS_PROXY' }>,
    payload: string,
    authorizer: AuthorizerContext | undefined,
  ): Promise<string> {
    const invocation = this.options.invoke(integration.functionArn, payload);
    if (invocation === undefined) {
      this.options.onProblem(
        `${this.api.name}: ${integration.functionArn} is no function of this run`,
      );
      throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', authorizer);
    }
    const result = await withDeadline(invocation, integration.timeoutMilliseconds);
    if (result === undefined)
      throw new GatewayError('INTEGRATION_TIMEOUT', 'Endpoint request timed out', authorizer);
    if (result.ok) return result.payload;
    this.options.onProblem(`${this.api.name}: the function failed: ${result.error.errorMessage}`);
    throw new GatewayError('INTEGRATION_FAILURE', 'Internal server error', authorizer);
  }

  #toGatewayError(error: unknown): GatewayError {
    if (error instanceof GatewayError) return error;
    this.options.onProblem(
      `${this.api.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error');
  }
}

function checkParameters(route: MatchedRoute, request: GatewayRequest): void {
  const query = decodeQuery(request.query);
  const missing = route.method.requiredParameters.flatMap((parameter) => {
    const [, , place, ...rest] = parameter.split('.');
    const name = rest.join('.');
    const isThere =
      place === 'querystring'
        ? query.has(name)
        : place === 'header'
          ? headerOf(request, name) !== undefined
          : Object.hasOwn(route.pathParameters, name);
    return isThere ? [] : [name];
  });
  if (missing.length > 0) {
    throw new GatewayError(
      'BAD_REQUEST_PARAMETERS',
      `Missing required request parameters: [${missing.join(', ')}]`,
    );
  }
}
