/** An error as DynamoDB answers it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    /** Without a namespace: `ValidationException`. */
    readonly code: string,
    message: string,
    /** What the body holds besides the code and the message. */
    readonly members: Readonly<Record<string, unknown>> = {},
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationException', message);

/** What dynalite throws, or calls back with, where DynamoDB would answer an error. */
interface DynaliteError {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

function isDynaliteError(error: object): error is DynaliteError {
  return 'statusCode' in error && 'body' in error && typeof error.body === 'object';
}

/** The same error as a {@link ServiceError}, if DynamoDB has it; anything else as it is. */
export function toServiceError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !isDynaliteError(error)) return error;
  const { __type: type, message, Message } = error.body;
  const code = type.slice(type.lastIndexOf('#') + 1);
  return new ServiceError(code, message ?? Message ?? '', {}, error.statusCode);
}
