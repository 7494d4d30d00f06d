import { ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { decodeAttributes, type WireAttributes } from './attribute-values';
import { parsePhysicalItem } from './dynamodb-expressions';
import { StoreUnavailable, type Item, type TableName } from './store';

type StartKey = ScanCommand['input']['ExclusiveStartKey'];

/**
 * Every item of a table, read consistently, for an operator's tools: no function may do this.
 *
 * Errors: those of the client after its own retries; StoreUnavailable for an item that is not one of the store.
 */
export async function* scanTable(
  client: DynamoDBClient,
  table: TableName,
  tableName: string,
  now: () => number,
): AsyncGenerator<Item> {
  let start: StartKey;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ExclusiveStartKey: start }),
    );
    for (const found of page.Items ?? []) {
      const physical = parsePhysicalItem(found as WireAttributes);
      if (physical === undefined) throw new StoreUnavailable('an item is not one of the store');
      const { partition, sort, revision, attributes, expiresAt } = physical;
      if (expiresAt === undefined || expiresAt * 1000 > now()) {
        yield {
          key: { table, partition, sort },
          revision,
          attributes: decodeAttributes(attributes),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        };
      }
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
