import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { DataKey, type DataKeys } from '../lambdas/credentials/data-key';
import type { SessionClaims } from '../lambdas/credentials/session-claims';
import { SessionTokens } from '../lambdas/credentials/session-token';

/* How long a session token takes to open, beside one SHA-256 and one HMAC; medians of one run. */

const CLAIMS: SessionClaims = {
  kind: 'role',
  accountId: '123456789012',
  principalId: 'AROAEXAMPLEEXAMPLEEXA',
  sessionName: 'alice',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE22',
  secretAccessKey: 'secretsecretsecretsecretsecretsecretsecr',
  issuedAt: 1_700_000_000,
  expiresAt: 1_700_003_600,
  tags: [{ Key: 'team', Value: 'blue' }],
  transitiveTagKeys: [],
  isChained: false,
  context: {},
};

const ROUNDS = 60;
const CALLS = 400;

async function medianMicroseconds(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    for (let call = 0; call < CALLS; call += 1) await work();
    times.push(((performance.now() - startedAt) * 1000) / CALLS);
  }
  return times.sort((left, right) => left - right)[ROUNDS >> 1] ?? Number.NaN;
}

async function main(): Promise<void> {
  const key = new DataKey(1, randomBytes(32));
  const dataKeys = { newest: () => Promise.resolve(key), find: () => Promise.resolve(key) };
  const tokens = new SessionTokens(dataKeys as unknown as DataKeys);
  const small = await tokens.seal(CLAIMS);
  const inline = JSON.stringify({
    Version: '2012-10-17',
    Statement: Array.from({ length: 18 }, (_, index) => ({
      Effect: 'Allow',
      Action: `orders:Get${index}`,
      Resource: '*',
    })),
  });
  const large = await tokens.seal({ ...CLAIMS, policies: { inline, managed: [] } });
  const secret = createSecretKey(randomBytes(32));
  const text = 'x'.repeat(400);
  const bound = await medianMicroseconds(() => {
    const hash = createHash('sha256').update(text).digest('hex');
    return createHmac('sha256', secret).update(hash).digest();
  });
  const opened = await medianMicroseconds(() => tokens.open(small));
  const openedLarge = await medianMicroseconds(() => tokens.open(large));
  const line = (name: string, microseconds: number): string =>
    `${name.padEnd(44)} ${microseconds.toFixed(1).padStart(7)} µs  ${(microseconds / bound).toFixed(2).padStart(6)} ×`;
  process.stdout.write(
    [
      line('one SHA-256 and one HMAC', bound),
      line(`a session token of ${small.length} characters opened`, opened),
      line(`one of ${large.length}, with an inline policy`, openedLarge),
    ].join('\n') + '\n',
  );
}

void main();
