/** What a client was told instead of an answer. */
export interface Refusal {
  readonly statusCode: number | undefined;
  /** The client's name of the error. */
  readonly code: string;
  readonly message: string;
}

/** The refusal that a call ends in; fails where it is answered. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
    return { statusCode: metadata?.httpStatusCode, code: error.name, message: error.message };
  }
  throw new Error(`the call was answered: ${JSON.stringify(answer)}`);
}
