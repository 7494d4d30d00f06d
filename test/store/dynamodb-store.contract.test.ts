import { startDynamoDb } from '../../local/dynamodb/server';
import { openDynamoDbEngine } from '../contract/dynamodb-engine';
import { describeStore } from '../contract/store';

describeStore('the DynamoDB store on the embedded engine', async () =>
  openDynamoDbEngine(await startDynamoDb({ directory: undefined })),
);
