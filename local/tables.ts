import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  AttributeValue,
  CreateTableCommandInput,
  DynamoDBClient,
  TableDescription,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';

import { placeOf } from './stacks';
import type { Resource, Stacks } from './stacks';
import { isTemplateObject, TemplateError } from './template';

const BATCH_WRITE_ITEMS = 25;

/**
 * Properties of AWS::DynamoDB::Table that CreateTable takes as they are. Streams, backups and encryption are left out: they
 * are about what AWS does with a table, and no function sees them.
 */
const CREATE_PROPERTIES = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
] as const;

/** The run's tables, on whatever DynamoDB engine the client speaks to. */
export class Tables {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly stacks: Stacks,
  ) {}

  /** Makes every AWS::DynamoDB::Table that is not there yet; throws when one is there with other keys. */
  async create(): Promise<void> {
    await Promise.all(
      this.stacks.ofType('AWS::DynamoDB::Table').map(async (resource) => {
        const existing = await this.#describe(this.#tableName(resource));
        if (existing === undefined) await this.#createTable(resource);
        else this.#compare(resource, existing);
        await this.#setTimeToLive(resource);
      }),
    );
  }

  /** Deletes every item of every table. */
  async empty(): Promise<void> {
    await Promise.all(
      this.stacks.ofType('AWS::DynamoDB::Table').map((resource) => this.#emptyTable(resource)),
    );
  }

  async #describe(tableName: string): Promise<TableDescription | undefined> {
    try {
      const { Table } = await this.client.send(new DescribeTableCommand({ TableName: tableName }));
      return Table;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async #createTable(resource: Resource): Promise<void> {
    const tableName = this.#tableName(resource);
    await this.client.send(new CreateTableCommand(this.#createInput(resource)));
    while ((await this.#describe(tableName))?.TableStatus !== 'ACTIVE') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #createInput(resource: Resource): CreateTableCommandInput {
    const properties = this.stacks.properties(resource);
    const taken = CREATE_PROPERTIES.flatMap((name) =>
      properties[name] === undefined ? [] : [[name, properties[name]] as const],
    );
    const input: Record<string, unknown> = {
      TableName: this.#tableName(resource),
      ...Object.fromEntries(taken),
    };
    return withoutTemplateOnlyMembers(input) as unknown as CreateTableCommandInput;
  }

  #compare(resource: Resource, table: TableDescription): void {
    const wanted = this.#createInput(resource);
    const keys = (schema: CreateTableCommandInput['KeySchema']): string =>
      JSON.stringify((schema ?? []).map(({ AttributeName, KeyType }) => [KeyType, AttributeName]));
    const indexes = (list: readonly { IndexName?: string | undefined }[] | undefined): string =>
      JSON.stringify((list ?? []).map(({ IndexName }) => IndexName).sort());
    if (
      keys(wanted.KeySchema) !== keys(table.KeySchema) ||
      indexes(wanted.GlobalSecondaryIndexes) !== indexes(table.GlobalSecondaryIndexes)
    ) {
      throw new TemplateError(
        `${placeOf(resource)}: the table ${this.#tableName(resource)} was made with other keys or indexes; ` +
          'delete the data folder to start anew',
      );
    }
  }

  async #setTimeToLive(resource: Resource): Promise<void> {
    const wanted = this.stacks.property(resource, 'TimeToLiveSpecification');
    if (!isTemplateObject(wanted) || wanted['Enabled'] !== true) return;
    const attribute = wanted['AttributeName'];
    if (typeof attribute !== 'string')
      throw new TemplateError(`${placeOf(resource)}: no TTL attribute`);
    const tableName = this.#tableName(resource);
    const { TimeToLiveDescription: current } = await this.client.send(
      new DescribeTimeToLiveCommand({ TableName: tableName }),
    );
    if (current?.AttributeName === attribute) return;
    await this.client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: attribute },
      }),
    );
  }

  async #emptyTable(resource: Resource): Promise<void> {
    const tableName = this.#tableName(resource);
    const names = (this.#createInput(resource).KeySchema ?? []).map(
      (key) => key.AttributeName ?? '',
    );
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.client.send(
        new ScanCommand({
          TableName: tableName,
          ConsistentRead: true,
          ProjectionExpression: names.map((_name, index) => `#k${index}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(
            names.map((name, index) => [`#k${index}`, name]),
          ),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      const deletes = (page.Items ?? []).map((Key): WriteRequest => ({ DeleteRequest: { Key } }));
      for (let first = 0; first < deletes.length; first += BATCH_WRITE_ITEMS) {
        await this.#writeAll(tableName, deletes.slice(first, first + BATCH_WRITE_ITEMS));
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  async #writeAll(tableName: string, requests: readonly WriteRequest[]): Promise<void> {
    let remaining: WriteRequest[] = [...requests];
    while (remaining.length > 0) {
      const { UnprocessedItems } = await this.client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: remaining } }),
      );
      remaining = UnprocessedItems?.[tableName] ?? [];
    }
  }

  #tableName(resource: Resource): string {
    return this.stacks.identity(resource).ref;
  }
}

/** Index definitions may carry CloudFormation's own members, which CreateTable refuses. */
function withoutTemplateOnlyMembers(input: Record<string, unknown>): Record<string, unknown> {
  const indexes = input['GlobalSecondaryIndexes'];
  if (!Array.isArray(indexes)) return input;
  const cleaned = (indexes as readonly Record<string, unknown>[]).map((index) => ({
    IndexName: index['IndexName'],
    KeySchema: index['KeySchema'],
    Projection: index['Projection'],
    ...(index['ProvisionedThroughput'] === undefined
      ? {}
      : { ProvisionedThroughput: index['ProvisionedThroughput'] }),
  }));
  return { ...input, GlobalSecondaryIndexes: cleaned };
}
