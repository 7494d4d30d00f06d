import { compileArnPattern, splitArnPattern } from './arn';
import {
  covers,
  intersectTokens,
  wildcardTokens,
  writeTokens,
  type PatternTokens,
} from './pattern-tokens';

/*
 * Sets of resources that are described by patterns, and what they have in common.
 */

/** A set of ARNs part by part, or the `*` that stands for no one resource. */
export type ResourcePattern = readonly PatternTokens[] | '*';

/**
 * What matches every one of `patterns` and none of `excluded`: everything, where there are none. `Residue` is what must hold besides,
 * and is not known.
 */
export interface ResourceTerm<Residue> {
  readonly patterns: readonly ResourcePattern[];
  readonly excluded: readonly ResourcePattern[];
  readonly residue: readonly Residue[];
}

/**
 * A set of resources in the words of policies: what matches all of `resources` and none of `notResources`. Each is a pattern as a
 * Resource element has it, with `${*}`, `${?}` and `${$}` for those characters themselves; `*` is every resource, and `${*}` the resource
 * that is called `*`.
 */
export interface ResourceFilter {
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
}

/** More than that nobody could filter by. */
const MAX_TERMS = 1000;

/** Terms that are put together at once. */
const MAX_PAIRS = 20_000;

/** Policies whose common resources take more terms to describe than there may be. */
export class TooManyTerms extends Error {
  override readonly name = 'TooManyTerms';
}

export const EVERYTHING: ResourceTerm<never> = { patterns: [], excluded: [], residue: [] };

/**
 * The set of a pattern. `readTail` gives the tokens of the last part, undefined where nothing matches it. Undefined also where the text
 * is no ARN.
 */
export function resourcePattern(
  text: string,
  variables = false,
  readTail: (tail: string) => PatternTokens | undefined = wildcardTokens,
): ResourcePattern | undefined {
  const parts = splitArnPattern(text, variables);
  if (parts?.[0] !== 'arn') return undefined;
  const tail = readTail(parts[5] ?? '');
  return tail && [...parts.slice(0, 5).map(wildcardTokens), tail];
}

/** What is in both: each term of the one with each of the other. Errors: TooManyTerms. */
export function intersect<Residue>(
  left: readonly ResourceTerm<Residue>[],
  right: readonly ResourceTerm<Residue>[],
): readonly ResourceTerm<Residue>[] {
  const [some, others] = [union(left), union(right)];
  if (some.length * others.length > MAX_PAIRS) throw new TooManyTerms();
  const terms: ResourceTerm<Residue>[] = [];
  for (const one of some) {
    for (const other of others) {
      const common = intersectTerms(one, other);
      if (common !== undefined) terms.push(common);
      if (terms.length > MAX_TERMS) throw new TooManyTerms();
    }
  }
  return union(terms);
}

/** Each term once; only that of everything, where it is there. */
export function union<Residue>(
  ...sets: readonly (readonly ResourceTerm<Residue>[])[]
): readonly ResourceTerm<Residue>[] {
  const terms = new Map<string, ResourceTerm<Residue>>();
  for (const term of sets.flat()) {
    const { patterns, excluded, residue } = term;
    if (patterns.length + excluded.length + residue.length === 0) return [term];
    terms.set(JSON.stringify([writeFilter(term), residue]), term);
  }
  if (terms.size > MAX_TERMS) throw new TooManyTerms();
  return [...terms.values()];
}

/** undefined where nothing is in both. */
function intersectTerms<Residue>(
  left: ResourceTerm<Residue>,
  right: ResourceTerm<Residue>,
): ResourceTerm<Residue> | undefined {
  let patterns: readonly ResourcePattern[] | undefined = left.patterns;
  for (const pattern of right.patterns) {
    patterns = addPattern(patterns, pattern);
    if (patterns === undefined) return undefined;
  }
  const excluded = [...left.excluded, ...right.excluded];
  const found: readonly ResourcePattern[] = patterns;
  if (found.some((pattern) => excluded.some((other) => coversPattern(other, pattern)))) {
    return undefined;
  }
  return {
    patterns: found,
    excluded: excluded.filter(
      (other) => !found.some((pattern) => intersectPatterns(pattern, other) === 'nothing'),
    ),
    residue: [...new Set([...left.residue, ...right.residue])],
  };
}

function addPattern(
  patterns: readonly ResourcePattern[],
  added: ResourcePattern,
): readonly ResourcePattern[] | undefined {
  const kept: ResourcePattern[] = [];
  let merged = added;
  for (const pattern of patterns) {
    const common = intersectPatterns(pattern, merged);
    if (common === 'nothing') return undefined;
    if (common === undefined) kept.push(pattern);
    else merged = common;
  }
  return [...kept, merged];
}

function intersectPatterns(
  left: ResourcePattern,
  right: ResourcePattern,
): ResourcePattern | 'nothing' | undefined {
  if (left === '*' || right === '*') return left === right ? left : 'nothing';
  const parts: PatternTokens[] = [];
  let isKnown = true;
  for (const [index, tokens] of left.entries()) {
    const common = intersectTokens(tokens, right[index] ?? []);
    if (common === 'nothing') return 'nothing';
    if (common === undefined) isKnown = false;
    else parts.push(common);
  }
  return isKnown ? parts : undefined;
}

function coversPattern(wide: ResourcePattern, narrow: ResourcePattern): boolean {
  if (wide === '*' || narrow === '*') return wide === narrow;
  return wide.every((tokens, index) => covers(tokens, narrow[index] ?? []));
}

export function writeFilter<Residue>({
  patterns,
  excluded,
}: ResourceTerm<Residue>): ResourceFilter {
  return {
    resources: patterns.length === 0 ? ['*'] : patterns.map(writePattern),
    notResources: excluded.map(writePattern),
  };
}

function writePattern(pattern: ResourcePattern): string {
  return pattern === '*' ? '${*}' : pattern.map(writeTokens).join(':');
}

/** Compiles a filter to the question whether a resource is in it. */
export function compileFilter({
  resources,
  notResources,
}: ResourceFilter): (resource: string) => boolean {
  const all = resources.map(compilePattern);
  const none = notResources.map(compilePattern);
  return (resource) => all.every((test) => test(resource)) && !none.some((test) => test(resource));
}

function compilePattern(text: string): (resource: string) => boolean {
  if (text === '*') return () => true;
  if (text === '${*}') return (resource) => resource === '*';
  const test = compileArnPattern(text, 'anywhere');
  if (test === undefined) throw new TypeError(`no pattern of resources: ${text}`);
  return (resource) => test(resource, {});
}
