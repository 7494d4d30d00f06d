import { createSigningKeyPair } from '../credentials/oidc/signing-key-pair';
import type { IssuerAlgorithm, SigningKeyRecord } from '../identity/issuer-entities';
import { toAttributes } from '../identity/records';
import { signingKeyKey } from '../store/keys';
import type { Step } from './commit';
import type { Call } from './operation';

const KEY_ID_BYTES = 16;

/** The step that makes a key of an issuer. Somebody else may have made the one of that number meanwhile. */
export async function createSigningKeyStep(
  call: Pick<Call, 'randomBytes' | 'sealSecret' | 'now'>,
  issuerId: string,
  key: Pick<SigningKeyRecord, 'Number' | 'UseDate'> & { readonly Algorithm: IssuerAlgorithm },
): Promise<Step> {
  const KeyId = Buffer.from(call.randomBytes(KEY_ID_BYTES)).toString('hex');
  const pair = await createSigningKeyPair(key.Algorithm, KeyId);
  const record: SigningKeyRecord = {
    ...key,
    KeyId,
    PublicKey: JSON.stringify(pair.publicKey),
    SealedPrivateKey: await call.sealSecret(pair.privateKey, signingKeyBinding(issuerId, KeyId)),
    CreateDate: call.now,
  };
  return {
    write: {
      kind: 'put',
      key: signingKeyKey(issuerId, key.Algorithm, key.Number),
      attributes: toAttributes(record),
      condition: { exists: false },
    },
  };
}

/** Where the sealed private key of an issuer lies. */
export function signingKeyBinding(issuerId: string, keyId: string) {
  return { table: 'identities', ownerId: issuerId, keyId } as const;
}
