import { readAuthorizerAnswer } from './authorizer-answer';
import type { AuthorizerAnswer } from './authorizer-answer';
import { after, AuthorizerCalls, readIdentity } from './authorizer-calls';
import type { InvokeFunction } from './authorizer-calls';
import { createAuthorizerEvent, methodArnOf } from './events';
import type { AuthorizerContext } from './events';
import { GatewayError } from './gateway-error';
import { decideInvoke } from './invoke-policy';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import type { Authorizer, RestApi } from './rest-api';
import type { MatchedRoute } from './routing';

/** The Lambda authorizers of one REST API, with the cache of their answers. */
export class Authorizers {
  readonly #calls: AuthorizerCalls<AuthorizerAnswer>;

  constructor(
    private readonly api: RestApi,
    invoke: InvokeFunction,
    private readonly now: () => number,
    onProblem: (problem: string) => void,
  ) {
    this.#calls = new AuthorizerCalls({
      apiName: api.name,
      invoke,
      now,
      onProblem,
      knowsUnauthorized: true,
    });
  }

  /** The context for the backend when the call is allowed; throws GatewayError otherwise. */
  async authorize(
    route: MatchedRoute,
    request: GatewayRequest,
  ): Promise<AuthorizerContext | undefined> {
    const { authorizer } = route.method;
    if (authorizer === undefined) return undefined;
    const identity = this.#identity(authorizer, request);
    const startedAt = this.now();
    const answer = await this.#calls.answer(
      authorizer,
      identity,
      () => createAuthorizerEvent(this.api, authorizer, route, request, identity),
      readAuthorizerAnswer,
    );
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
    this.#calls.clear();
  }

  #identity(authorizer: Authorizer, request: GatewayRequest): readonly string[] {
    const identity = readIdentity(authorizer.identitySources, (source) =>
      identityValue(this.api, source, request),
    );
    const expression = authorizer.identityValidationExpression;
    if (authorizer.type === 'TOKEN' && expression !== undefined) {
      const pattern = new RegExp(`^(?:${expression})$`);
      if (!identity.every((value) => pattern.test(value)))
        throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
    }
    return identity;
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
