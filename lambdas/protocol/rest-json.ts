import { toJson } from './aws-json';
import type { IamError } from './errors';
import type { Structure } from './query';
import { formatTimestamp } from './scalars';
import { describeOperation } from './schema';
import type { OperationSchema } from './schema';

/*
 * Answers of the REST JSON protocol: the members of the output under AWS's names, times in ISO 8601, blobs in base64, policy
 * documents as the text that they are.
 */

/** The body of a successful answer; an empty object where the operation returns nothing. */
export function encodeRestOutput(schema: OperationSchema, output: Structure | undefined): string {
  const shape = describeOperation(schema).output;
  return shape === undefined
    ? '{}'
    : JSON.stringify(toJson(shape, output ?? {}, shape.name, formatTimestamp));
}

/** The body of an error. */
export function encodeRestError(error: IamError, requestId: string): string {
  const { code, message } = error;
  return JSON.stringify({ code, message, requestId });
}
