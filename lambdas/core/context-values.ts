import { equalsFolded } from './letter-case';
import type { ConditionContext } from './request-context';

export type ContextValue = string | readonly string[];

/**
 * The value of a condition key, or undefined where the request has none. `folded` is `key` in lower case.
 *
 * The spelling of the policy is tried first, as it nearly always is the request's as well.
 * Anything that is neither a text nor a list (what an object inherits, for one) is no value.
 */
export function findContextValue(
  context: ConditionContext,
  key: string,
  folded: string,
): ContextValue | undefined {
  const value = context[key];
  if (typeof value === 'string' || Array.isArray(value)) return value;
  for (const name in context) {
    if (name.length === folded.length && equalsFolded(name, folded)) {
      const other = context[name];
      if (typeof other === 'string' || Array.isArray(other)) return other;
    }
  }
  return undefined;
}
