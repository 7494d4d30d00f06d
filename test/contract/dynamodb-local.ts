import { spawnSync } from 'node:child_process';

/**
 * Runs what is compared with AWS's DynamoDB Local where DYNAMODB_LOCAL is 1. Without Java that is left out, and said; but not
 * where CI is true.
 */
export function describeDynamoDbLocal(describeIt: () => void): void {
  const isWanted = process.env['DYNAMODB_LOCAL'] === '1';
  const hasJava = isWanted && spawnSync('java', ['-version']).status === 0;
  if (isWanted && (hasJava || process.env['CI'] === 'true')) {
    describeIt();
    return;
  }
  const reason = isWanted ? 'there is no Java' : 'DYNAMODB_LOCAL is not 1';
  test.skip(`the comparison with DynamoDB Local is left out: ${reason}`, () => undefined);
}
