import { invalidClientTokenId } from '../credentials/authentication-errors';
import type { SealedSecrets } from '../credentials/sealed-secret';
import { verifySignature } from '../credentials/signature-v4';
import type { SigningKeyCache } from '../credentials/signing-key-cache';
import type { AccessKeyRecord } from '../identity/entities';
import {
  loadAccessKey,
  loadPrincipal,
  ownerOf,
  type LoadedPrincipal,
} from '../identity/principals';
import type { HttpRequest } from '../protocol/http';
import type { Store } from '../store/store';

export interface AuthenticationOptions {
  /** The services that the request may be signed for. */
  readonly signedFor: readonly string[];
  readonly store: Store;
  readonly secrets: SealedSecrets;
  readonly signingKeys: SigningKeyCache;
  readonly partition: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Who makes a call, with its policies. Everything is read consistently: a key that was deleted, and a policy that was detached, count
 * for nothing from that moment on.
 *
 * Errors: those of {@link verifySignature}; `InvalidClientTokenId` for a key that is unknown, inactive or without its owner.
 */
export async function authenticate(
  request: HttpRequest,
  options: AuthenticationOptions,
): Promise<LoadedPrincipal> {
  const { store, partition } = options;
  const { credential, accessKeyId } = await verifySignature(request, {
    services: options.signedFor,
    now: options.now,
    signingKeys: options.signingKeys,
    findKey: async (id, sessionToken) => {
      // A long-term key has no session token: one that comes with it belongs to some other key.
      const key =
        sessionToken === undefined
          ? await loadAccessKey(store, id, { consistent: true })
          : undefined;
      return key?.Status === 'Active' ? signingKeySource(key, options.secrets) : undefined;
    },
  });
  const principal = await loadPrincipal(store, ownerOf(credential.accessKey), {
    consistent: true,
    accessKeyId,
    partition,
  });
  if (principal === undefined) {
    throw invalidClientTokenId();
  }
  return principal;
}

function signingKeySource(accessKey: AccessKeyRecord, secrets: SealedSecrets) {
  return {
    accessKey,
    // Another secret is another sealed text.
    keyVersion: Buffer.from(accessKey.SealedSecret).toString('base64'),
    readSecretAccessKey: () =>
      secrets.open(accessKey.SealedSecret, {
        table: 'identities',
        ownerId: accessKey.OwnerId,
        keyId: accessKey.AccessKeyId,
      }),
  };
}
