import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue as SdkValue, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { decodeAttributes } from './attribute-values';
import type { WireAttributes } from './attribute-values';
import { parsePhysicalItem } from './dynamodb-expressions';
import { StoreUnavailable } from './store';
import type { Item, RowSource, TableName } from './store';

/**
 * All rows of the two DynamoDB tables, read consistently page by page. What is written meanwhile may be seen in one page and not in
 * another. Needs `dynamodb:Scan`, which no function of a deployment has.
 */
export class DynamoDbRows implements RowSource {
  readonly #client: DynamoDBClient;

  constructor(
    private readonly options: {
      readonly identitiesTable: string;
      readonly policiesTable: string;
      readonly client?: DynamoDBClientConfig;
    },
  ) {
    this.#client = new DynamoDBClient({ ...options.client });
  }

  close(): void {
    this.#client.destroy();
  }

  async *readAll(table: TableName): AsyncGenerator<Item> {
    const { identitiesTable, policiesTable } = this.options;
    const TableName = table === 'identities' ? identitiesTable : policiesTable;
    let start: Record<string, SdkValue> | undefined;
    do {
      const page = await this.#readPage(TableName, start);
      for (const found of page.items) {
        const item = toItem(table, found);
        if (item !== undefined) yield item;
      }
      start = page.next;
    } while (start !== undefined);
  }

  async #readPage(TableName: string, start: Record<string, SdkValue> | undefined) {
    try {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey: start }),
      );
      return { items: Items, next: LastEvaluatedKey };
    } catch (error) {
      const { name, message } = error as Error;
      throw new StoreUnavailable(`the table ${TableName} cannot be read: ${name}: ${message}`);
    }
  }
}

/** Undefined where its time is over. */
function toItem(table: TableName, found: Record<string, SdkValue>): Item | undefined {
  const physical = parsePhysicalItem(found as WireAttributes);
  if (physical === undefined) throw new StoreUnavailable('an item is not one of the store');
  const { partition, sort, revision, attributes, expiresAt } = physical;
  if (expiresAt !== undefined && expiresAt * 1000 <= Date.now()) return undefined;
  return {
    key: { table, partition, sort },
    revision,
    attributes: decodeAttributes(attributes),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
