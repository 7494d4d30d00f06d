import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { transformSync } from 'esbuild';

import type { FromWorker, FunctionError, WorkerSettings } from './function-protocol';

/** What an invocation came to: the function's JSON answer, or the error document that Lambda puts in its place. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

export interface FunctionWorkerOptions extends WorkerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  readonly onLog: (line: string) => void;
}

interface Running {
  readonly requestId: string;
  readonly timer: NodeJS.Timeout;
  finish(result: InvocationResult): void;
}

let threadSource: string | undefined;

/** The thread's program as JavaScript: threads know no TypeScript, and loading a compiler into each would cost seconds. */
function readThreadSource(): string {
  threadSource ??= transformSync(
    readFileSync(join(__dirname, 'function-worker-thread.ts'), 'utf8'),
    {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
    },
  ).code;
  return threadSource;
}

/**
 * One execution environment of one function: a worker thread with the function's environment and nothing else.
 * Invariant: at most one invocation runs in it at a time, as in Lambda.
 */
export class FunctionWorker {
  #thread: Worker | undefined;
  #ready: Promise<FunctionError | undefined> | undefined;
  #running: Running | undefined;

  constructor(private readonly options: FunctionWorkerOptions) {}

  /** Loads the bundle; resolves with the reason when it cannot be loaded. */
  load(): Promise<FunctionError | undefined> {
    this.#ready ??= this.#start();
    return this.#ready;
  }

  /** Runs one event. Never rejects: a crash, a timeout and an exit are error documents, and the thread is replaced. */
  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    if (this.#running !== undefined) throw new Error('one invocation at a time');
    const unloadable = await this.load();
    if (unloadable !== undefined) {
      await this.stop();
      return { ok: false, error: unloadable };
    }
    const thread = this.#thread;
    if (thread === undefined) {
      return {
        ok: false,
        error: failure('Runtime.ExitError', 'the execution environment is gone'),
      };
    }
    return new Promise((resolve) => {
      const { timeoutMilliseconds } = this.options;
      const timer = setTimeout(() => {
        this.#replace(timedOut(requestId, timeoutMilliseconds));
      }, timeoutMilliseconds);
      this.#running = { requestId, timer, finish: resolve };
      thread.postMessage({
        kind: 'invoke',
        requestId,
        payload,
        deadlineMilliseconds: Date.now() + timeoutMilliseconds,
      });
    });
  }

  async stop(): Promise<void> {
    const thread = this.#thread;
    this.#abandon(failure('Runtime.ExitError', 'the execution environment was stopped'));
    await thread?.terminate();
  }

  #start(): Promise<FunctionError | undefined> {
    const { environment, onLog, timeoutMilliseconds: _timeout, ...settings } = this.options;
    const thread = new Worker(readThreadSource(), {
      eval: true,
      env: { ...environment },
      workerData: settings,
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMegabytes },
    });
    this.#thread = thread;
    thread.stdout.on('data', (chunk: Buffer) => {
      onLog(chunk.toString().trimEnd());
    });
    thread.stderr.on('data', (chunk: Buffer) => {
      onLog(chunk.toString().trimEnd());
    });
    return new Promise((resolve) => {
      const lost = (error: FunctionError): void => {
        resolve(error);
        if (this.#thread === thread) this.#abandon(error);
      };
      thread.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve(undefined);
        else if (message.kind === 'unloadable') resolve(message.error);
        else this.#receive(message);
      });
      thread.on('error', (error) => {
        lost(failure(error.name, error.message, error.stack));
      });
      thread.on('exit', (code) => {
        lost(failure('Runtime.ExitError', `Runtime exited with error: exit status ${code}`));
      });
    });
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'log') {
      this.options.onLog(message.line);
      return;
    }
    const running = this.#running;
    if (
      running === undefined ||
      !('requestId' in message) ||
      message.requestId !== running.requestId
    )
      return;
    this.#running = undefined;
    clearTimeout(running.timer);
    running.finish(
      message.kind === 'result'
        ? { ok: true, payload: message.payload }
        : { ok: false, error: message.error },
    );
  }

  #replace(error: FunctionError): void {
    const thread = this.#thread;
    this.#abandon(error);
    void thread?.terminate();
  }

  /** Forgets the thread, so that the next invocation starts a new one, and ends what ran in it. */
  #abandon(error: FunctionError): void {
    this.#thread = undefined;
    this.#ready = undefined;
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    clearTimeout(running.timer);
    running.finish({ ok: false, error });
  }
}

function timedOut(requestId: string, timeoutMilliseconds: number): FunctionError {
  const seconds = (timeoutMilliseconds / 1000).toFixed(2);
  return failure(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  );
}

function failure(errorType: string, errorMessage: string, stack = ''): FunctionError {
  return { errorType, errorMessage, trace: stack === '' ? [] : stack.split('\n') };
}
