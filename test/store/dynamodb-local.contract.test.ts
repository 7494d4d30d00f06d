import { startDynamoDbLocal } from '../../scripts/dynamodb-local';
import { openDynamoDbEngine } from '../contract/dynamodb-engine';
import { describeDynamoDbLocal } from '../contract/dynamodb-local';
import { describeStore } from '../contract/store';

describeDynamoDbLocal(() => {
  describeStore("the DynamoDB store on AWS's DynamoDB Local", async () =>
    openDynamoDbEngine(await startDynamoDbLocal()),
  );
});
