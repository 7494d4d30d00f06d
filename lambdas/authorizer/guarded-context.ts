import type { Catalogue } from '../core/catalogue/catalogue';
import {
  areValuesOf,
  type ContextSource,
  type RouteContext,
} from '../core/catalogue/route-context';
import { readPathParameter } from '../core/catalogue/route-path';
import type { ConditionContext } from '../core/request-context';
import type { TokenClaims } from '../credentials/oidc/identity-claims';
import type { GuardedRequest, GuardedRoute } from './events/guarded-request';

/** What a catalogue takes from a call for conditions. */
export interface AskedContext {
  readonly request: GuardedRequest;
  readonly route: GuardedRoute;
  readonly action: string;
  readonly catalogue: Catalogue | undefined;
  /** What the caller's OIDC provider vouches for; undefined for every other caller. */
  readonly tokenClaims: TokenClaims | undefined;
}

/** More than that no condition's value has. */
const MAX_VALUE_LENGTH = 2048;

/**
 * The condition keys of a route, with the types that the service's definition gives them; a key that the definition does not have is a
 * text. What a call does not say is absent.
 *
 * undefined where a value is none of its type, or stands twice where there is but one: two readers could read it differently.
 */
export function readRouteContext(
  keys: RouteContext,
  asked: AskedContext,
): ConditionContext | undefined {
  const context: Record<string, string | readonly string[]> = {};
  for (const [key, source] of keys) {
    const values = valuesOf(source, asked);
    if (values === undefined) return undefined;
    const type = asked.catalogue?.findConditionKey(asked.action, key)?.type ?? 'String';
    if (values.length === 0) continue;
    if (!areValuesOf(type, values) || values.some((value) => value.length > MAX_VALUE_LENGTH)) {
      return undefined;
    }
    context[key] = type.startsWith('ArrayOf') ? values : (values[0] ?? '');
  }
  return context;
}

function valuesOf(
  { from, name }: ContextSource,
  { request, route, tokenClaims }: AskedContext,
): readonly string[] | undefined {
  switch (from) {
    case 'path': {
      const encoded = route.parameters.get(name);
      const value = encoded === undefined ? undefined : readPathParameter(encoded, true);
      return value === undefined ? undefined : [value];
    }
    case 'query':
      return request.http.query.filter(([key]) => key === name).map(([, value]) => value);
    case 'header':
      return request.http.headers.get(name) ?? [];
    case 'claim':
      return tokenClaims?.has(name) === true ? tokenClaims.get(name) : [];
  }
}
