import type { Catalogue } from './catalogue/catalogue';
import type { CompiledStatement } from './compiled-statement';
import { findContextValue } from './context-values';
import type { PolicyType } from './decision';
import { foldCase } from './letter-case';
import { standingOf, type ActionEntry, type PolicySet } from './policy-set';
import { literalTokens, wildcardTokens, ANY_RUN, type PatternTokens } from './pattern-tokens';
import { RANK } from './principals';
import type { Rank } from './principals';
import type { RequestContext } from './request-context';
import {
  compileFilter,
  EVERYTHING,
  intersect,
  resourcePattern,
  union,
  writeFilter,
  type ResourceFilter,
  type ResourcePattern,
  type ResourceTerm,
} from './resource-filter';
import { parseTemplate, resolveVariable } from './variables';
import type { Template, TemplatePart } from './variables';

/*
 * A decision of which the resource is not known, and perhaps some condition keys: what is left of the policies once all that is known
 * has been put in.
 */

export interface PartialRequest extends Omit<RequestContext, 'resource'> {
  /**
   * Whether a condition key, given in lower case and not in the context, may have a value that nobody has told. Every other key that is
   * not there is known to be absent.
   */
  readonly isUnknown: (key: string) => boolean;
  /** Where it is known after all, the answer is about this resource alone, and each filter of it is everything. */
  readonly resource?: string;
  /** Patterns of the resources that are asked about; without them every one. `*` itself is always among them. */
  readonly scope?: readonly string[];
}

/** A statement of which it is not known whether its conditions hold. */
export interface UndecidedStatement {
  readonly policyType: PolicyType;
  readonly policyId?: string | undefined;
  readonly sid?: string | undefined;
  /** Zero-based position in its policy. */
  readonly statement: number;
  /** The keys that would have to be known. */
  readonly keys: readonly string[];
}

export interface UndecidedFilter extends ResourceFilter {
  readonly effect: 'Allow' | 'Deny';
  readonly because: readonly UndecidedStatement[];
}

/**
 * What is allowed and what is denied, whatever the unknown keys say; and what depends on them. A resource that is in none of these is
 * denied.
 */
export interface PartialDecision {
  readonly allowed: readonly ResourceFilter[];
  readonly denied: readonly ResourceFilter[];
  readonly undecided: readonly UndecidedFilter[];
}

type Term = ResourceTerm<UndecidedStatement>;
type Terms = readonly Term[];

/**
 * Evaluates all but the resource.
 *
 * Invariant: `allowed` of {@link readPartialDecision} is `allowed` of `evaluate`, and `denied` is none, for each resource of the account
 * and whatever the unknown keys are. Where no key is unknown there is nothing undecided.
 *
 * `catalogue` is that of the services that are known, besides the policies' own. Errors: TooManyTerms; TypeError for actions on roles
 * and keys of AWS, which their own policies decide.
 */
export function evaluatePartially(
  request: PartialRequest,
  policies: PolicySet,
  catalogue?: Catalogue,
): PartialDecision {
  const standing = standingOf(request.principal);
  const entry = policies.entry(request.action, standing);
  if (entry.rules.alwaysAllowed && standing !== 'withoutAccount') {
    return { allowed: [writeFilter(EVERYTHING)], denied: [], undecided: [] };
  }
  if (entry.rules.needsResourcePolicy !== undefined) {
    throw new TypeError(`${request.action} is decided by the policy of each resource`);
  }
  const own = policies.resourceIndex?.entry(request.action) ?? { allow: [], deny: [] };
  const narrow = (terms: Terms): Terms => narrowTerms(terms, request.resource);
  const layer = (statements: readonly CompiledStatement[]): Terms =>
    union(narrow(statements.flatMap((statement) => termsOf(statement, request))));
  const scope = [policies.policies.catalogue, catalogue].reduce<Terms>(
    (terms, each) => intersect(terms, narrow(relatedTerms(each, request.action))),
    narrow(scopeTerms(request)),
  );
  const denies = [
    ...entry.deny.statements,
    ...own.deny.filter((statement) => isAbout(statement, request, entry)),
  ];
  const denied = intersect(layer(denies), scope);
  const allowed =
    policies.unreadable.length > 0
      ? []
      : intersect(scope, grantedTerms(request, entry, { own: own.allow, layer }));
  return writeDecision(allowed, denied);
}

/** Whether a resource is in what was decided: linear in its filters. */
export function readPartialDecision(
  decision: PartialDecision,
): (resource: string) => 'allowed' | 'denied' | 'undecided' {
  const compile = (filters: readonly ResourceFilter[]) => {
    const tests = filters.map(compileFilter);
    return (resource: string) => tests.some((test) => test(resource));
  };
  const isDenied = compile(decision.denied);
  const isAllowed = compile(decision.allowed);
  const isPerhaps = (effect: string) =>
    compile(decision.undecided.filter((filter) => filter.effect === effect));
  const [mayBeAllowed, mayBeDenied] = [isPerhaps('Allow'), isPerhaps('Deny')];
  return (resource) => {
    if (isDenied(resource)) return 'denied';
    if (isAllowed(resource)) return mayBeDenied(resource) ? 'undecided' : 'allowed';
    return mayBeAllowed(resource) ? 'undecided' : 'denied';
  };
}

function writeDecision(allowed: Terms, denied: Terms): PartialDecision {
  const decided = (terms: Terms) =>
    terms.filter(({ residue }) => residue.length === 0).map(writeFilter);
  const undecided = (effect: 'Allow' | 'Deny', terms: Terms): readonly UndecidedFilter[] =>
    terms
      .filter(({ residue }) => residue.length > 0)
      .map((term) => ({ effect, ...writeFilter(term), because: term.residue }));
  return {
    allowed: decided(allowed),
    denied: decided(denied),
    undecided: [...undecided('Deny', denied), ...undecided('Allow', allowed)],
  };
}

function isAbout(
  statement: CompiledStatement,
  { principal }: PartialRequest,
  { boundary }: ActionEntry,
): boolean {
  return statement.rank(principal, boundary !== undefined) !== RANK.none;
}

interface Layers {
  /** The Allows of the resource's own policy. */
  readonly own: readonly CompiledStatement[];
  readonly layer: (statements: readonly CompiledStatement[]) => Terms;
}

/** As `judge` combines the Allows of all layers. */
function grantedTerms(
  request: PartialRequest,
  { identity, boundary, session, levels }: ActionEntry,
  { own, layer }: Layers,
): Terms {
  const { principal, resourceAccount } = request;
  const ofRank = (...ranks: readonly Rank[]): Terms =>
    layer(own.filter((statement) => ranks.includes(statement.rank(principal, false))));
  const everywhere = levels.reduce<Terms>(
    (terms, { allow }) => intersect(terms, layer(allow.statements)),
    [EVERYTHING],
  );
  const anyRank = ofRank(RANK.delegated, RANK.limited, RANK.unlimited);
  if (!('arn' in principal)) return intersect(everywhere, anyRank);
  const limits = [boundary, session].reduce<Terms>(
    (terms, limit) => (limit === undefined ? terms : intersect(terms, layer(limit.statements))),
    everywhere,
  );
  const byIdentity = principal.type === 'Root' ? [EVERYTHING] : layer(identity.statements);
  if (principal.accountId !== resourceAccount) {
    return intersect(limits, intersect(anyRank, byIdentity));
  }
  return union(
    intersect(everywhere, ofRank(RANK.unlimited)),
    intersect(limits, union(ofRank(RANK.limited), byIdentity)),
  );
}

/** Whether the one resource is in them, as terms of everything; all of them where it is not known which it is. */
function narrowTerms(terms: Terms, resource: string | undefined): Terms {
  if (resource === undefined) return terms;
  const found = terms.filter((term) => compileFilter(writeFilter(term))(resource));
  if (found.length === 0 || found.some(({ residue }) => residue.length === 0)) {
    return found.length === 0 ? [] : [EVERYTHING];
  }
  return [{ ...EVERYTHING, residue: found.flatMap(({ residue }) => residue) }];
}

/** The resources that an action can be about. */
function relatedTerms(catalogue: Catalogue | undefined, action: string): Terms {
  const texts = catalogue?.resourcePatterns(action);
  return texts === undefined ? [EVERYTHING] : patternTerms(texts);
}

function scopeTerms({ scope }: PartialRequest): Terms {
  return scope === undefined ? [EVERYTHING] : patternTerms(['*', ...scope]);
}

/** Of the resource that is called `*`, and of those that match patterns. */
function patternTerms(texts: readonly string[]): Terms {
  return texts.map((text) => {
    const pattern = text === '*' ? text : resourcePattern(text);
    if (pattern === undefined) throw new TypeError(`no ARN: ${text}`);
    return { patterns: [pattern], excluded: [], residue: [] };
  });
}

/** The resources that a statement is about, once what is known of its conditions holds; none where that does not. */
function termsOf(compiled: CompiledStatement, request: PartialRequest): Terms {
  if (!compiled.concerns(request.principal)) return [];
  const unknownKeys: string[] = [];
  for (const condition of compiled.conditions) {
    const unknown = condition.keys.filter((key) => isUnknown(key, request));
    if (unknown.length > 0) unknownKeys.push(...unknown);
    else if (!condition.test(request.context)) return [];
  }
  const { Resource, NotResource } = compiled.statement;
  const { policyType, policyId } = compiled.policy;
  const term = (keys: readonly string[], part: Partial<Term>): Term => {
    const unknown = [...new Set([...unknownKeys, ...keys])];
    const { sid, index } = compiled;
    const residue = { policyType, policyId, sid, statement: index, keys: unknown };
    return { ...EVERYTHING, ...part, residue: unknown.length === 0 ? [] : [residue] };
  };
  const patterns = (Resource ?? NotResource ?? []).map((text) =>
    text === '*' ? undefined : readPattern(text, compiled, request),
  );
  if (Resource !== undefined) {
    return patterns.flatMap((read) => {
      if (read === undefined) return [term([], {})];
      return read.pattern === undefined
        ? []
        : [term(read.unknownKeys, { patterns: [read.pattern] })];
    });
  }
  if (patterns.includes(undefined)) return [];
  // A pattern that is not wholly known may exclude less than it seems to.
  const known = patterns.filter((read) => read?.unknownKeys.length === 0);
  const excluded = known.flatMap((read) => (read?.pattern === undefined ? [] : [read.pattern]));
  return [
    term(
      patterns.flatMap((read) => read?.unknownKeys ?? []),
      { excluded },
    ),
  ];
}

function isUnknown(key: string, { context, isUnknown: mayBe }: PartialRequest): boolean {
  const folded = foldCase(key);
  return mayBe(folded) && findContextValue(context, key, folded) === undefined;
}

interface ReadPattern {
  /** undefined where a variable has no value, so that nothing matches. */
  readonly pattern: ResourcePattern | undefined;
  /** Keys of variables, for which any text stands in the pattern. */
  readonly unknownKeys: readonly string[];
}

function readPattern(
  text: string,
  { policy: { variables } }: CompiledStatement,
  request: PartialRequest,
): ReadPattern {
  const unknownKeys: string[] = [];
  const readTail = (tail: string): PatternTokens | undefined => {
    const template: Template = (variables ? parseTemplate(tail) : undefined) ?? [
      { kind: 'text', text: tail },
    ];
    const tokens: string[] = [];
    for (const part of template) {
      const own = readPart(part, request, unknownKeys);
      if (own === undefined) return undefined;
      tokens.push(...own);
    }
    return tokens;
  };
  const pattern = resourcePattern(text, variables, readTail);
  return { pattern, unknownKeys: pattern === undefined ? [] : unknownKeys };
}

/** undefined for a variable that has no value. */
function readPart(
  part: TemplatePart,
  request: PartialRequest,
  unknownKeys: string[],
): PatternTokens | undefined {
  if (part.kind === 'text') return wildcardTokens(part.text);
  if (part.kind === 'literal') return literalTokens(part.text);
  if (isUnknown(part.key, request)) {
    unknownKeys.push(part.key);
    return [ANY_RUN];
  }
  const value = resolveVariable(part, request.context);
  return value === undefined ? undefined : literalTokens(value);
}
