/** An error that an AWS JSON service answers a caller with. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** One AWS JSON 1.1 service: the prefix of its X-Amz-Target and its operations. An operation throws ServiceError. */
export interface JsonService {
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, ((input: JsonObject) => JsonObject) | undefined>>;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Refuses members that an operation does not have: a misspelt one must not be passed over. */
export function onlyMembers(input: JsonObject, members: readonly string[]): void {
  for (const name of Object.keys(input)) {
    if (!members.includes(name))
      throw new ServiceError('ValidationException', `Unsupported member: ${name}`);
  }
}

/** A string member; throws ValidationException when it is absent or of another type. */
export function requiredString(input: JsonObject, name: string): string {
  const value = optionalString(input, name);
  if (value !== undefined && value !== '') return value;
  throw new ServiceError('ValidationException', `${name} is required`);
}

export function optionalString(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ServiceError('SerializationException', `${name} must be a string`);
}
