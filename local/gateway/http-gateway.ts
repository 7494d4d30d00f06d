import { MAXIMUM_PAYLOAD_BYTES } from '../function-pool';
import type { InvokeFunction } from './authorizer-calls';
import { withDeadline } from './deadline';
import { GatewayError } from './gateway-error';
import type { GatewayAnswer } from './gateway-response';
import { DEFAULT_NAME } from './http-api';
import type { HttpApi, HttpRoute } from './http-api';
import { HttpAuthorizers } from './http-authorizers';
import { answerPreflight, applyCors } from './http-cors';
import { createHttpProxyEvent } from './http-events';
import type { HttpCall } from './http-events';
import { readHttpProxyAnswer } from './http-proxy-answer';
import { decodePercent } from './request';
import type { GatewayRequest } from './request';
import { checkHead } from './request-limits';
import { Router } from './routing';
import type { ServedApi } from './served-api';

export interface HttpGatewayOptions {
  readonly api: HttpApi;
  readonly invoke: InvokeFunction;
  readonly now: () => number;
  /** Takes what API Gateway would write into its logs. */
  readonly onProblem: (problem: string) => void;
}

/** An answer that an HTTP API makes itself; its form cannot be changed. */
class HttpGatewayError extends Error {
  override readonly name = 'HttpGatewayError';

  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** One HTTP API: takes requests, calls authorizers and functions, makes answers. */
export class HttpGateway implements ServedApi {
  readonly #router: Router<HttpRoute>;
  readonly #authorizers: HttpAuthorizers;

  constructor(private readonly options: HttpGatewayOptions) {
    const { api, invoke, now, onProblem } = options;
    this.#router = new Router(
      api.routes.filter(({ routeKey }) => routeKey !== DEFAULT_NAME),
      'HTTP',
    );
    this.#authorizers = new HttpAuthorizers({
      apiName: api.name,
      invoke,
      now,
      onProblem,
      knowsUnauthorized: false,
    });
  }

  async handle(request: GatewayRequest, isTooLarge = false): Promise<GatewayAnswer> {
    const { cors } = this.options.api;
    const preflight = cors && answerPreflight(cors, request);
    const answer = preflight ?? (await this.#answer(request, isTooLarge));
    const headers =
      cors === undefined || preflight !== undefined
        ? answer.headers
        : applyCors(cors, request, answer.headers);
    return { ...answer, headers: [...headers, ['apigw-requestid', request.extendedRequestId]] };
  }

  clear(): void {
    this.#authorizers.clear();
  }

  async #answer(request: GatewayRequest, isTooLarge: boolean): Promise<GatewayAnswer> {
    try {
      checkHead(request);
      if (isTooLarge) throw new HttpGatewayError(413, 'Request Entity Too Large');
      return await this.#serve(this.#locate(request));
    } catch (error) {
      return this.#answerError(error);
    }
  }

  /** An HTTP API decodes the path before it looks for a route; what follows a question mark then is gone. */
  #locate(request: GatewayRequest): HttpCall {
    const { api } = this.options;
    const rawPath = decodePercent(request.path).split('?')[0] ?? '/';
    const prefix = api.stageName === DEFAULT_NAME ? '' : `/${api.stageName}`;
    if (rawPath !== prefix && !rawPath.startsWith(`${prefix}/`))
      throw new HttpGatewayError(404, 'Not Found');
    const routedPath = rawPath.slice(prefix.length) || '/';
    const fallback = api.routes.find(({ routeKey }) => routeKey === DEFAULT_NAME);
    const route =
      this.#router.match(request.method, routedPath) ??
      (fallback && { method: fallback, pathParameters: {} });
    if (route === undefined) throw new HttpGatewayError(404, 'Not Found');
    return { api, route, request, rawPath, routedPath };
  }

  async #serve(call: HttpCall): Promise<GatewayAnswer> {
    const { integration } = call.route.method;
    const authorizer = await this.#authorizers.authorize(call);
    if (!integration.isPermitted)
      throw this.#broken(`no AWS::Lambda::Permission lets the API call ${integration.functionArn}`);
    const payload = JSON.stringify(createHttpProxyEvent(call, authorizer));
    if (Buffer.byteLength(payload) > MAXIMUM_PAYLOAD_BYTES)
      throw new HttpGatewayError(413, 'Request Entity Too Large');
    const invocation = this.options.invoke(integration.functionArn, payload);
    if (invocation === undefined)
      throw this.#broken(`${integration.functionArn} is no function of this run`);
    const result = await withDeadline(invocation, integration.timeoutMilliseconds);
    if (result === undefined) throw new HttpGatewayError(503, 'Service Unavailable');
    if (!result.ok) throw this.#broken(`the function failed: ${result.error.errorMessage}`);
    const answer = readHttpProxyAnswer(integration.payloadFormatVersion, result.payload);
    if (typeof answer === 'string') throw this.#broken(`malformed answer: ${answer}`);
    return answer;
  }

  #broken(problem: string): HttpGatewayError {
    this.options.onProblem(`${this.options.api.name}: ${problem}`);
    return new HttpGatewayError(500, 'Internal Server Error');
  }

  #answerError(error: unknown): GatewayAnswer {
    const [statusCode, message] = this.#statusOf(error);
    return {
      statusCode,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify({ message })),
    };
  }

  #statusOf(error: unknown): readonly [number, string] {
    if (error instanceof HttpGatewayError) return [error.statusCode, error.message];
    if (error instanceof GatewayError) {
      return error.statusCode >= 500
        ? [error.statusCode, 'Internal Server Error']
        : [error.statusCode, error.text ?? ''];
    }
    this.#broken(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return [500, 'Internal Server Error'];
  }
}
