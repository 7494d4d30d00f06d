import type { ConditionContext } from '../core/request-context';
import type { ErrorCode } from '../protocol/errors';
import type { Caller } from '../identity/caller';
import type { Store } from '../store/store';
import type { OperationSchema } from '../protocol/schema';

/** In the words of AWS's service authorization reference. */
export type AccessLevel = 'List' | 'Read' | 'Write' | 'Tagging' | 'Permissions management';

/**
 * One row of the operation table. Dispatch, validation, authorization, serialising, the REST route and the documents all come from it.
 *
 * Invariant: a function that has no row cannot be reached.
 */
export interface Operation<Input, Output> {
  /** AWS's name, e.g. `CreateUser`. */
  readonly name: string;
  /** Shapes, member order and required members, from the official client. */
  readonly schema: OperationSchema;
  readonly accessLevel: AccessLevel;
  /** REST JSON route relative to the service, e.g. `POST /users`. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  /** What the caller must be allowed to do; undefined only for what AWS lets everyone do (`sts:GetCallerIdentity`). */
  readonly authorization: Authorization<Input> | undefined;
  /** The errors of its own, besides those that every operation has. */
  readonly errors: readonly ErrorCode[];
  readonly run: (input: Input, call: Call) => Promise<Output>;
}

export interface Authorization<Input> {
  /** `iam:CreateUser`, and so on. */
  readonly action: string;
  /** The resource type as AWS names it, e.g. `user`; `*` where the action has none. For documents. */
  readonly resourceType: string;
  /** The ARN that the decision is about. */
  readonly resource: (input: Input, call: Call) => Promise<string> | string;
  /** The condition keys that the request adds (`aws:RequestTag/*`, `iam:PolicyARN`, …); names for documents. */
  readonly conditionKeys: readonly string[];
  readonly context?: (input: Input, call: Call) => Promise<ConditionContext> | ConditionContext;
}

/** What an operation's function is given. Everything that varies comes in here, so that tests fix it. */
export interface Call {
  readonly caller: Caller;
  readonly store: Store;
  readonly partition: string;
  readonly region: string;
  readonly requestId: string;
  /** Epoch milliseconds at which the call came in; the only clock. */
  readonly now: number;
  /** `length` random bytes; the only source of randomness. */
  readonly randomBytes: (length: number) => Uint8Array;
}
