import type { Catalogue } from './catalogue/catalogue';
import type { CompiledPolicy } from './compile';
import type { CompiledStatement } from './compiled-statement';
import { foldCase } from './letter-case';
import type { Principal } from './request-context';
import { findServiceRules } from './service-rules';
import type { ServiceRules } from './service-rules';
import { StatementList } from './statement-list';

/**
 * The policies of one decision, layer by layer. A layer that is undefined does not apply. A boundary, session policy or
 * endpoint policy that is an empty list applies and allows nothing; so does a level of SCPs.
 */
export interface Policies {
  /** Of the user and its groups, or of the role. */
  readonly identity: readonly CompiledPolicy[];
  /** Of the resource: its resource-based policy, or the trust policy of the role that is to be assumed. */
  readonly resource?: CompiledPolicy;
  readonly boundary?: readonly CompiledPolicy[];
  /**
   * The session policies, inline and managed together: a union. A federated user's session without one has no rights of its
   * own: give `[]` for it.
   */
  readonly session?: readonly CompiledPolicy[];
  /** Of the principal's account: one list for each level from the root to the account. */
  readonly scps?: readonly (readonly CompiledPolicy[])[];
  /** Of the resource's account, by level. RCPFullAWSAccess is always attached, so that only their Denies count. */
  readonly rcps?: readonly (readonly CompiledPolicy[])[];
  /** Of the VPC endpoint that the request came through. */
  readonly endpoint?: readonly CompiledPolicy[];
  /** The services that are known: of those, an action is denied on a resource that it cannot be about. */
  readonly catalogue?: Catalogue;
}

/**
 * Which layers bind a principal. Service-linked roles are bound by no SCP, RCP or boundary; whoever has no account (services, anonymous
 * callers, federated identities before they have a session) by no SCP.
 */
export type Standing = 'account' | 'serviceLinked' | 'withoutAccount';

/** A level at which an Allow is needed. */
export interface Level {
  readonly policyType: 'service control policy' | 'VPC endpoint policy';
  /** Of service control policies: how far from the root of the organization, which is 0. */
  readonly depth?: number;
  readonly allow: StatementList;
  /** All policies of the level, whatever they are about. */
  readonly policies: readonly CompiledPolicy[];
}

/** Everything the policies of a set say about one action. */
export interface ActionEntry {
  readonly rules: ServiceRules;
  /** Whether the action can be about a resource; undefined where its service is not known. */
  readonly relates: ((resource: string) => boolean) | undefined;
  /** The Denies of all layers but the resource's, those of the organization first. */
  readonly deny: StatementList;
  readonly identity: StatementList;
  readonly boundary: StatementList | undefined;
  readonly session: StatementList | undefined;
  /** Levels that always allow are left out. */
  readonly levels: readonly Level[];
}

/** What the resource's own policy says about one action, to whomever. */
export interface ResourceEntry {
  readonly deny: readonly CompiledStatement[];
  readonly allow: readonly CompiledStatement[];
}

/** Beyond this many actions an index starts anew: requests may name any action they like. */
const MAXIMUM_ACTIONS = 4096;

/** Policies with an index by action, which fills as actions are asked for. Share one between decisions. */
export class PolicySet {
  /** Policies that could not be read; while there are any, nothing is allowed. */
  readonly unreadable: readonly CompiledPolicy[];
  /** Of the resource's own policy; undefined where it has none. */
  readonly resourceIndex: ResourcePolicyIndex | undefined;
  private readonly entries: Readonly<Record<Standing, Map<string, ActionEntry>>>;

  constructor(
    readonly policies: Policies,
    base?: PolicySet,
  ) {
    this.unreadable = everyPolicy(policies).filter(({ unreadable }) => unreadable !== undefined);
    this.resourceIndex = policies.resource && resourceIndexOf(policies.resource);
    this.entries = base?.entries ?? {
      account: new Map(),
      serviceLinked: new Map(),
      withoutAccount: new Map(),
    };
  }

  /** The same layers for another resource; what has been indexed is shared. */
  withResource(resource: CompiledPolicy | undefined): PolicySet {
    return new PolicySet({ ...this.policies, resource }, this);
  }

  entry(action: string, standing: Standing): ActionEntry {
    const entries = this.entries[standing];
    const known = entries.get(action);
    if (known !== undefined) return known;
    if (entries.size >= MAXIMUM_ACTIONS) entries.clear();
    const entry = makeEntry(this.policies, foldCase(action), standing);
    entries.set(action, entry);
    return entry;
  }
}

/** A resource-based policy by action; it is the same for all principals. */
export class ResourcePolicyIndex {
  private readonly entries = new Map<string, ResourceEntry>();

  constructor(private readonly policy: CompiledPolicy) {}

  entry(action: string): ResourceEntry {
    const known = this.entries.get(action);
    if (known !== undefined) return known;
    if (this.entries.size >= MAXIMUM_ACTIONS) this.entries.clear();
    const entry = selectStatements([this.policy], foldCase(action));
    this.entries.set(action, entry);
    return entry;
  }
}

const RESOURCE_INDEXES = new WeakMap<CompiledPolicy, ResourcePolicyIndex>();

function resourceIndexOf(policy: CompiledPolicy): ResourcePolicyIndex {
  const known = RESOURCE_INDEXES.get(policy);
  if (known !== undefined) return known;
  const index = new ResourcePolicyIndex(policy);
  RESOURCE_INDEXES.set(policy, index);
  return index;
}

export function createPolicySet(policies: Policies): PolicySet {
  return new PolicySet(policies);
}

export function standingOf(principal: Principal): Standing {
  switch (principal.type) {
    case 'Root':
    case 'User':
    case 'FederatedUser':
      return 'account';
    case 'Role':
      return isServiceLinked(principal.arn) ? 'serviceLinked' : 'account';
    case 'AssumedRole':
      return principal.roleArn !== undefined && isServiceLinked(principal.roleArn)
        ? 'serviceLinked'
        : 'account';
    case 'WebIdentityUser':
    case 'SAMLUser':
    case 'Service':
    case 'Anonymous':
      return 'withoutAccount';
  }
}

/** Nobody but AWS can make a role under this path. */
function isServiceLinked(roleArn: string): boolean {
  return roleArn.includes(':role/aws-service-role/');
}

function everyPolicy(policies: Policies): readonly CompiledPolicy[] {
  const { rcps, scps, endpoint, resource, identity, boundary, session } = policies;
  const layers = [rcps, scps, endpoint, resource, identity, boundary, session];
  return layers.flat(2).filter((policy) => policy !== undefined);
}

function makeEntry(policies: Policies, folded: string, standing: Standing): ActionEntry {
  const select = (layer: readonly CompiledPolicy[]) => ({
    ...selectStatements(layer, folded),
    policies: layer,
  });
  const { scps = [], rcps = [], catalogue } = policies;
  const isServiceLinked = standing === 'serviceLinked';
  const identity = select(policies.identity);
  const boundary = isServiceLinked ? undefined : policies.boundary && select(policies.boundary);
  const session = policies.session && select(policies.session);
  const endpoint = policies.endpoint && select(policies.endpoint);
  const accountLevels = standing === 'account' ? scps.map(select) : [];
  const resourceLevels = isServiceLinked ? [] : rcps.map(select);
  const layers = [...resourceLevels, ...accountLevels, endpoint, identity, boundary, session];
  const levels: Level[] = accountLevels.map((level, depth) => ({
    policyType: 'service control policy',
    depth,
    allow: new StatementList(level.allow),
    policies: level.policies,
  }));
  if (endpoint !== undefined) {
    const allow = new StatementList(endpoint.allow);
    levels.push({ policyType: 'VPC endpoint policy', allow, policies: endpoint.policies });
  }
  return {
    rules: findServiceRules(folded),
    relates: catalogue?.relates(folded),
    deny: new StatementList(layers.flatMap((layer) => layer?.deny ?? [])),
    identity: new StatementList(identity.allow),
    boundary: boundary && new StatementList(boundary.allow),
    session: session && new StatementList(session.allow),
    levels: levels.filter(({ allow }) => allow.unconditional === undefined),
  };
}

function selectStatements(layer: readonly CompiledPolicy[], folded: string): ResourceEntry {
  const allow: CompiledStatement[] = [];
  const deny: CompiledStatement[] = [];
  for (const { statements } of layer) {
    for (const statement of statements) {
      if (statement.matchesAction(folded)) (statement.allows ? allow : deny).push(statement);
    }
  }
  return { allow, deny };
}
