/** What the run and a function's worker thread tell each other. Payloads are JSON text, as Lambda's runtime API has them. */
export type ToWorker = {
  readonly kind: 'invoke';
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineMilliseconds: number;
};

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: FunctionError }
  | { readonly kind: 'unloadable'; readonly error: FunctionError };

/** The error document that Lambda answers an invocation with. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What a worker thread is started with. */
export interface WorkerSettings {
  /** Absolute path of the bundle's module, without extension. */
  readonly modulePath: string;
  readonly handlerName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly logGroupName: string;
  readonly memoryMegabytes: number;
}
