/**
 * What one decision is asked about: who, what, on which resource, under which circumstances.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
 */
export interface RequestContext {
  /** Who asks. */
  readonly principal: Principal;
  /** `service:Operation`, e.g. `orders:GetOrder`. Compared without regard to case. */
  readonly action: string;
  /** The full ARN of the resource, or `*` for an action that has no resource type. Compared with regard to case. */
  readonly resource: string;
  /** The twelve-digit account that owns the resource. */
  readonly resourceAccount: string;
  /** Condition keys; see {@link ConditionContext}. */
  readonly context: ConditionContext;
}

/**
 * The condition keys of a request. Names are looked up without regard to case. An absent name is a missing key;
 * a list is a multivalued key (an empty list is an empty set). Values are the strings that policies are compared with.
 */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** Whoever makes a request. `arn` is what policies name, `uniqueId` is what saved policies refer to. */
export type Principal =
  | AccountPrincipal<'Root'>
  | AccountPrincipal<'User'>
  | AccountPrincipal<'Role'>
  | RoleSessionPrincipal
  | AccountPrincipal<'FederatedUser'>
  | {
      readonly type: 'WebIdentityUser' | 'SAMLUser';
      readonly provider: string;
      readonly accountId?: string;
    }
  | { readonly type: 'Service'; readonly service: string }
  | { readonly type: 'Anonymous' };

interface AccountPrincipal<Type extends string> {
  readonly type: Type;
  /** `arn:aws:iam::ACCOUNT:root|user/…|role/…`, or `arn:aws:sts::ACCOUNT:federated-user/NAME`. */
  readonly arn: string;
  readonly accountId: string;
  /** `AIDA…`, `AROA…`, or the account id for the root user. */
  readonly uniqueId?: string;
  /** For a federated user: the ARN of the user who asked for the session. */
  readonly userArn?: string;
}

interface RoleSessionPrincipal {
  readonly type: 'AssumedRole';
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly accountId: string;
  /** `arn:aws:iam::ACCOUNT:role/PATH/ROLE`; without it, the role's path is taken to be `/`. */
  readonly roleArn?: string;
  /** `AROA…` of the role. */
  readonly uniqueId?: string;
}
