import type { CompiledPolicy } from '../core/compile';
import type { ConditionContext } from '../core/request-context';
import type { ErrorCode } from '../protocol/errors';
import type { FederationOptions } from './federation';
import type { SecretBinding } from '../credentials/sealed-secret';
import type { SessionClaims } from '../credentials/session-claims';
import type { BearerClaims } from '../credentials/sign-in-tokens';
import type { Caller } from '../identity/caller';
import type { Quotas } from '../identity/quotas';
import type { Store } from '../store/store';
import type { OperationSchema } from '../protocol/schema';
import type { Step } from './step';

/** In the words of AWS's service authorization reference. */
export type AccessLevel = 'List' | 'Read' | 'Write' | 'Tagging' | 'Permissions management';

/** What every row says. */
interface OperationRow {
  /** AWS's name, e.g. `CreateUser`. */
  readonly name: string;
  /** Shapes, member order and required members, from the official client. */
  readonly schema: OperationSchema;
  readonly accessLevel: AccessLevel;
  /** REST JSON route relative to the service, e.g. `POST /users`. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  /** The errors of its own, besides those that every operation has. */
  readonly errors: readonly ErrorCode[];
}

/**
 * One row of the operation table. Dispatch, validation, authorization, serialising, the REST route and the documents all come from it.
 * `Input` and `Output` are the official client's types.
 *
 * Invariant: a function that has no row cannot be reached.
 */
export interface Operation<Input, Output> extends OperationRow {
  /** By a signature, which says who calls. */
  readonly authentication?: 'signature';
  /** What the caller must be allowed to do; undefined only for what AWS lets everyone do (`sts:GetCallerIdentity`). */
  readonly authorization: Authorization<Input> | undefined;
  readonly run: (input: Checked<Input>, call: Call) => Promise<Output>;
}

/**
 * A row of an operation that nobody signs: what proves the caller is in the input, and the function itself verifies it and decides.
 * A signature that comes with it is verified, and then says nothing.
 */
export interface UnsignedOperation<Input, Output> extends OperationRow {
  readonly authentication: 'none';
  /** What the function decides about; for documents. */
  readonly authorization: Pick<Authorization<Input>, 'action' | 'resourceType' | 'conditionKeys'>;
  /** Twelve digits: the account that the call works in. May throw an IamError. */
  readonly accountId: (input: Checked<Input>) => string;
  readonly run: (input: Checked<Input>, call: UnsignedCall) => Promise<Output>;
}

export interface Authorization<Input> {
  /** `iam:CreateUser`, and so on. */
  readonly action: string;
  /** The resource type as AWS names it, e.g. `user`; `*` where the action has none. For documents. */
  readonly resourceType: string;
  /** The ARNs that decisions are about: every one must be allowed. At least one. */
  readonly resources: (
    input: Checked<Input>,
    call: Call,
  ) => Promise<readonly string[]> | readonly string[];
  /**
   * What AWS's denial calls the resource where it does not give its ARN: `user alice`. A path in that place would tell who is
   * refused that the user exists.
   */
  readonly resourceName?: (input: Checked<Input>, call: Call) => string;
  /** The condition keys that the request adds (`aws:RequestTag/${TagKey}`, `iam:PolicyARN`, …); names for documents. */
  readonly conditionKeys: readonly string[];
  readonly context?: (
    input: Checked<Input>,
    call: Call,
  ) => Promise<ConditionContext> | ConditionContext;
  /**
   * The role that the operation hands to a service: the caller needs `iam:PassRole` on it as well.
   *
   * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
   */
  readonly passedRole?: (input: Checked<Input>, call: Call) => Promise<PassedRole> | PassedRole;
  /** Everyone may, who is not denied it. */
  readonly needsNoAllow?: true;
  /** Further actions that the input asks for, on the same resources: `sts:TagSession`. */
  readonly furtherActions?: (
    input: Checked<Input>,
    call: Call,
  ) => Promise<readonly string[]> | readonly string[];
  /** What the request proves of its caller (a second factor); stands over what the caller's credential says. */
  readonly provenContext?: (
    input: Checked<Input>,
    call: Call,
  ) => Promise<ConditionContext> | ConditionContext;
  /** The one resource has a policy of its own, and perhaps another account than the caller. */
  readonly ownPolicy?: (input: Checked<Input>, call: Call) => Promise<OwnPolicy>;
}

/** A resource's own side of a decision. */
export interface OwnPolicy {
  /** Twelve digits, of the resource. */
  readonly accountId: string;
  /** undefined where there is no such resource; the denial is the same as that of one that is there. */
  readonly policy: CompiledPolicy | undefined;
}

export interface PassedRole {
  readonly arn: string;
  /** `iam:PassedToService`, e.g. `ec2.amazonaws.com`. */
  readonly service: string;
  /** The role's tags, as condition keys. */
  readonly context: ConditionContext;
}

/**
 * An input whose required members are there: the official client's types say that a required member may be undefined,
 * the pipeline has checked that it is not.
 */
export type Checked<Value> = Value extends string | number | boolean | Date | Uint8Array | undefined
  ? Value
  : Value extends readonly (infer Element)[]
    ? readonly Checked<Element>[]
    : {
        readonly [Member in keyof Value]: undefined extends Value[Member]
          ? object extends Pick<Value, Member>
            ? Checked<Value[Member]>
            : Checked<Exclude<Value[Member], undefined>>
          : Checked<Value[Member]>;
      };

/**
 * What an operation's function is given. Everything that varies comes in here, so that tests fix it.
 *
 * Invariant: one call is one attempt. When others changed what it had read, it is thrown away, and the next attempt reads,
 * is authorized and decides anew.
 */
export interface Call {
  readonly caller: Caller;
  /** The account that the call works in: the caller's. */
  readonly accountId: string;
  /** Gives a row that it has given before as it was then: what was authorized is what the function works on. */
  readonly store: Store;
  readonly quotas: Quotas;
  readonly partition: string;
  readonly region: string;
  readonly requestId: string;
  /** For a transaction: a repetition under the same token does nothing. Another one at each time. */
  readonly createToken: () => string;
  /** Where the answer is to be written with what it tells of: keeps the steps of a commit back until there is an answer. */
  readonly holdCommit?: (steps: readonly Step[]) => Promise<void>;
  /** Epoch milliseconds at which the call came in; the only clock. */
  readonly now: number;
  /** `length` random bytes; the only source of randomness. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** A list's Marker for the position behind which it goes on; good for this operation, input and account only. */
  readonly sealMarker: (position: string) => Promise<string>;
  /** The position of a Marker; throws ValidationError for any text that is not one of ours. */
  readonly openMarker: (marker: string) => Promise<string>;
  /** Seals an access key's secret so that only a signature check can use it. */
  readonly sealSecret: (secret: string, binding: SecretBinding) => Promise<Uint8Array>;
  /** For an operation that must check something against a secret; nothing that it gives may reach an answer. */
  readonly openSecret: (sealed: Uint8Array, binding: SecretBinding) => Promise<string>;
  /** The token of a new session, of at least so many characters. Errors: those of `SessionTokens.seal`. */
  readonly sealSession: (claims: SessionClaims, minimumLength?: number) => Promise<string>;
  /** The condition keys that the request brings itself, whoever makes it: `aws:SourceIp`, … */
  readonly requestContext: ConditionContext;
  /** What is known of the issuers of tokens: ours, and those of others. */
  readonly federation: FederationOptions;
  /** What the token of a session says, whose secret the caller need not have; undefined for any other text. Its time is not looked at. */
  readonly openSession: (token: string) => Promise<SessionClaims | undefined>;
  /** Likewise the access token of whoever signed in with a password. */
  readonly openBearerToken: (token: string) => Promise<BearerClaims | undefined>;
  /** Why a call to this account was denied; undefined for any text that was not sealed for that. */
  readonly openAuthorizationMessage: (encoded: string) => Promise<string | undefined>;
}

/** What the function of an operation is given that nobody signs. */
export type UnsignedCall = Omit<Call, 'caller'>;
