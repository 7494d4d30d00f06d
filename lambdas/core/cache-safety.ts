import { compileArnPattern, splitArnPattern } from './arn';
import type { CompiledStatement } from './compiled-statement';
import { parseOperator } from './condition-operators';
import type { ConditionEntry } from './document';
import { judge } from './judge';
import { foldCase } from './letter-case';
import { SOMETHING, overlap, placesOfPattern, placesOfText } from './pattern-overlap';
import type { ActionEntry, PolicySet, ResourceEntry } from './policy-set';
import { standingOf } from './policy-set';
import type { ConditionContext, RequestContext } from './request-context';
import { StatementList } from './statement-list';
import { parseTemplate, renderTemplate, variablesOf } from './variables';

/** Stands in a resource for a value that is not known; no value that a gateway takes from a path can hold it. */
export const UNKNOWN_VALUE = '\u0000';

/** All requests that an answer would be kept for, by one of them. */
export interface RequestFamily {
  /** Its resource has {@link UNKNOWN_VALUE} for whatever is another value, never an empty one, in another request. */
  readonly request: RequestContext;
  /** Whether a condition key, given in lower case, is the same in all of them: there with this value, or in none. */
  readonly isFixed: (folded: string) => boolean;
  /** The keys that grow with time, as they are when the answer is given out for the last time. */
  readonly last: ConditionContext;
}

/** Why the answers to a family of requests may differ. */
export interface UnsettledStatement {
  readonly statement: CompiledStatement;
  /** The condition keys that are not fixed, as the policy writes them; empty where it is the resource. */
  readonly keys: readonly string[];
}

/** Whether all requests of a family get one answer. */
export interface FamilyDecision {
  /** undefined: it cannot be said. */
  readonly decision: 'allowed' | 'denied' | undefined;
  /** Where it cannot be said: the statements that match some of the requests and perhaps not others. */
  readonly unsettled: readonly UnsettledStatement[];
}

/**
 * Decides a whole family of requests at once: with the least that policies may allow it, and with the most. Only where both are the
 * same is anything said.
 *
 * `relates` is whether the action can be about a resource; left out where nothing is known of that.
 */
export function decideFamily(
  family: RequestFamily,
  policies: PolicySet,
  relates: (resource: string) => boolean = () => true,
): FamilyDecision {
  const matching = new FamilyMatching(family);
  const { request } = family;
  const isOpen = request.resource.includes(UNKNOWN_VALUE);
  const { rules } = policies.entry(request.action, standingOf(request.principal));
  // Whether the resource is one of those that need a policy of their own is not known.
  if (isOpen && rules.needsResourcePolicy !== undefined) {
    return { decision: undefined, unsettled: [] };
  }
  // A definition's ARN has stars alone: where one of them takes an unknown value, it takes each.
  const isRelated = relates(request.resource);
  const canBeRelated = isRelated || isOpen;
  if (
    isRelated &&
    judge(request, boundedPolicies(family, policies, matching, 'least')) === 'allowed'
  ) {
    return { decision: 'allowed', unsettled: [] };
  }
  const most = judge(request, boundedPolicies(family, policies, matching, 'most'));
  return most === 'allowed' && canBeRelated
    ? { decision: undefined, unsettled: matching.unsettled }
    : { decision: 'denied', unsettled: [] };
}

/** The policies as if each statement that may match did, or did not. */
function boundedPolicies(
  { request }: RequestFamily,
  policies: PolicySet,
  matching: FamilyMatching,
  bound: 'least' | 'most',
): Parameters<typeof judge>[1] {
  const entry = policies.entry(request.action, standingOf(request.principal));
  const own = policies.resourceIndex?.entry(request.action);
  const select = (statements: readonly CompiledStatement[]): CompiledStatement[] =>
    statements
      .filter((one) => matching.of(one) ?? one.allows === (bound === 'most'))
      .map(alwaysMatching);
  const list = ({ statements }: StatementList): StatementList =>
    // One is as good as many.
    new StatementList(select(statements).slice(0, 1));
  const bounded: ActionEntry = {
    ...entry,
    relates: undefined,
    deny: list(entry.deny),
    identity: list(entry.identity),
    boundary: entry.boundary && list(entry.boundary),
    session: entry.session && list(entry.session),
    levels: entry.levels.map((level) => ({ ...level, allow: list(level.allow) })),
  };
  const resource: ResourceEntry | undefined = own && {
    deny: select(own.deny),
    allow: select(own.allow),
  };
  return {
    unreadable: policies.unreadable,
    resourceIndex: resource && { entry: () => resource },
    entry: () => bounded,
  };
}

/** The statement itself, with all that it says of principals, of which is known already that the rest of it matches. */
function alwaysMatching(statement: CompiledStatement): CompiledStatement {
  return Object.create(statement, { test: { value: () => true } }) as CompiledStatement;
}

/** Which statements match all requests of a family, or none; undefined: it cannot be said. */
class FamilyMatching {
  private readonly known = new Map<CompiledStatement, boolean | undefined>();
  private readonly changing = new Map<CompiledStatement, readonly string[]>();

  constructor(private readonly family: RequestFamily) {}

  get unsettled(): readonly UnsettledStatement[] {
    return [...this.known]
      .filter(([, matches]) => matches === undefined)
      .map(([statement]) => ({ statement, keys: this.changing.get(statement) ?? [] }));
  }

  of(statement: CompiledStatement): boolean | undefined {
    if (!this.known.has(statement)) this.known.set(statement, this.find(statement));
    return this.known.get(statement);
  }

  private find(statement: CompiledStatement): boolean | undefined {
    const { request } = this.family;
    if (!statement.concerns(request.principal)) return false;
    const keys = new Set<string>();
    const found = [this.findResource(statement, keys)];
    for (const [index, { test }] of statement.conditions.entries()) {
      const entry = statement.statement.Condition?.[index];
      if (entry !== undefined) {
        found.push(this.findCondition(entry, test, statement.policy.variables, keys));
      }
    }
    this.changing.set(statement, [...keys]);
    if (found.includes(false)) return false;
    return found.includes(undefined) ? undefined : true;
  }

  private findResource(statement: CompiledStatement, keys: Set<string>): boolean | undefined {
    const { Resource, NotResource } = statement.statement;
    const patterns = Resource ?? NotResource;
    if (patterns === undefined) return true;
    const found = patterns.map((pattern) =>
      pattern === '*' ? true : this.findPattern(pattern, statement.policy.variables, keys),
    );
    const any = found.includes(true) ? true : found.includes(undefined) ? undefined : false;
    return Resource === undefined && any !== undefined ? !any : any;
  }

  private findPattern(pattern: string, variables: boolean, keys: Set<string>): boolean | undefined {
    const { request, isFixed } = this.family;
    const { resource, context } = request;
    const changing = (variables ? variablesOf(pattern) : []).filter(
      (key) => !isFixed(foldCase(key)),
    );
    for (const key of changing) keys.add(key);
    const test = compileArnPattern(pattern, variables ? 'resource' : 'none');
    if (test === undefined || changing.length > 0) return undefined;
    const matches = test(resource, context);
    if (!resource.includes(UNKNOWN_VALUE)) return matches;
    if (!matches) return mayMatch(pattern, variables, resource) ? undefined : false;
    // What only a star can have matched, it matches whatever it is and however long.
    const rendered = renderTemplate(pattern, context);
    return rendered.includes(UNKNOWN_VALUE) || pattern.includes('?') ? undefined : true;
  }

  private findCondition(
    entry: ConditionEntry,
    test: (context: ConditionContext) => boolean,
    variables: boolean,
    keys: Set<string>,
  ): boolean | undefined {
    const { request, isFixed, last } = this.family;
    const { context } = request;
    const variableKeys = variables ? entry.values.flatMap(variablesOf) : [];
    const changing = [entry.key, ...variableKeys].filter((key) => !isFixed(foldCase(key)));
    if (changing.length === 0) return test(context);
    const grows = Object.keys(last).some((name) => foldCase(name) === foldCase(entry.key));
    if (changing.length === 1 && changing[0] === entry.key && grows && isOrdered(entry.operator)) {
      // True at first and true at last: true between.
      const matches = test(context);
      if (matches === test({ ...context, ...last })) return matches;
    }
    for (const key of changing) keys.add(key);
    return undefined;
  }
}

const ORDERED = /^(?:Date|Numeric)(?:Less|Greater)Than(?:Equals)?$/i;

/** Whether the answer changes at most once while the key's one value grows. */
function isOrdered(name: string): boolean {
  const use = parseOperator(name);
  const bare = name.slice(name.indexOf(':') + 1).replace(/IfExists$/i, '');
  return use !== undefined && ORDERED.test(bare);
}

/** Whether a pattern matches a resource for some of its unknown values; taking it that it may is never wrong. */
function mayMatch(pattern: string, variables: boolean, resource: string): boolean {
  const parts = splitArnPattern(pattern, variables);
  const own = splitArnPattern(resource, false);
  if (parts === undefined || own === undefined) return true;
  return parts.every((part, index) =>
    overlap(placesOfPattern(withoutVariables(part)), placesOfResource(own[index] ?? '')),
  );
}

/** A variable stands for any text. */
function withoutVariables(part: string): string {
  const template = part.includes('${') ? parseTemplate(part) : undefined;
  if (template === undefined) return part;
  return template
    .map((one) => (one.kind === 'text' ? one.text : one.kind === 'literal' ? '?' : '*'))
    .join('');
}

function placesOfResource(part: string): ReturnType<typeof placesOfText> {
  return part
    .split(UNKNOWN_VALUE)
    .flatMap((text, index) => [...(index === 0 ? [] : SOMETHING), ...placesOfText(text)]);
}
