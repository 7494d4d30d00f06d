import { compileFilter } from '../lambdas/core/resource-filter';
import { DecisionUnavailable, type Json } from './decision-request';

/** A set of resources: what matches every one of `resources` and none of `notResources`. */
export interface ResourceFilter {
  /** Patterns of a policy's Resource; `${*}`, `${?}` and `${$}` are those characters themselves. */
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
}

/** Of which it is not known whether it is allowed, or denied. */
export interface UndecidedFilter extends ResourceFilter {
  readonly effect: 'Allow' | 'Deny';
  /** The condition keys that would have to be known. */
  readonly contextKeys: readonly string[];
}

export function readFilters(answer: Json, name: string): readonly ResourceFilter[] {
  return listOf(answer[name], name).map(readFilter);
}

export function readUndecided(answer: Json): readonly UndecidedFilter[] {
  return listOf(answer['Undecided'], 'Undecided').map((item) => {
    const { Effect: effect, Statements } = item as Json;
    if (effect !== 'Allow' && effect !== 'Deny') throw unreadable('Effect');
    const keys = listOf(Statements, 'Statements').flatMap((statement) =>
      textsOf((statement as Json)['ContextKeyNames'], 'ContextKeyNames'),
    );
    return { effect, ...readFilter(item), contextKeys: [...new Set(keys)] };
  });
}

function readFilter(item: unknown): ResourceFilter {
  const { Resources, NotResources } = item as Json;
  return {
    resources: textsOf(Resources, 'Resources'),
    notResources: textsOf(NotResources, 'NotResources'),
  };
}

/** Compiles what was listed to the question about one resource. */
export function compileFilters(lists: {
  readonly allowed: readonly ResourceFilter[];
  readonly denied: readonly ResourceFilter[];
  readonly undecided: readonly UndecidedFilter[];
}): (resource: string) => 'allowed' | 'denied' | 'undecided' {
  const anyOf = (filters: readonly ResourceFilter[]) => {
    const tests = filters.map(compileFilter);
    return (resource: string) => tests.some((test) => test(resource));
  };
  const perhaps = (effect: string) =>
    anyOf(lists.undecided.filter((filter) => filter.effect === effect));
  const [isAllowed, isDenied] = [anyOf(lists.allowed), anyOf(lists.denied)];
  const [mayBeAllowed, mayBeDenied] = [perhaps('Allow'), perhaps('Deny')];
  return (resource) => {
    if (isDenied(resource)) return 'denied';
    if (isAllowed(resource)) return mayBeDenied(resource) ? 'undecided' : 'allowed';
    return mayBeAllowed(resource) ? 'undecided' : 'denied';
  };
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable(name);
  return value;
}

function textsOf(value: unknown, name: string): readonly string[] {
  return listOf(value, name).map((item) => {
    if (typeof item !== 'string') throw unreadable(name);
    return item;
  });
}

const unreadable = (name: string): DecisionUnavailable =>
  new DecisionUnavailable(`the answer has no ${name} that can be read`, 200);
