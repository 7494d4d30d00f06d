import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { DataKey, type DataKeys } from '../lambdas/credentials/data-key';
import type { SessionClaims } from '../lambdas/credentials/session-claims';
import { SessionTokens } from '../lambdas/credentials/session-token';
import { describeTime, medianMicroseconds } from './medians';

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
  const [bound = 0, opened = 0, openedLarge = 0] = await medianMicroseconds([
    () => {
      const hash = createHash('sha256').update(text).digest('hex');
      return createHmac('sha256', secret).update(hash).digest();
    },
    () => tokens.open(small),
    () => tokens.open(large),
  ]);
  process.stdout.write(
    describeTime('one SHA-256 and one HMAC', bound, bound) +
      describeTime(`a session token of ${small.length} characters opened`, opened, bound) +
      describeTime(`one of ${large.length}, with an inline policy`, openedLarge, bound),
  );
}

void main();
