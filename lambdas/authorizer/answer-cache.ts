import type { UnsettledStatement } from '../core/cache-safety';
import { CHANGING_REQUEST_KEYS } from '../protocol/request-keys';

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

/** Whether a condition key, in lower case, may differ between two calls that the gateway takes for one. */
export function isChanging(folded: string, key: AnswerCacheKey): boolean {
  return CHANGING_REQUEST_KEYS.has(folded) && !(key === 'request' && folded === 'aws:sourceip');
}

/** The statements, for the operator. */
export function describeUnsettled(unsettled: readonly UnsettledStatement[]): string {
  return unsettled
    .map(({ statement: { policy, sid, index }, keys }) => {
      const about = keys.length === 0 ? 'some of the resources alone' : keys.join(', ');
      const where = [policy.policyType, policy.policyId].filter((part) => part !== undefined);
      return `${sid ?? `statement ${index + 1}`} of ${where.join(' ')} asks for ${about}`;
    })
    .join('; ');
}
