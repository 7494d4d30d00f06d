import { createAccessKeyId, createSecretAccessKey } from '../credentials/access-key';
import type { SessionClaims } from '../credentials/session-claims';
import { MAX_SESSION_TOKEN_LENGTH } from '../credentials/session-token';
import type { UnsignedCall } from '../operations/operation';
import { tagsTooLarge } from './session-policies';

/** As STS answers them. */
export interface SessionCredentials {
  readonly Credentials: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
    readonly Expiration: Date;
  };
  /** Whole percent of the longest token. */
  readonly SessionTokenUtilization: number;
  /** Characters. */
  readonly SessionTokenSize: number;
}

export type AskedClaims = Omit<
  SessionClaims,
  'accessKeyId' | 'secretAccessKey' | 'issuedAt' | 'expiresAt'
>;

/** New credentials that hold from now on. Nothing is written. Errors: PackedPolicyTooLarge for claims that make no token. */
export async function issueCredentials(
  call: Pick<UnsignedCall, 'now' | 'randomBytes' | 'sealSession'>,
  asked: AskedClaims,
  options: {
    readonly durationSeconds: number;
    readonly minimumTokenLength?: number | undefined;
  },
): Promise<SessionCredentials> {
  const accessKeyId = createAccessKeyId('ASIA', call.randomBytes);
  const secretAccessKey = createSecretAccessKey(call.randomBytes);
  const issuedAt = Math.floor(call.now / 1000);
  const expiresAt = issuedAt + options.durationSeconds;
  const claims = { ...asked, accessKeyId, secretAccessKey, issuedAt, expiresAt };
  const token = await call
    .sealSession(claims, options.minimumTokenLength)
    .catch((error: unknown) => {
      throw error instanceof RangeError ? tagsTooLarge(101) : error;
    });
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: token,
      Expiration: new Date(expiresAt * 1000),
    },
    SessionTokenUtilization: Math.ceil((token.length / MAX_SESSION_TOKEN_LENGTH) * 100),
    SessionTokenSize: token.length,
  };
}
