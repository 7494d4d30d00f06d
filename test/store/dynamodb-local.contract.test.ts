import { spawnSync } from 'node:child_process';
import { startDynamoDbLocal } from '../../scripts/dynamodb-local';
import { openDynamoDbEngine } from '../contract/dynamodb-engine';
import { describeStore } from '../contract/store';

const isWanted = process.env['DYNAMODB_LOCAL'] === '1';
const hasJava = isWanted && spawnSync('java', ['-version']).status === 0;

if (isWanted && (hasJava || process.env['CI'] === 'true')) {
  describeStore("the DynamoDB store on AWS's DynamoDB Local", async () =>
    openDynamoDbEngine(await startDynamoDbLocal()),
  );
} else {
  const reason = isWanted ? 'there is no Java' : 'DYNAMODB_LOCAL is not 1';
  test.skip(`DynamoDB Local is not compared: ${reason}`, () => undefined);
}
