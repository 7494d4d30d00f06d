import { listOf } from '../test/model/scenario';
import type { PolicyJson, StatementJson } from '../test/model/scenario';
import { compileAny, compileCondition, compileGlob } from './bound-conditions';
import type { Context, RequestTest, TextTest } from './bound-conditions';
import type { Engine } from './engines/engine';
import type { Environment, Expected, Workload } from './workload';

/*
 * The least work that answers the workloads in plain JavaScript: closures compiled once, an action index filled as
 * actions are met, a resource index where one action has many statements. It validates nothing, explains nothing, and
 * knows no more of the policy language than the workloads use; it is the yardstick, not an engine.
 */

const NONE = 0;
const ALLOW = 1;
const DENY = 2;

/** Both tests and no more: a statement's resource, then its conditions. */
function compileRequestTest(statement: StatementJson): RequestTest {
  const patterns = listOf(statement.Resource);
  const conditions = compileCondition(statement.Condition);
  const [one, two, ...more] = conditions;
  const meetsAll: RequestTest =
    two === undefined
      ? (one ?? (() => true))
      : more.length === 0 && one !== undefined
        ? (resource, context) => one(resource, context) && two(resource, context)
        : (resource, context) => conditions.every((test) => test(resource, context));
  if (patterns.length === 0 || patterns.includes('*')) return meetsAll;
  // No resource of the workloads has a colon that a wildcard could reach across by mistake.
  const onResource = compileAny(patterns.map(compileGlob));
  if (one === undefined) return (resource) => onResource(resource);
  return (resource, context) => onResource(resource) && meetsAll(resource, context);
}

/** The start of the last part of an ARN. */
function entityStart(arn: string): number {
  let colon = -1;
  for (let count = 0; count < 5; count += 1) colon = arn.indexOf(':', colon + 1);
  return colon + 1;
}

/** The text of a pattern's last part up to the last `/` before a wildcard; undefined where there is none. */
function bucketOf(pattern: string): string | undefined {
  const entity = pattern === '*' ? '*' : pattern.slice(entityStart(pattern));
  const wildcard = entity.indexOf('*');
  const literal = wildcard < 0 ? entity : entity.slice(0, wildcard);
  const slash = literal.lastIndexOf('/');
  return slash < 0 ? undefined : literal.slice(0, slash);
}

interface Compiled {
  readonly effect: typeof ALLOW | typeof DENY;
  readonly onAction: TextTest;
  readonly test: RequestTest;
  readonly buckets: readonly (string | undefined)[];
}

function compileStatement(statement: StatementJson): Compiled {
  const actions = compileAny(
    listOf(statement.Action ?? statement.NotAction).map((pattern) => compileGlob(pattern)),
  );
  const isNegated = statement.Action === undefined;
  return {
    effect: statement.Effect === 'Deny' ? DENY : ALLOW,
    onAction: (action) => actions(action) !== isNegated,
    test: compileRequestTest(statement),
    buckets: listOf(statement.Resource).map(bucketOf),
  };
}

const INDEXED_FROM = 5;

/** The tests of one action and one effect; where they are many, only those that the resource can reach. */
function indexTests(statements: readonly Compiled[]): RequestTest {
  if (statements.length < INDEXED_FROM) {
    const tests = statements.map(({ test }) => test);
    return (resource, context) => {
      for (const test of tests) if (test(resource, context)) return true;
      return false;
    };
  }
  const everywhere: RequestTest[] = [];
  const buckets = new Map<string, RequestTest[]>();
  for (const { test, buckets: names } of statements) {
    if (names.includes(undefined)) everywhere.push(test);
    else for (const name of new Set(names)) bucketIn(buckets, name ?? '').push(test);
  }
  return (resource, context) => {
    for (const test of everywhere) if (test(resource, context)) return true;
    const start = entityStart(resource);
    for (let end = resource.indexOf('/', start); end >= 0; end = resource.indexOf('/', end + 1)) {
      const tests = buckets.get(resource.slice(start, end));
      if (tests === undefined) continue;
      for (const test of tests) if (test(resource, context)) return true;
    }
    return false;
  };
}

function bucketIn(buckets: Map<string, RequestTest[]>, name: string): RequestTest[] {
  const bucket = buckets.get(name) ?? [];
  buckets.set(name, bucket);
  return bucket;
}

/** Policies that are asked together. */
class Layer {
  private readonly index = new Map<string, { deny: RequestTest; allow: RequestTest }>();
  private readonly statements: readonly Compiled[];

  constructor(policies: readonly PolicyJson[]) {
    this.statements = policies.flatMap((policy) => listOf(policy.Statement)).map(compileStatement);
  }

  decide(action: string, resource: string, context: Context): 0 | 1 | 2 {
    const tests = this.index.get(action) ?? this.add(action);
    if (tests.deny(resource, context)) return DENY;
    return tests.allow(resource, context) ? ALLOW : NONE;
  }

  private add(action: string): { deny: RequestTest; allow: RequestTest } {
    const reached = this.statements.filter(({ onAction }) => onAction(action));
    const tests = {
      deny: indexTests(reached.filter(({ effect }) => effect === DENY)),
      allow: indexTests(reached.filter(({ effect }) => effect === ALLOW)),
    };
    this.index.set(action, tests);
    return tests;
  }
}

/** How far a resource policy's Allow reaches: 1 the account, 2 the role, 3 the session or everybody. */
function reachOf(statement: StatementJson, principal: string): number {
  const { Principal: element } = statement;
  const names = element === '*' ? ['*'] : listOf(element?.['AWS']);
  const [, , , , account = '', entity = ''] = principal.split(':');
  const [kind, role] = entity.split('/');
  const roleArn = kind === 'assumed-role' ? `arn:aws:iam::${account}:role/${role}` : undefined;
  const reaches = names.map((name) => {
    if (name === '*' || name === principal) return 3;
    if (name === roleArn) return 2;
    return name === account || name === `arn:aws:iam::${account}:root` ? 1 : 0;
  });
  return Math.max(0, ...reaches);
}

interface Reaching extends Compiled {
  readonly reach: number;
}

/** A resource's own policy: the statements that reach a principal, by action. */
class ResourceLayer {
  private readonly index = new Map<string, readonly Reaching[]>();
  private readonly statements: readonly Reaching[];

  constructor(policy: PolicyJson, principal: string) {
    this.statements = listOf(policy.Statement)
      .map((one) => ({ ...compileStatement(one), reach: reachOf(one, principal) }))
      .filter(({ reach }) => reach > 0);
  }

  /** The furthest reach of an Allow, or -1 for a Deny. */
  decide(action: string, resource: string, context: Context): number {
    let statements = this.index.get(action);
    if (statements === undefined) {
      statements = this.statements.filter(({ onAction }) => onAction(action));
      this.index.set(action, statements);
    }
    let reach = 0;
    for (const statement of statements) {
      if (!statement.test(resource, context)) continue;
      if (statement.effect === DENY) return -1;
      if (statement.reach > reach) reach = statement.reach;
    }
    return reach;
  }
}

/** The bound for one principal. */
export class Bound {
  private readonly identity: Layer;
  private readonly boundary: Layer | undefined;
  private readonly session: Layer | undefined;
  private readonly levels: readonly Layer[];
  private readonly resources: ReadonlyMap<string, ResourceLayer>;
  private readonly isSimple: boolean;
  private readonly account: string;

  constructor(env: Environment, principal: string) {
    this.identity = new Layer(env.identity);
    this.boundary = env.boundary === undefined ? undefined : new Layer(env.boundary);
    this.session = env.session === undefined ? undefined : new Layer([env.session]);
    this.levels = [...(env.scps ?? []), ...(env.rcps ?? [])].map((level) => new Layer(level));
    this.resources = new Map(
      Object.entries(env.resourcePolicies ?? {}).map(([arn, policy]) => [
        arn,
        new ResourceLayer(policy, principal),
      ]),
    );
    this.isSimple =
      this.session === undefined && this.levels.length === 0 && this.resources.size === 0;
    this.account = principal.split(':')[4] ?? '';
  }

  decide(action: string, resource: string, resourceAccount: string, context: Context): 0 | 1 | 2 {
    const identity = this.identity.decide(action, resource, context);
    if (identity === DENY) return DENY;
    const boundary = this.boundary?.decide(action, resource, context) ?? ALLOW;
    if (boundary === DENY) return DENY;
    if (this.isSimple) return identity === ALLOW && boundary === ALLOW ? ALLOW : NONE;
    const session = this.session?.decide(action, resource, context) ?? ALLOW;
    if (session === DENY) return DENY;
    let organization = true;
    for (const level of this.levels) {
      const answer = level.decide(action, resource, context);
      if (answer === DENY) return DENY;
      if (answer === NONE) organization = false;
    }
    const reach = this.resources.get(resource)?.decide(action, resource, context) ?? 0;
    if (reach < 0) return DENY;
    if (!organization) return NONE;
    const own = identity === ALLOW && boundary === ALLOW && session === ALLOW;
    if (resourceAccount !== this.account) return own && reach > 0 ? ALLOW : NONE;
    if (own || reach === 3) return ALLOW;
    return reach === 2 && boundary === ALLOW && session === ALLOW ? ALLOW : NONE;
  }
}

const WORDS: readonly Expected[] = ['ImplicitDeny', 'Allow', 'ExplicitDeny'];

export function createBound(workload: Workload): Promise<Engine> {
  const { requests } = workload;
  const bound = new Bound(workload.env, requests[0]?.principal ?? '');
  return Promise.resolve({
    decide: (place) => {
      const request = requests[place];
      if (request === undefined) throw new Error(`no request ${place}`);
      const { action, resource, resourceAccount, context } = request;
      return WORDS[bound.decide(action, resource, resourceAccount, context)] ?? 'ImplicitDeny';
    },
  });
}
