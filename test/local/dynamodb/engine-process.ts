import { startDynamoDb } from '../../../local/dynamodb/server';

/*
 * The embedded engine as a process of its own, to be killed. Takes the directory, prints the endpoint, and ends when nobody
 * holds its standard input any more.
 */
void startDynamoDb({ directory: process.argv[2] }).then(({ endpoint }) => {
  process.stdout.write(`${endpoint}\n`);
  process.stdin.once('end', () => process.exit());
  process.stdin.resume();
});
