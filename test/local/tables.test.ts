import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';

import { startDynamoDb } from '../../local/dynamodb/server';
import type { DynamoDb } from '../../local/dynamodb/server';
import { Tables } from '../../local/tables';
import type { ResourceDefinition } from '../../local/template';
import { createStacks } from './fixture';

function table(rangeKey = 'sk'): ResourceDefinition {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'things',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: rangeKey, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: rangeKey, AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  };
}

describe('tables from templates', () => {
  let engine: DynamoDb;
  let client: DynamoDBClient;
  const create = (rangeKey?: string): Tables =>
    new Tables(client, createStacks({ Things: table(rangeKey) }));

  beforeAll(async () => {
    engine = await startDynamoDb({ directory: undefined });
    client = new DynamoDBClient({
      endpoint: engine.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await create().create();
  });

  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const put = (pk: string) =>
    client.send(
      new PutItemCommand({ TableName: 'things', Item: { pk: { S: pk }, sk: { S: 'a' } } }),
    );

  test('a table is made with its keys and its expiry, and found again with its items', async () => {
    await put('kept');
    await create().create();
    const { Item } = await client.send(
      new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'kept' }, sk: { S: 'a' } } }),
    );
    expect(Item).toBeDefined();
    const { TimeToLiveDescription } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: 'things' }),
    );
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
  });

  test('a table with other keys is not silently taken', async () => {
    await expect(create('other').create()).rejects.toThrow(
      /stack Test, resource Things: the table things was made with other keys/,
    );
  });

  test('emptying deletes every item, also more than one batch', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => put(`item-${index}`)));
    await create().empty();
    const { Count } = await client.send(new ScanCommand({ TableName: 'things' }));
    expect(Count).toBe(0);
  });
});
