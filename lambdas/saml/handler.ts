import { DataKeys } from '../credentials/data-key';
import { createKmsKeyEncryption } from '../credentials/kms-key-encryption';
import type { SamlVerification, SamlVerificationRequest } from '../credentials/saml-identity';
import { SealedSecrets } from '../credentials/sealed-secret';
import { DynamoDbStore } from '../store/dynamodb-store';
import { verifySamlResponse, type SamlVerificationOptions } from './verification';

let options: SamlVerificationOptions | undefined;

/**
 * Called by the STS function alone. XML and its signatures are read here and nowhere else, where nothing can be issued.
 *
 * Environment: IDENTITIES_TABLE, POLICIES_TABLE, KMS_KEY_ID, SAML_AUDIENCE. Errors: Error where one is missing, TypeError for an event
 * that is none.
 */
export async function handler(event: unknown): Promise<SamlVerification> {
  options ??= createOptions(process.env);
  return verifySamlResponse(readRequest(event), options);
}

function createOptions(environment: NodeJS.ProcessEnv): SamlVerificationOptions {
  const variable = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') {
      throw new Error(`the environment has no ${name}`);
    }
    return value;
  };
  const store = new DynamoDbStore({
    identitiesTable: variable('IDENTITIES_TABLE'),
    policiesTable: variable('POLICIES_TABLE'),
  });
  const keyEncryption = createKmsKeyEncryption(variable('KMS_KEY_ID'));
  return {
    store,
    secrets: new SealedSecrets(new DataKeys({ store, keyEncryption, clock: Date.now })),
    audience: variable('SAML_AUDIENCE'),
    now: Date.now,
  };
}

function readRequest(event: unknown): SamlVerificationRequest {
  const { accountId, providerName, samlAssertion } = (event ?? {}) as Record<string, unknown>;
  if (
    typeof accountId !== 'string' ||
    typeof providerName !== 'string' ||
    typeof samlAssertion !== 'string'
  ) {
    throw new TypeError('the event is no request to verify an assertion');
  }
  return { accountId, providerName, samlAssertion };
}
