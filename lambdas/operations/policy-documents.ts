import { exceededQuotaMessage, malformedPolicyMessage, validatePolicy } from '../core/validate';
import { IamError } from '../protocol/errors';

/** A document as it is to be stored. Errors: LimitExceeded, MalformedPolicyDocument, both in AWS's words. */
export function checkPolicyDocument(
  document: string,
  kind: 'managed' | 'identity' | 'trust' | 'session',
): void {
  const { document: parsed, findings } = validatePolicy(document, kind);
  const exceeded = exceededQuotaMessage(findings);
  if (exceeded !== undefined) {
    throw new IamError('LimitExceeded', exceeded);
  }
  const message = malformedPolicyMessage(findings);
  if (message !== undefined || parsed === undefined) {
    throw new IamError('MalformedPolicyDocument', message ?? 'Syntax errors in policy.');
  }
}
