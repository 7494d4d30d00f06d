import { IamError } from '../protocol/errors';

/*
 * Why a caller is not known, in AWS's codes and words. None of them tells more than AWS does: never the signature that was expected.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
 */

export const missingAuthenticationToken = (): IamError =>
  new IamError('MissingAuthenticationToken', 'Request is missing Authentication Token');

export const incompleteSignature = (message: string): IamError =>
  new IamError('IncompleteSignature', message);

/** The key is not known, not active, or its session token is missing or not its own. */
export const invalidClientTokenId = (): IamError =>
  new IamError('InvalidClientTokenId', 'The security token included in the request is invalid.');

/** The credentials are temporary, and their time is over. */
export const expiredToken = (): IamError =>
  new IamError('ExpiredToken', 'The security token included in the request is expired');

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.';

export const signatureDoesNotMatch = (message: string = MISMATCH): IamError =>
  new IamError('SignatureDoesNotMatch', message);
