import type { SignInSessionRecord } from './credential-entities';
import { bytes, number, optional, row, text } from './records';

/* Apart from the other credentials: of those, the authorizer reads none. */

export const readSignInSession = row<SignInSessionRecord>('session', {
  SessionId: text,
  Generation: number,
  SignInDate: number,
  MultiFactorDate: optional(number),
  RefreshDate: number,
  RefreshTokenHash: bytes,
  ExpirationDate: number,
  SourceIp: text,
  UserAgent: text,
});
