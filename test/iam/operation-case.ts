import type { Credentials } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';

/** One call that succeeds for whoever may make it, and the resource that it must be allowed on. */
export interface OperationCase {
  readonly input: object;
  readonly resource: string;
  /** What the caller needs besides the operation's own action, e.g. iam:PassRole. */
  readonly also?: readonly object[];
  /** Where it is not the operation's own name that is to be allowed. */
  readonly action?: string;
  /** The error that the call ends in, for what never succeeds here. */
  readonly refused?: string;
  /** Who must make the call, where nobody else can. */
  readonly caller?: { readonly UserName: string; readonly credentials: Credentials };
}

export type MakeCase = (scenery: Scenery) => Promise<OperationCase>;
