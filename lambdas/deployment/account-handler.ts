import { randomBytes } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DataKeys } from '../credentials/data-key';
import { createKmsKeyEncryption } from '../credentials/kms-key-encryption';
import { SealedSecrets } from '../credentials/sealed-secret';
import { DynamoDbStore } from '../store/dynamodb-store';
import { deployAccount, type AccountOptions } from './account';
import { createCustomResource } from './custom-resource';
import { requireVariable } from './environment';
import { createCredentialsSecret } from './secrets-manager-secret';

let options: AccountOptions | undefined;

/** The function of `Custom::PortcullisAccount`: an account with its root user's access key. */
export const handler = createCustomResource({
  run: async (event) => {
    options ??= createOptions(process.env);
    return deployAccount(options, event);
  },
});

function createOptions(environment: NodeJS.ProcessEnv): AccountOptions {
  const store = new DynamoDbStore({
    identitiesTable: requireVariable(environment, 'IDENTITIES_TABLE'),
    policiesTable: requireVariable(environment, 'POLICIES_TABLE'),
  });
  const kmsKeyId = requireVariable(environment, 'KMS_KEY_ID');
  const keyEncryption = createKmsKeyEncryption(kmsKeyId);
  const dataKeys = new DataKeys({ store, keyEncryption, clock: Date.now });
  return {
    store,
    sealedSecrets: new SealedSecrets(dataKeys),
    secret: createCredentialsSecret(new SecretsManagerClient(), kmsKeyId),
    now: Date.now,
    randomBytes,
  };
}
