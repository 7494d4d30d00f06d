import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import type { Engine } from './subject';

export const IDENTITIES_TABLE = 'identities-table';
export const POLICIES_TABLE = 'policies-table';

/** Engines on one machine take any credentials. */
export const clientOptions = (endpoint: string): DynamoDBClientConfig => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
});

/** Makes the two tables as the deployment does: on demand, string keys `pk` and `sk`. */
export async function createTables(options: DynamoDBClientConfig): Promise<void> {
  const client = new DynamoDBClient(options);
  for (const TableName of [IDENTITIES_TABLE, POLICIES_TABLE]) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  }
  client.destroy();
}

export function openDynamoDbStore(endpoint: string, now?: () => number): DynamoDbStore {
  return new DynamoDbStore({
    identitiesTable: IDENTITIES_TABLE,
    policiesTable: POLICIES_TABLE,
    client: clientOptions(endpoint),
    ...(now && { now }),
  });
}

/** The DynamoDB store on an engine that speaks DynamoDB's protocol. */
export async function openDynamoDbEngine(started: {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}): Promise<Engine> {
  await createTables(clientOptions(started.endpoint));
  const stores: DynamoDbStore[] = [];
  return {
    openStore: (now) => {
      const store = openDynamoDbStore(started.endpoint, now);
      stores.push(store);
      return store;
    },
    stop: async () => {
      for (const store of stores) store.close();
      await started.stop();
    },
  };
}
