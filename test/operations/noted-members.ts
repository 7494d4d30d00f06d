import { OperationTable, type AnyOperation } from '../../lambdas/operations/operation-table';
import { describeOperation } from '../../lambdas/protocol/schema';

/* What a caller says is never passed over in silence: which members of its input the function of an operation looks at. */

/** Why a function has no use for a member. */
const NEEDLESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ListDelegationRequests: { OwnerId: 'there are no requests to choose from' },
  AssumeRole: {
    ExternalId: 'it is for the trust policy, and so for the authorization',
    SerialNumber: 'the authorization proves the second factor',
  },
};

/** The same rows, whose functions are watched. */
export class WatchedOperations {
  readonly table: OperationTable;
  /** By operation: the members that its function asked for. */
  readonly #noted = new Map<string, Set<string>>();

  constructor({ service, operations }: OperationTable) {
    this.table = new OperationTable(
      service,
      operations.map((row) => this.#watch(row)),
    );
  }

  /** The members of an operation's input that its function has never asked for, and should have. */
  unnoted({ name, schema }: AnyOperation): readonly string[] {
    return describeOperation(schema)
      .input.members()
      .map((member) => member.name)
      .filter(
        (member) =>
          this.#noted.get(name)?.has(member) !== true && NEEDLESS[name]?.[member] === undefined,
      );
  }

  #watch(row: AnyOperation): AnyOperation {
    const noted = new Set<string>();
    this.#noted.set(row.name, noted);
    const run = row.run as (input: object, call: unknown) => Promise<unknown>;
    return {
      ...row,
      run: (input: object, call: unknown) => run(noting(input, noted), call),
    };
  }
}

function noting<Input extends object>(input: Input, noted: Set<string>): Input {
  return new Proxy(input, {
    get: (target, member) => {
      if (typeof member === 'string') noted.add(member);
      return Reflect.get(target, member) as unknown;
    },
  });
}
