import type { InvocationResult } from '../function-worker';
import { GatewayError } from './gateway-error';
import type { LambdaAuthorizer } from './lambda-authorizer';

const MAXIMUM_CACHED_ANSWERS = 1000;

/** How the gateway calls a function; undefined when there is none with that ARN. */
export type InvokeFunction = (
  functionArn: string,
  payload: string,
) => Promise<InvocationResult> | undefined;

export interface AuthorizerCallsOptions {
  readonly apiName: string;
  readonly invoke: InvokeFunction;
  readonly now: () => number;
  readonly onProblem: (problem: string) => void;
  /** Whether a function that fails with exactly `Unauthorized` is a refusal; an HTTP API takes it for a failure like any other. */
  readonly knowsUnauthorized: boolean;
}

interface CachedAnswer<Answer> {
  readonly answer: Answer;
  readonly expiresAtMilliseconds: number;
}

/**
 * Calls the Lambda authorizers of one API and keeps their answers under the values of their identity sources alone.
 *
 * Invariant: what is kept is the whole answer, and whoever asks applies it to the route that is called now.
 */
export class AuthorizerCalls<Answer> {
  readonly #cache = new Map<string, CachedAnswer<Answer>>();

  constructor(private readonly options: AuthorizerCallsOptions) {}

  /**
   * The answer for this identity, kept or new. `read` makes it of the function's JSON text; a string is the reason why it
   * is refused. Throws GatewayError: UNAUTHORIZED when the function said so, AUTHORIZER_CONFIGURATION_ERROR for every
   * other failure, which is never kept.
   */
  async answer(
    authorizer: LambdaAuthorizer,
    identity: readonly string[],
    createEvent: () => object,
    read: (payload: string) => Answer | string,
  ): Promise<Answer> {
    const key = JSON.stringify([authorizer.authorizerId, ...identity]);
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.expiresAtMilliseconds > this.options.now())
      return cached.answer;
    this.#cache.delete(key);
    const answer = read(await this.#call(authorizer, createEvent));
    if (typeof answer === 'string') throw this.#misconfigured(answer);
    if (authorizer.resultTtlSeconds > 0) this.#remember(key, answer, authorizer.resultTtlSeconds);
    return answer;
  }

  /** Forgets every answer. */
  clear(): void {
    this.#cache.clear();
  }

  #remember(key: string, answer: Answer, ttlSeconds: number): void {
    const oldest = this.#cache.keys().next();
    if (this.#cache.size >= MAXIMUM_CACHED_ANSWERS && oldest.done !== true)
      this.#cache.delete(oldest.value);
    this.#cache.set(key, {
      answer,
      expiresAtMilliseconds: this.options.now() + ttlSeconds * 1000,
    });
  }

  async #call(authorizer: LambdaAuthorizer, createEvent: () => object): Promise<string> {
    const { functionArn } = authorizer;
    if (!authorizer.isPermitted)
      throw this.#misconfigured(`no AWS::Lambda::Permission lets the API call ${functionArn}`);
    const result = await this.options.invoke(functionArn, JSON.stringify(createEvent()));
    if (result === undefined)
      throw this.#misconfigured(`${functionArn} is no function of this run`);
    if (result.ok) return result.payload;
    if (this.options.knowsUnauthorized && result.error.errorMessage === 'Unauthorized')
      throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
    throw this.#misconfigured(`the function failed: ${result.error.errorMessage}`);
  }

  #misconfigured(problem: string): GatewayError {
    this.options.onProblem(`authorizer of ${this.options.apiName}: ${problem}`);
    return new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null);
  }
}

/** The values of the identity sources; throws GatewayError UNAUTHORIZED where one is missing or empty. */
export function readIdentity(
  sources: readonly string[],
  valueOf: (source: string) => string | undefined,
): readonly string[] {
  return sources.map((source) => {
    const value = valueOf(source);
    if (value === undefined || value === '') throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
    return value;
  });
}

/** What comes after a prefix; undefined for a text that does not begin with it. */
export function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
