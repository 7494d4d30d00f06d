import { compileActions } from './action-pattern';
import type { ActionTest } from './action-pattern';
import { compileArnPattern } from './arn';
import type { ArnTest } from './arn';
import { CompiledCondition } from './conditions';
import type { ConditionTest } from './conditions';
import type { PolicyOrigin } from './policy-origin';
import type { PolicyType, Reason } from './decision';
import type { Statement } from './document';
import { positionAt } from './findings';
import { RANK, compilePrincipals, isWhollyNamed, rankOf } from './principals';
import type { Rank } from './principals';
import type { Principal, RequestContext } from './request-context';

/** Whether resource and conditions of a statement match; the action has been looked up before. */
export type StatementTest = (request: RequestContext) => boolean;

const EVERYTHING: ArnTest = () => true;

const NOTHING: ArnTest = () => false;

type StatementPosition = NonNullable<Reason['position']>;

const RANKED: ReadonlySet<PolicyType> = new Set(['resource-based policy', 'role trust policy']);

/**
 * One statement, ready to be asked. Its matchers are made when they are first needed: a principal with large policies pays only for
 * the actions that it calls.
 */
export class CompiledStatement {
  readonly allows: boolean;
  private actionTest: ActionTest | undefined;
  private resourceTest: ArnTest | undefined;
  private textPosition: StatementPosition | undefined;
  private conditionTests: readonly CompiledCondition[] | undefined;
  private statementTest: StatementTest | undefined;
  private principalTest: ((principal: Principal) => number) | undefined;

  constructor(
    readonly policy: PolicyOrigin,
    readonly statement: Statement,
    readonly index: number,
  ) {
    this.allows = statement.Effect === 'Allow';
  }

  /** Whether the statement is about an action, given in lower case. */
  matchesAction(folded: string): boolean {
    const { Action, NotAction } = this.statement;
    this.actionTest ??= compileActions(Action ?? NotAction ?? []);
    return this.actionTest(folded) === (Action !== undefined);
  }

  /** Whether it matches whatever the resource and the context are. */
  get isUnconditional(): boolean {
    const { Resource, NotResource, Condition } = this.statement;
    const everything = Resource === undefined ? NotResource === undefined : Resource.includes('*');
    return everything && (Condition === undefined || Condition.length === 0) && !this.filters;
  }

  /**
   * Whether `test` asks for the principal: in policies that only ever take away. What a resource-based policy gives depends on
   * how it names the principal, so there `rank` is asked.
   */
  private get filters(): boolean {
    const { Principal, NotPrincipal } = this.statement;
    if (RANKED.has(this.policy.policyType)) return false;
    return (
      NotPrincipal !== undefined ||
      (Principal?.AWS?.includes('*') ?? false) !== (Principal !== undefined)
    );
  }

  /** Whether the statement is about a principal, in policies that only ever take away; others are asked for `rank`. */
  concerns(principal: Principal): boolean {
    return !this.filters || this.rank(principal, false) !== RANK.none;
  }

  get test(): StatementTest {
    this.statementTest ??= this.compileTest();
    return this.statementTest;
  }

  get conditions(): readonly CompiledCondition[] {
    this.conditionTests ??= (this.statement.Condition ?? []).map(
      (entry) => new CompiledCondition(entry, this.policy.variables),
    );
    return this.conditionTests;
  }

  matchesResource({ resource, context }: RequestContext): boolean {
    this.resourceTest ??= this.compileResourceTest() ?? EVERYTHING;
    return this.resourceTest(resource, context);
  }

  /** The Sid, where there is one that says something. */
  get sid(): string | undefined {
    const { Sid } = this.statement;
    return Sid === '' ? undefined : Sid;
  }

  /** As AWS counts: from behind the opening brace to behind the closing one. */
  get position(): StatementPosition | undefined {
    const { text } = this.policy;
    const { start, end } = this.statement;
    if (text === undefined) return undefined;
    this.textPosition ??= { start: positionAt(text, start + 1), end: positionAt(text, end) };
    return this.textPosition;
  }

  /**
   * How much the statement is worth to a principal; 0 where it is not about it, and 3 where statements of its kind name nobody.
   *
   * An Allow with NotPrincipal counts as naming everyone else, but never lifts the limits of boundary and session: AWS
   * does not say that it does. A Deny with NotPrincipal is always about a principal that has a boundary.
   */
  rank(principal: Principal, hasBoundary: boolean): Rank {
    const { Principal, NotPrincipal } = this.statement;
    const element = Principal ?? NotPrincipal;
    if (element === undefined) return RANK.unlimited;
    this.principalTest ??= compilePrincipals(element);
    const named = this.principalTest(principal);
    if (Principal !== undefined) return rankOf(named);
    if (this.allows) return named === 0 ? RANK.limited : RANK.none;
    return hasBoundary || !isWhollyNamed(principal, named) ? RANK.unlimited : RANK.none;
  }

  private compileResource(pattern: string): ArnTest {
    const test = compileArnPattern(pattern, this.policy.variables ? 'resource' : 'none');
    if (test === undefined) throw new TypeError(`no ARN: ${pattern}`);
    return test;
  }

  private compileTest(): StatementTest {
    const test = this.compileMatch();
    if (!this.filters) return test;
    return (request) => this.concerns(request.principal) && test(request);
  }

  private compileMatch(): StatementTest {
    const resource = this.compileResourceTest();
    const condition = allOf(this.conditions.map(({ test }) => test));
    if (resource === undefined) {
      return condition === undefined ? () => true : (request) => condition(request.context);
    }
    if (condition === undefined) return (request) => resource(request.resource, request.context);
    return (request) => resource(request.resource, request.context) && condition(request.context);
  }

  private compileResourceTest(): ArnTest | undefined {
    const { Resource, NotResource } = this.statement;
    const patterns = Resource ?? NotResource;
    if (patterns === undefined) return undefined;
    if (patterns.includes('*')) return Resource === undefined ? NOTHING : undefined;
    const tests = patterns.map((pattern) => this.compileResource(pattern));
    const [first, second] = tests;
    if (Resource === undefined) {
      return (value, context) => !tests.some((test) => test(value, context));
    }
    if (first === undefined || second === undefined) return first;
    if (tests.length === 2) {
      return (value, context) => first(value, context) || second(value, context);
    }
    return (value, context) => {
      for (const test of tests) if (test(value, context)) return true;
      return false;
    };
  }
}

function allOf(tests: readonly ConditionTest[]): ConditionTest | undefined {
  const [first, second] = tests;
  if (first === undefined || second === undefined) return first;
  if (tests.length === 2) return (context) => first(context) && second(context);
  return (context) => {
    for (const test of tests) if (!test(context)) return false;
    return true;
  };
}
