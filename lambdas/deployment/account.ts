import type { RandomBytes } from '../credentials/access-key';
import {
  ResourceRefused,
  type CustomResourceEvent,
  type CustomResourceResult,
} from './custom-resource';
import { installRootAccessKey, type RootAccessKeyOptions } from './root-access-key';
import {
  obtainRootCredentials,
  type CredentialsSecret,
  type SecretPlace,
} from './root-credentials';

export interface AccountOptions extends RootAccessKeyOptions {
  readonly secret: CredentialsSecret;
  readonly randomBytes: RandomBytes;
}

/**
 * Makes `Custom::PortcullisAccount { AccountId, SecretArn, SecretName? }` be: the account, and the credentials in the secret as its root user's. A
 * deletion removes nothing: the tables outlive the stack, and so does the way into them.
 *
 * Errors: {@link ResourceRefused}, outages of the store, of KMS and of Secrets Manager.
 */
export async function deployAccount(
  options: AccountOptions,
  event: CustomResourceEvent,
): Promise<CustomResourceResult> {
  if (event.RequestType === 'Delete') {
    return { physicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId };
  }
  const { AccountId: accountId } = event.ResourceProperties;
  if (typeof accountId !== 'string' || !/^[0-9]{12}$/.test(accountId)) {
    throw new ResourceRefused('AccountId is twelve digits');
  }
  const place = readSecretPlace(event.ResourceProperties);
  const credentials = await obtainRootCredentials(options.secret, place, {
    requestId: event.RequestId,
    randomBytes: options.randomBytes,
  });
  await installRootAccessKey(options, { accountId, ...credentials });
  return {
    physicalResourceId: `Account ${accountId}`,
    data: { AccessKeyId: credentials.accessKeyId },
  };
}

function readSecretPlace(properties: CustomResourceEvent['ResourceProperties']): SecretPlace {
  const { SecretArn: secretArn, SecretName: secretName } = properties;
  if (typeof secretArn !== 'string' || secretArn === '') {
    throw new ResourceRefused('SecretArn is the ARN of a secret');
  }
  if (secretName === undefined) {
    return { secretArn };
  }
  if (typeof secretName !== 'string' || secretName === '') {
    throw new ResourceRefused('SecretName is the name of a secret');
  }
  return { secretArn, secretName };
}
