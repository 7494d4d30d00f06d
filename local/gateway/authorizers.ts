import type { InvocationResult } from '../function-worker';
import { readAuthorizerAnswer } from './authorizer-answer';
import type { AuthorizerAnswer } from './authorizer-answer';
import { createAuthorizerEvent, methodArnOf } from './events';
import type { AuthorizerContext } from './events';
import { GatewayError } from './gateway-error';
import { decideInvoke } from './invoke-policy';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import type { Authorizer, RestApi } from './rest-api';
import type { MatchedRoute } from './routing';

const MAXIMUM_CACHED_ANSWERS = 1000;

/** How the gateway calls a function; undefined when there is none with that ARN. */
export type InvokeFunction = (
  functionArn: string,
  payload: string,
) => Promise<InvocationResult> | undefined;

interface CachedAnswer {
  readonly answer: AuthorizerAnswer;
  readonly expiresAtMilliseconds: number;
}

/** The Lambda authorizers of one API, with the cache of their answers. */
export class Authorizers {
  readonly #cache = new Map<string, CachedAnswer>();

  constructor(
    private readonly api: RestApi,
    private readonly invoke: InvokeFunction,
    private readonly now: () => number,
    private readonly onProblem: (problem: string) => void,
  ) {}

  /** The context for the backend when the call is allowed; throws GatewayError otherwise. */
  async authorize(
    route: MatchedRoute,
    request: GatewayRequest,
  ): Promise<AuthorizerContext | undefined> {
    const { authorizer } = route.method;
    if (authorizer === undefined) return undefined;
    const identity = this.#identity(authorizer, request);
    const startedAt = this.now();
    const answer = await this.#answer(authorizer, route, request, identity);
    const context = {
      ...answer.context,
      principalId: answer.principalId,
      integrationLatency: this.now() - startedAt,
    };
    // Invariant: what is cached is the policy, and it is applied to this very method, never the answer to another one.
    const decision = decideInvoke(answer.policy, methodArnOf(this.api, request));
    if (decision === 'allowed') return context;
    const suffix = decision === 'explicitDeny' ? ' with an explicit deny' : '';
    throw new GatewayError(
      'ACCESS_DENIED',
      `User is not authorized to access this resource${suffix}`,
      context,
    );
  }

  /** Forgets every cached answer. */
  clear(): void {
    this.#cache.clear();
  }

  #identity(authorizer: Authorizer, request: GatewayRequest): readonly string[] {
    return authorizer.identitySources.map((source) => {
      const value = identityValue(this.api, source, request);
      if (value === undefined || value === '')
        throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
      const expression = authorizer.identityValidationExpression;
      if (
        authorizer.type === 'TOKEN' &&
        expression !== undefined &&
        !new RegExp(`^(?:${expression})$`).test(value)
      ) {
        throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
      }
      return value;
    });
  }

  async #answer(
    authorizer: Authorizer,
    route: MatchedRoute,
    request: GatewayRequest,
    identity: readonly string[],
  ): Promise<AuthorizerAnswer> {
    const key = JSON.stringify([authorizer.authorizerId, ...identity]);
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.expiresAtMilliseconds > this.now()) return cached.answer;
    this.#cache.delete(key);
    const answer = await this.#call(authorizer, route, request, identity);
    if (authorizer.resultTtlSeconds > 0) this.#remember(key, answer, authorizer.resultTtlSeconds);
    return answer;
  }

  #remember(key: string, answer: AuthorizerAnswer, ttlSeconds: number): void {
    const oldest = this.#cache.keys().next();
    if (this.#cache.size >= MAXIMUM_CACHED_ANSWERS && oldest.done !== true)
      this.#cache.delete(oldest.value);
    this.#cache.set(key, { answer, expiresAtMilliseconds: this.now() + ttlSeconds * 1000 });
  }

  async #call(
    authorizer: Authorizer,
    route: MatchedRoute,
    request: GatewayRequest,
    identity: readonly string[],
  ): Promise<AuthorizerAnswer> {
    if (!authorizer.isPermitted) {
      throw this.#misconfigured(
        `no AWS::Lambda::Permission lets the API call ${authorizer.functionArn}`,
      );
    }
    const event = createAuthorizerEvent(this.api, authorizer, route, request, identity);
    const result = await this.invoke(authorizer.functionArn, JSON.stringify(event));
    if (result === undefined)
      throw this.#misconfigured(`${authorizer.functionArn} is no function of this run`);
    if (!result.ok) {
      if (result.error.errorMessage === 'Unauthorized')
        throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
      throw this.#misconfigured(`the function failed: ${result.error.errorMessage}`);
    }
    const answer = readAuthorizerAnswer(result.payload);
    if (typeof answer === 'string') throw this.#misconfigured(answer);
    return answer;
  }

  #misconfigured(problem: string): GatewayError {
    this.onProblem(`authorizer of ${this.api.name}: ${problem}`);
    return new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null);
  }
}

function identityValue(api: RestApi, source: string, request: GatewayRequest): string | undefined {
  const header = after(source, 'method.request.header.');
  if (header !== undefined) return headerOf(request, header);
  const parameter = after(source, 'method.request.querystring.');
  if (parameter !== undefined) return decodeQuery(request.query).get(parameter)?.at(-1);
  const variable = after(source, 'stageVariables.');
  if (variable !== undefined) return api.stageVariables?.[variable];
  const context: Readonly<Record<string, string | undefined>> = {
    'context.httpMethod': request.method,
    'context.path': request.path,
    'context.stage': api.stageName,
    'context.apiId': api.apiId,
    'context.accountId': api.accountId,
    'context.identity.sourceIp': request.sourceIp,
    'context.identity.userAgent': headerOf(request, 'user-agent'),
  };
  return context[source];
}

function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
