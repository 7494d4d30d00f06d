import { IamError } from './errors';

/*
 * Errors whose words are AWS's own and fixed; tools match on them.
 *
 * Source: answers of the real services, and https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
 */

/** The kinds of entity that `noSuchEntity` and `entityAlreadyExists` name as AWS does. */
export type NamedEntity = 'user' | 'group' | 'role';

export const noSuchEntity = (kind: NamedEntity, name: string): IamError =>
  new IamError('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`);

export const entityAlreadyExists = (kind: NamedEntity, name: string): IamError =>
  new IamError(
    'EntityAlreadyExists',
    `${kind.charAt(0).toUpperCase()}${kind.slice(1)} with name ${name} already exists.`,
  );

/** For operations on a policy itself. */
export const noSuchPolicy = (policyArn: string): IamError =>
  new IamError('NoSuchEntity', `Policy ${policyArn} was not found.`);

/** For attaching a policy. */
export const policyNotAttachable = (policyArn: string): IamError =>
  new IamError('NoSuchEntity', `Policy ${policyArn} does not exist or is not attachable.`);

/** For a member that must be an ARN; the two spaces are AWS's. */
export const invalidArn = (): IamError =>
  new IamError('ValidationError', 'Invalid ARN:  Could not be parsed!');

/** `quota` in AWS's word, e.g. `AccessKeysPerUser`. */
export const quotaExceeded = (quota: string, limit: number): IamError =>
  new IamError('LimitExceeded', `Cannot exceed quota for ${quota}: ${limit}`);

/** `remedy` in AWS's words, e.g. `delete access keys`, `detach all policies`; without it AWS's general form. */
export const deleteConflict = (remedy = 'remove referenced objects'): IamError =>
  new IamError('DeleteConflict', `Cannot delete entity, must ${remedy} first.`);

export const duplicateTagKeys = (): IamError =>
  new IamError(
    'InvalidInput',
    'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  );

export const userNameNeeded = (): IamError =>
  new IamError('ValidationError', 'Must specify userName when calling with non-User credentials');

export const noSuchOperation = (action: string, version: string | undefined): IamError =>
  new IamError(
    'InvalidAction',
    `Could not find operation ${action} for version ${version === undefined || version === '' ? 'NO_VERSION_SPECIFIED' : version}`,
  );

/** Our own fault; the cause is for the log alone. */
export const serviceFailure = (): IamError =>
  new IamError(
    'ServiceFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  );
