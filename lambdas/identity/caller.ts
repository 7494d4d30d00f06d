import type { ConditionContext, Principal } from '../core/request-context';
import type { SessionClaims } from '../credentials/session-claims';

/** What is known of the caller's session, without the secret that it signs with. */
export type CallerSession = Omit<SessionClaims, 'secretAccessKey'>;

/** Who makes a call, once the credential has been verified. The same for admin calls and for guarded APIs. */
export interface Caller {
  /** What policies are matched against. */
  readonly principal: Extract<
    Principal,
    { type: 'Root' | 'User' | 'AssumedRole' | 'FederatedUser' }
  >;
  readonly accountId: string;
  /** As GetCallerIdentity gives it: `AIDA…`, `AROA…:session`, or the account id for root. Also `aws:userid`. */
  readonly userId: string;
  readonly userName?: string;
  readonly accessKeyId: string;
  /** Absent for long-term credentials. */
  readonly session?: CallerSession;
  /**
   * The condition keys that come from the principal and its credential (`aws:PrincipalArn`, `aws:userid`, `aws:username`,
   * `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalTag/*`, …). Those of the request are added by whoever asks for a decision.
   */
  readonly context: ConditionContext;
}
