/**
 * The one table of errors that a caller may be told: code → HTTP status and fault.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's page.
 */
export const ERRORS = {
  AccessDenied: { statusCode: 403, fault: 'Sender' },
  ConcurrentModification: { statusCode: 409, fault: 'Sender' },
  DeleteConflict: { statusCode: 409, fault: 'Sender' },
  EntityAlreadyExists: { statusCode: 409, fault: 'Sender' },
  ExpiredToken: { statusCode: 403, fault: 'Sender' },
  IncompleteSignature: { statusCode: 400, fault: 'Sender' },
  InvalidAction: { statusCode: 400, fault: 'Sender' },
  InvalidClientTokenId: { statusCode: 403, fault: 'Sender' },
  InvalidInput: { statusCode: 400, fault: 'Sender' },
  LimitExceeded: { statusCode: 409, fault: 'Sender' },
  MalformedInput: { statusCode: 400, fault: 'Sender' },
  MalformedPolicyDocument: { statusCode: 400, fault: 'Sender' },
  MissingAuthenticationToken: { statusCode: 403, fault: 'Sender' },
  NoSuchEntity: { statusCode: 404, fault: 'Sender' },
  RequestEntityTooLarge: { statusCode: 413, fault: 'Sender' },
  ServiceFailure: { statusCode: 500, fault: 'Receiver' },
  ServiceUnavailable: { statusCode: 503, fault: 'Receiver' },
  SignatureDoesNotMatch: { statusCode: 403, fault: 'Sender' },
  Throttling: { statusCode: 400, fault: 'Sender' },
  UnmodifiableEntity: { statusCode: 400, fault: 'Sender' },
  ValidationError: { statusCode: 400, fault: 'Sender' },
} as const satisfies Record<string, { statusCode: number; fault: 'Sender' | 'Receiver' }>;

export type ErrorCode = keyof typeof ERRORS;

/** A caller's fault, in AWS's code and words. A programmer's fault is an assertion, never this. */
export class IamError extends Error {
  override readonly name = 'IamError';

  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}
