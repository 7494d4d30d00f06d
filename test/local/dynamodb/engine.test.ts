import { startDynamoDb } from '../../../local/dynamodb/server';
import { startDynamoDbLocal } from '../../../scripts/dynamodb-local';
import { describeDynamoDbLocal } from '../../contract/dynamodb-local';
import { describeEngine } from './engine-contract';

describeEngine('the embedded engine', () => startDynamoDb({ directory: undefined }));

describeDynamoDbLocal(() => {
  describeEngine("AWS's DynamoDB Local", () => startDynamoDbLocal());
});
