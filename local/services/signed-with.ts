import { timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header names this access key. The run's own is random, and known to its functions alone. */
export function isSignedWith(accessKeyId: string, authorization: string): boolean {
  const prefix = Buffer.from(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`);
  const given = Buffer.from(authorization).subarray(0, prefix.length);
  return given.length === prefix.length && timingSafeEqual(given, prefix);
}
