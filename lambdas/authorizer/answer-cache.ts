/**
 * What the gateways in front of this authorizer keep its answers under.
 *
 * - `request`: the credential, the method, the path and the address that the call comes from.
 * - `caller`: the credential alone.
 */
export type AnswerCacheKey = 'request' | 'caller';

/** How gateways keep the answers of this authorizer. */
export interface AnswerCache {
  readonly key: AnswerCacheKey;
  /** The longest time for which any of them keeps an answer. */
  readonly seconds: number;
}

/**
 * An answer that the gateway would give to calls for which it is not right. A gateway keeps every answer that it gets, but no failure:
 * so there is none, and the log says why.
 */
export class AnswerNotKept extends Error {
  override readonly name = 'AnswerNotKept';

  constructor(reason: string) {
    super(`the gateway keeps answers, but this one may not be kept: ${reason}`);
  }
}
