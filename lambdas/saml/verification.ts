import { randomUUID } from 'node:crypto';
import type { SamlVerification, SamlVerificationRequest } from '../credentials/saml-identity';
import type { SealedSecrets } from '../credentials/sealed-secret';
import type { SamlProviderRecord } from '../identity/provider-entities';
import { readSamlProvider } from '../identity/provider-records';
import { samlAssertionKey, samlProviderKey } from '../store/keys';
import { ConditionFailed, type Store } from '../store/store';
import { readAssertion, type ReadAssertion } from './assertion';
import { invalidToken, SamlRefused } from './refusal';
import { verifyResponse } from './response';

export interface SamlVerificationOptions {
  readonly store: Store;
  readonly secrets: SealedSecrets;
  /** Of this deployment: what assertions must be made for, as audience and as recipient. */
  readonly audience: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Verifies a response of a provider and redeems its assertion: no assertion is taken twice.
 *
 * What the provider or the caller did wrong is an answer. Errors: those of the store and the key service, which are outages.
 */
export async function verifySamlResponse(
  request: SamlVerificationRequest,
  options: SamlVerificationOptions,
): Promise<SamlVerification> {
  try {
    const provider = await readProvider(request, options);
    const element = await verifyResponse(request.samlAssertion, {
      signingCertificates: provider.SigningCertificates,
      decryptionKeys: await openKeys(provider, options.secrets),
      isEncryptionRequired: provider.AssertionEncryptionMode === 'Required',
    });
    const assertion = readAssertion(element, {
      issuer: provider.EntityId,
      audience: options.audience,
      now: options.now(),
    });
    await redeem(request.accountId, provider, assertion, options.store);
    return { identity: assertion.identity };
  } catch (error) {
    if (!(error instanceof SamlRefused)) throw error;
    return { refusal: { code: error.code, message: error.message } };
  }
}

async function readProvider(
  { accountId, providerName }: SamlVerificationRequest,
  { store, now }: SamlVerificationOptions,
): Promise<SamlProviderRecord> {
  const item = await store.get(samlProviderKey(accountId, providerName), { consistent: true });
  const provider = item === undefined ? undefined : readSamlProvider(item);
  // Names are found in any case; the ARN that the caller wrote must be the provider's.
  if (provider?.Name !== providerName) {
    throw invalidToken("Specified provider doesn't exist.");
  }
  if (provider.ValidUntil <= now()) {
    throw invalidToken('The metadata document of the specified provider has expired.');
  }
  return provider;
}

/** The newest first. */
async function openKeys(
  { PrivateKeys, SAMLProviderUUID }: SamlProviderRecord,
  secrets: SealedSecrets,
): Promise<readonly string[]> {
  const newestFirst = [...PrivateKeys].sort((a, b) => b.Timestamp - a.Timestamp);
  return Promise.all(
    newestFirst.map(({ KeyId, SealedKey }) =>
      secrets.open(SealedKey, { table: 'identities', ownerId: SAMLProviderUUID, keyId: KeyId }),
    ),
  );
}

/** Errors: SamlRefused for an assertion that has been redeemed. */
async function redeem(
  accountId: string,
  { SAMLProviderUUID }: SamlProviderRecord,
  { id, notOnOrAfter }: ReadAssertion,
  store: Store,
): Promise<void> {
  try {
    await store.transact(
      [
        {
          kind: 'put',
          key: samlAssertionKey(accountId, SAMLProviderUUID, id),
          attributes: {},
          expiresAt: Math.ceil(notOnOrAfter / 1000) + 1,
          condition: { exists: false },
        },
      ],
      { token: randomUUID() },
    );
  } catch (error) {
    if (error instanceof ConditionFailed) {
      throw invalidToken('SAML assertion has been used already');
    }
    throw error;
  }
}
