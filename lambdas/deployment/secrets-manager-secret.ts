import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { CredentialsSecret } from './root-credentials';

/** The part of the client that is used here. */
export type SecretsManager = Pick<SecretsManagerClient, 'send'>;

/**
 * A secret in Secrets Manager. One that no template has made is made when it is first written, under `kmsKeyId`.
 *
 * Sources: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html,
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export function createCredentialsSecret(
  client: SecretsManager,
  kmsKeyId: string,
): CredentialsSecret {
  return {
    // A secret without a value, or none yet; a template's that is not there at all fails when it is written.
    read: async ({ secretArn }) =>
      unlessMissing(async () => {
        const answer = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
        return answer.SecretString;
      }),
    write: async ({ secretArn, secretName }, text, token) => {
      const value = { SecretString: text, ClientRequestToken: token };
      const put = async () =>
        client.send(new PutSecretValueCommand({ SecretId: secretArn, ...value }));
      if (secretName === undefined) {
        await put();
      } else if ((await unlessMissing(put)) === undefined) {
        await client.send(
          new CreateSecretCommand({
            Name: secretName,
            Description: 'Portcullis: access key of the root user',
            KmsKeyId: kmsKeyId,
            ...value,
          }),
        );
      }
    },
  };
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
