import { DataKeys } from '../credentials/data-key';
import { SealedSecrets } from '../credentials/sealed-secret';
import { createBearerTokens } from '../credentials/sign-in-tokens';
import { SessionTokens } from '../credentials/session-token';
import { DynamoDbStore } from '../store/dynamodb-store';
import { Authorizer } from './authorizer';
import { readEnvironment } from './environment';
import { createKmsDecryption } from './kms-decryption';
import { UsageNotes } from './usage';

/** Whoever waits longer is better told that we are down: API Gateway itself waits for 29 seconds. */
const KMS_TIMEOUT_MILLISECONDS = 1000;

/** The authorizer of a function with these variables. Throws where one is missing or wrong. */
export function createAuthorizer(variables: NodeJS.ProcessEnv): Authorizer {
  const environment = readEnvironment(variables);
  const store = new DynamoDbStore(environment);
  const dataKeys = new DataKeys({
    store,
    keyEncryption: createKmsDecryption({
      ...environment.kms,
      timeoutMilliseconds: KMS_TIMEOUT_MILLISECONDS,
    }),
    clock: Date.now,
  });
  const secrets = new SealedSecrets(dataKeys);
  const usage = new UsageNotes({ store, region: environment.kms.region });
  return new Authorizer({
    store,
    stalenessSeconds: environment.stalenessSeconds,
    gateways: {
      ...environment.gateways,
      loadAppSyncReader: async () => (await import('./events/appsync.js')).readAppSync,
    },
    keeping: environment.answerCache && {
      cache: environment.answerCache,
      load: () => import('./kept-answer.js'),
    },
    openSecret: async ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: async () => {
      const { createWebIdentityProver } = await import('./web-identities.js');
      return createWebIdentityProver({
        store,
        stalenessSeconds: environment.stalenessSeconds,
        allowLoopback: variables['ALLOW_LOOPBACK_ISSUERS'] === 'true',
        now: Date.now,
      });
    },
    explainDenials: async (answer) =>
      (await import('./denial-message.js')).sealDenials(answer, dataKeys),
    now: Date.now,
    note: (use) => {
      if (environment.notesUsage) void usage.note(use);
    },
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
  });
}
