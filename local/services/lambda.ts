import type { InvocationResult } from '../function-worker';
import { ServiceError } from './json-service';

/** Finds a function of the run and invokes it with an event as JSON text; undefined where the run has none. */
export type FunctionInvocation = (
  functionArn: string,
  payload: string,
) => Promise<InvocationResult> | undefined;

/** What Lambda answers: the function's own answer, or its error under a header that says so. */
export interface InvocationAnswer {
  readonly payload: string;
  readonly functionError: 'Unhandled' | undefined;
}

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/?]{1,512})\/invocations$/;

/** The function that a request asks to invoke; undefined where it asks for something else. */
export function invokedFunction(method: string | undefined, url: string): string | undefined {
  const [, encoded] = method === 'POST' ? (INVOCATIONS.exec(url) ?? []) : [];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/**
 * Lambda's `Invoke` with the answer waited for. Throws ServiceError.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invokeFunction(
  functionArn: string,
  payload: string,
  invoke: FunctionInvocation,
): Promise<InvocationAnswer> {
  const result = await invoke(functionArn, payload);
  if (result === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404);
  }
  return result.ok
    ? { payload: result.payload, functionError: undefined }
    : { payload: JSON.stringify(result.error), functionError: 'Unhandled' };
}
