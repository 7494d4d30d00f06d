import { refusal } from '../operations/refusal';
import type { OperationCase } from './operation-case';

/** The call is answered; or refused with the one error that such a call ends in. */
export async function expectOutcome(
  call: Promise<{ readonly $metadata: { readonly httpStatusCode?: number | undefined } }>,
  { refused }: OperationCase,
): Promise<void> {
  if (refused === undefined) {
    expect((await call).$metadata.httpStatusCode).toBe(200);
  } else {
    expect((await refusal(call)).code).toBe(refused);
  }
}
