import { randomUUID } from 'node:crypto';

import { FunctionWorker } from './function-worker';
import type { FunctionWorkerOptions, InvocationResult } from './function-worker';

/** Lambda's limit of a synchronous invocation's event and of its answer. */
export const MAXIMUM_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** How many callers may wait for a free execution environment before further ones are throttled. */
const MAXIMUM_WAITING = 500;

export interface FunctionPoolOptions extends FunctionWorkerOptions {
  /** Execution environments at most; the first one is started at once, others when callers wait. */
  readonly maximumConcurrency: number;
}

/** One function with its execution environments. Each handles one event at a time, and more are made while callers wait. */
export class FunctionPool {
  readonly #all: FunctionWorker[] = [];
  readonly #idle: FunctionWorker[] = [];
  readonly #waiting: ((worker: FunctionWorker) => void)[] = [];

  constructor(private readonly options: FunctionPoolOptions) {}

  get functionArn(): string {
    return this.options.functionArn;
  }

  /** Starts the first execution environment; resolves with the reason when the bundle cannot be loaded. */
  async load(): Promise<string | undefined> {
    const worker = this.#all[0] ?? this.#add();
    return (await worker.load())?.errorMessage;
  }

  /** Invokes the function with an event as JSON text. Never rejects. */
  async invoke(payload: string): Promise<InvocationResult> {
    if (Buffer.byteLength(payload) > MAXIMUM_PAYLOAD_BYTES) {
      return refuse('RequestEntityTooLargeException', 'the event is larger than 6 MB');
    }
    if (this.#waiting.length >= MAXIMUM_WAITING)
      return refuse('TooManyRequestsException', 'Rate Exceeded.');
    const worker = await this.#take();
    try {
      return limited(await worker.invoke(randomUUID(), payload));
    } finally {
      this.#release(worker);
    }
  }

  /** Ends every execution environment; the next invocation starts fresh ones. */
  async restart(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.stop()));
  }

  #take(): Promise<FunctionWorker> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#all.length < this.options.maximumConcurrency) {
      const added = this.#add();
      this.#idle.splice(this.#idle.indexOf(added), 1);
      return Promise.resolve(added);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(worker: FunctionWorker): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
  }

  #add(): FunctionWorker {
    const worker = new FunctionWorker(this.options);
    this.#all.push(worker);
    this.#idle.push(worker);
    return worker;
  }
}

function refuse(errorType: string, errorMessage: string): InvocationResult {
  return { ok: false, error: { errorType, errorMessage, trace: [] } };
}

function limited(result: InvocationResult): InvocationResult {
  if (!result.ok || Buffer.byteLength(result.payload) <= MAXIMUM_PAYLOAD_BYTES) return result;
  return refuse(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${MAXIMUM_PAYLOAD_BYTES} bytes).`,
  );
}
