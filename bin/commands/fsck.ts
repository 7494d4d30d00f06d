import { randomUUID } from 'node:crypto';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Inconsistency } from '../../lambdas/identity/account-rows';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { repairInconsistencies } from '../../lambdas/identity/repair';
import { DynamoDbRows } from '../../lambdas/store/dynamodb-rows';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import type { Key } from '../../lambdas/store/store';

export interface FsckOptions {
  /** 12 digits. */
  readonly account: string;
  readonly identitiesTable: string;
  readonly policiesTable: string;
  /** Of DynamoDB; without it, the SDK's own way to find it. */
  readonly endpoint?: string | undefined;
  readonly repair: boolean;
  readonly widenAccess: boolean;
  readonly json: boolean;
}

/**
 * Prints what contradicts itself in the rows of an account, and repairs it where that is asked for. Region and credentials come from
 * where the SDK finds them.
 *
 * @returns the exit code: 0 if nothing is wrong any more, 1 if something is, 2 if the tables could not be read or written.
 */
export async function runFsck(options: FsckOptions): Promise<number> {
  const { identitiesTable, policiesTable, endpoint } = options;
  const client: DynamoDBClientConfig = endpoint === undefined ? {} : { endpoint };
  const rows = new DynamoDbRows({ identitiesTable, policiesTable, client });
  const store = new DynamoDbStore({ identitiesTable, policiesTable, client });
  try {
    const { repaired, left } = await check(rows, store, options);
    process.stdout.write(
      options.json ? `${JSON.stringify({ repaired, left }, null, 2)}\n` : render(repaired, left),
    );
    return left.length === 0 ? 0 : 1;
  } catch (error) {
    const { name, message } = error as Error;
    process.stderr.write(`portcullis fsck: ${name}: ${message}\n`);
    return 2;
  } finally {
    rows.close();
    store.close();
  }
}

async function check(
  rows: DynamoDbRows,
  store: DynamoDbStore,
  { account, repair, widenAccess }: FsckOptions,
): Promise<{
  readonly repaired: readonly Inconsistency[];
  readonly left: readonly Inconsistency[];
}> {
  return repair
    ? repairInconsistencies(rows, store, {
        accountId: account,
        widenAccess,
        createToken: () => `fsck/${randomUUID()}`,
      })
    : { repaired: [], left: await findInconsistencies(rows, account) };
}

function render(repaired: readonly Inconsistency[], left: readonly Inconsistency[]): string {
  const lines = [
    ...repaired.flatMap((each) => renderOne('repaired', each)),
    ...left.flatMap((each) => renderOne(remedyOf(each), each)),
    `${repaired.length} repaired, ${left.length} left`,
  ];
  return `${lines.join('\n')}\n`;
}

function remedyOf({ repair, widensAccess }: Inconsistency): string {
  if (repair === undefined) return 'by hand';
  return widensAccess === true ? '--widen-access' : '--repair';
}

const renderOne = (remedy: string, { message, rows }: Inconsistency): string[] => [
  `[${remedy}] ${message}`,
  ...rows.map((key) => `    ${renderKey(key)}`),
];

const renderKey = ({ table, partition, sort }: Key): string =>
  `${table}: pk ${JSON.stringify(partition)}, sk ${JSON.stringify(sort)}`;
