/*
 * Kills the embedded DynamoDB with SIGKILL again and again while it is written to, and looks at what it has after each
 * restart.
 *
 *   npx tsx scripts/kill-test.ts [rounds]     200 rounds where no number is given
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runKillRounds } from '../test/local/dynamodb/kill-rounds';

const rounds = Number(process.argv[2] ?? 200);
const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-kill-'));

runKillRounds(directory, rounds, (progress) => {
  if (progress.rounds % 10 === 0) console.log(progress);
}).then(
  (report) => {
    console.log('nothing acknowledged was lost, nothing was done by halves', report);
    rmSync(directory, { recursive: true, force: true });
  },
  (error: unknown) => {
    console.error(error, `the data is kept in ${directory}`);
    process.exitCode = 1;
  },
);
