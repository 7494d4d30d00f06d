import { AssertionFailed } from './assertion';
import { ConditionFailed, StoreUnavailable } from './store';

/*
 * How long the store waits and what it tries again. An outage is answered within three seconds: an authorizer has to answer
 * within API Gateway's own limit, and a caller who waits longer repeats the call and adds to the load.
 */

/** For one call of the store, retries and all; with the last attempt's overrun below 3,000. */
export const CALL_BUDGET_MILLISECONDS = 2500;
/** For one request: DynamoDB answers within tens of milliseconds, a transaction of 100 within a few hundred. */
export const ATTEMPT_MILLISECONDS = 1000;
/** For one connection, TLS included. */
export const CONNECTION_MILLISECONDS = 500;
const MAX_ATTEMPTS = 8;
const FIRST_BACKOFF_MILLISECONDS = 25;
const MAX_BACKOFF_MILLISECONDS = 400;

/** DynamoDB's errors that a later attempt may not meet, although their status is 400. */
const PASSING_ERRORS: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** The same, as reasons of a cancelled transaction. */
const PASSING_REASONS: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/** DynamoDB's errors that say that the request itself was wrong. */
const FAULTY_REQUEST: ReadonlySet<string> = new Set([
  'IdempotentParameterMismatchException',
  'ValidationException',
]);

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}

function isPassing(error: ServiceError): boolean {
  if (PASSING_ERRORS.has(error.name)) return true;
  if (error.name === 'TransactionCanceledException') {
    const reasons = error.CancellationReasons ?? [];
    return reasons.some(({ Code = 'None' }) => PASSING_REASONS.has(Code));
  }
  // No status: no answer came, or none that could be read.
  const status = error.$metadata?.httpStatusCode ?? 500;
  return status >= 500 || status === 429 || status === 200;
}

/** The contract's error for one that will not be tried again. */
function finalError(error: ServiceError): Error {
  if (error instanceof ConditionFailed || error instanceof AssertionFailed) return error;
  if (FAULTY_REQUEST.has(error.name)) {
    return new AssertionFailed(`${error.name}: ${error.message}`, { cause: error });
  }
  return new StoreUnavailable(`the store did not answer: ${error.name}`, { cause: error });
}

const asError = (thrown: unknown): ServiceError =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The time and the attempts that one call of the store may take. */
export class Budget {
  readonly #end = performance.now() + CALL_BUDGET_MILLISECONDS;
  #attempts = 0;

  /**
   * Runs `request` until it succeeds, or fails for good, or nothing is left to spend. `request` has to give up when the
   * signal says so.
   *
   * Errors: `AssertionFailed` for a request that DynamoDB finds wrong, whatever `recognise` makes of an error of the
   * transaction, `StoreUnavailable` for all else.
   */
  async spend<Result>(
    request: (signal: AbortSignal) => Promise<Result>,
    recognise: (error: Error) => Result | undefined = () => undefined,
  ): Promise<Result> {
    for (;;) {
      const left = Math.max(1, this.#end - performance.now());
      try {
        return await request(AbortSignal.timeout(Math.ceil(Math.min(left, ATTEMPT_MILLISECONDS))));
      } catch (thrown) {
        const error = asError(thrown);
        if (!isPassing(error)) {
          const result = recognise(error);
          if (result !== undefined) return result;
          throw finalError(error);
        }
        await this.backOff(error);
      }
    }
  }

  /** Waits before the next attempt; throws `StoreUnavailable` with `cause` when there is to be none. */
  async backOff(cause: Error): Promise<void> {
    this.#attempts += 1;
    const ceiling = Math.min(
      MAX_BACKOFF_MILLISECONDS,
      FIRST_BACKOFF_MILLISECONDS * 2 ** this.#attempts,
    );
    // Full jitter: those who failed together do not come back together.
    const delay = Math.random() * ceiling;
    if (this.#attempts >= MAX_ATTEMPTS || performance.now() + delay >= this.#end) {
      throw new StoreUnavailable(
        `the store did not answer: ${cause.name} after ${this.#attempts} attempts`,
        { cause },
      );
    }
    await sleep(delay);
  }
}
