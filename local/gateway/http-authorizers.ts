import { parseAnswer } from './authorizer-answer';
import { after, AuthorizerCalls, readIdentity } from './authorizer-calls';
import type { AuthorizerCallsOptions } from './authorizer-calls';
import { GatewayError } from './gateway-error';
import type { HttpAuthorizer } from './http-api';
import { createHttpAuthorizerEvent, routeArnOf } from './http-events';
import type { HttpAuthorizerContext, HttpCall } from './http-events';
import { decideInvoke, parseInvokePolicy } from './invoke-policy';
import { decodeQuery, headerOf } from './request';

/** What an authorizer of an HTTP API answered, once it has been found to be in order. */
interface HttpAuthorizerAnswer {
  readonly isAllowed: (routeArn: string) => boolean;
  readonly context: HttpAuthorizerContext;
}

/**
 * The Lambda authorizers of one HTTP API, with the cache of their answers. A simple answer that is cached is the answer to
 * every route; a policy is applied to the route that is called.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export class HttpAuthorizers {
  readonly #calls: AuthorizerCalls<HttpAuthorizerAnswer>;

  constructor(options: AuthorizerCallsOptions) {
    this.#calls = new AuthorizerCalls(options);
  }

  /** The context for the backend when the call is allowed; throws GatewayError otherwise. */
  async authorize(call: HttpCall): Promise<HttpAuthorizerContext | undefined> {
    const { authorizer } = call.route.method;
    if (authorizer === undefined) return undefined;
    const identity = readIdentity(authorizer.identitySources, (source) =>
      identityValue(call, source),
    );
    const answer = await this.#calls.answer(
      authorizer,
      identity,
      () => createHttpAuthorizerEvent(call, authorizer, identity),
      (payload) => readAnswer(payload, authorizer),
    );
    if (answer.isAllowed(routeArnOf(call))) return answer.context;
    throw new GatewayError('ACCESS_DENIED', 'Forbidden');
  }

  /** Forgets every cached answer. */
  clear(): void {
    this.#calls.clear();
  }
}

/** A string is the reason why the answer is refused. */
function readAnswer(payload: string, authorizer: HttpAuthorizer): HttpAuthorizerAnswer | string {
  const answer = parseAnswer(payload);
  if (typeof answer === 'string') return answer;
  const context = answer['context'] ?? {};
  if (typeof context !== 'object' || Array.isArray(context)) return 'the context is no map';
  const values = context as HttpAuthorizerContext;
  if (authorizer.hasSimpleResponses) {
    const isAuthorized = answer['isAuthorized'];
    // Invariant: only the boolean true allows; text that reads like it is a mistake, and a mistake is no permission.
    if (typeof isAuthorized !== 'boolean') return 'isAuthorized is no boolean';
    return { isAllowed: () => isAuthorized, context: values };
  }
  const principalId = answer['principalId'];
  if (typeof principalId !== 'string' || principalId === '') return 'the answer has no principalId';
  const policy = parseInvokePolicy(answer['policyDocument']);
  if (policy === undefined) return 'the policyDocument is no policy that the gateway can apply';
  return {
    isAllowed: (routeArn) => decideInvoke(policy, routeArn) === 'allowed',
    context: authorizer.payloadFormatVersion === '1.0' ? { ...values, principalId } : values,
  };
}

function identityValue(call: HttpCall, source: string): string | undefined {
  const { api, request, route } = call;
  const header = after(source, '$request.header.');
  if (header !== undefined) return headerOf(request, header);
  const parameter = after(source, '$request.querystring.');
  if (parameter !== undefined) return decodeQuery(request.query, '&').get(parameter)?.join(',');
  const variable = after(source, '$stageVariables.');
  if (variable !== undefined) return api.stageVariables?.[variable];
  const context: Readonly<Record<string, string | undefined>> = {
    '$context.httpMethod': request.method,
    '$context.path': call.rawPath,
    '$context.routeKey': route.method.routeKey,
    '$context.stage': api.stageName,
    '$context.apiId': api.apiId,
    '$context.accountId': api.accountId,
    '$context.identity.sourceIp': request.sourceIp,
    '$context.identity.userAgent': headerOf(request, 'user-agent'),
  };
  return context[source];
}
