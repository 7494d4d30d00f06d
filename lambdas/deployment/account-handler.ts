import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DataKeys } from '../credentials/data-key';
import { createKmsKeyEncryption } from '../credentials/kms-key-encryption';
import { SealedSecrets } from '../credentials/sealed-secret';
import { DynamoDbStore } from '../store/dynamodb-store';
import { deployAccount, type AccountOptions } from './account';
import { createCustomResource } from './custom-resource';
import { requireVariable } from './environment';
import type { CredentialsSecret } from './root-credentials';

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
  const keyEncryption = createKmsKeyEncryption(requireVariable(environment, 'KMS_KEY_ID'));
  const dataKeys = new DataKeys({ store, keyEncryption, clock: Date.now });
  return {
    store,
    sealedSecrets: new SealedSecrets(dataKeys),
    secret: createSecret(new SecretsManagerClient()),
    now: Date.now,
    randomBytes,
  };
}

/**
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
function createSecret(client: SecretsManagerClient): CredentialsSecret {
  return {
    read: async (secretArn) => {
      try {
        const { SecretString: text } = await client.send(
          new GetSecretValueCommand({ SecretId: secretArn }),
        );
        return text;
      } catch (error) {
        // A secret that was made without a value; one that is not there at all fails when it is written.
        if (error instanceof ResourceNotFoundException) {
          return undefined;
        }
        throw error;
      }
    },
    write: async (secretArn, text, token) => {
      await client.send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          SecretString: text,
          ClientRequestToken: token,
        }),
      );
    },
  };
}
