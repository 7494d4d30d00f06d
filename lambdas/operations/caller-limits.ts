import { invalidClientTokenId } from '../credentials/authentication-errors';
import type { Caller, CallerSession } from '../identity/caller';
import { IamError } from '../protocol/errors';
import type { Service } from '../protocol/schema';

/*
 * What AWS lets nobody do with some credentials, whatever the policies say.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */

export interface LimitedCall {
  readonly service: Service;
  readonly operation: { readonly name: string };
}

/** The STS operations that each kind of session may call. */
const STS_OPERATIONS: Readonly<Record<CallerSession['kind'], (name: string) => boolean>> = {
  role: (name) => name !== 'GetSessionToken' && name !== 'GetFederationToken',
  user: (name) => name === 'AssumeRole' || name === 'GetCallerIdentity',
  root: (name) => name === 'AssumeRole' || name === 'GetCallerIdentity',
  federatedUser: (name) => name === 'GetCallerIdentity',
  assumedRoot: (name) => name === 'GetCallerIdentity',
};

/** Errors: InvalidClientTokenId where AWS does not take such credentials at all; AccessDenied where it takes them for something else. */
export function refuseCaller(
  { principal, session }: Caller,
  { service, operation }: LimitedCall,
): void {
  if (principal.type === 'Root' && service === 'sts' && operation.name === 'AssumeRole') {
    throw new IamError('AccessDenied', 'Roles may not be assumed by root accounts.');
  }
  if (session === undefined) {
    return;
  }
  if (service === 'iam' && !isKnownToIam(session)) {
    throw invalidClientTokenId();
  }
  if (service === 'sts' && !isSignedIn(session) && !STS_OPERATIONS[session.kind](operation.name)) {
    throw new IamError('AccessDenied', `Cannot call ${operation.name} with session credentials`);
  }
}

/** GetSessionToken's credentials count for IAM with a second factor alone; a federated user's never. */
function isKnownToIam(session: CallerSession): boolean {
  switch (session.kind) {
    case 'role':
    case 'assumedRoot':
      return true;
    case 'user':
    case 'root':
      return isSignedIn(session) || session.multiFactorAt !== undefined;
    case 'federatedUser':
      return false;
  }
}

/** Invariant: what GetSessionToken issues names the key that asked; a user who signed in with a password had none. */
function isSignedIn({ kind, issuingAccessKeyId }: CallerSession): boolean {
  return (kind === 'user' || kind === 'root') && issuingAccessKeyId === undefined;
}
