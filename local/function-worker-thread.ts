/** Runs inside a worker thread: loads one function's bundle and answers invocations one at a time. */
import { createRequire } from 'node:module';
import { format } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';

import type { FromWorker, FunctionError, ToWorker, WorkerSettings } from './function-protocol';

type Handler = (event: unknown, context: Readonly<Record<string, unknown>>) => unknown;

const settings = workerData as WorkerSettings;
let currentRequestId: string | undefined;
/** Milliseconds that loading took; the first invocation reports them. */
let initDuration: number | undefined;
let mostBytesUsed = 0;

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function describe(error: unknown): FunctionError {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: (error.stack ?? '').split('\n'),
    };
  }
  // A rejection with something that is no Error reaches Lambda's caller as its text.
  return {
    errorType: typeof error,
    errorMessage: typeof error === 'string' ? error : format(error),
    trace: [],
  };
}

/** Lambda's JSON log format: one object a line; an object that is logged alone stays an object. */
function logJson(level: string, values: readonly unknown[]): void {
  const [first] = values;
  const message =
    values.length === 1 && typeof first === 'object' && first !== null ? first : format(...values);
  const line = { timestamp: new Date().toISOString(), level, requestId: currentRequestId, message };
  try {
    send({ kind: 'log', line: JSON.stringify(line) });
  } catch {
    send({ kind: 'log', line: JSON.stringify({ ...line, message: format(...values) }) });
  }
}

function loadHandler(): Handler {
  const load = createRequire(settings.modulePath);
  const exported = load(settings.modulePath) as Record<string, unknown>;
  const handler = exported[settings.handlerName];
  if (typeof handler !== 'function') {
    throw new Error(`${settings.handlerName} is undefined or not exported`);
  }
  if (handler.length > 2) {
    throw new Error('callback handlers are not supported: the Node.js 24 runtime refuses them');
  }
  return handler as Handler;
}

function contextOf(message: ToWorker): Readonly<Record<string, unknown>> {
  return {
    awsRequestId: message.requestId,
    invokedFunctionArn: settings.functionArn,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(settings.memoryMegabytes),
    logGroupName: settings.logGroupName,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMilliseconds - Date.now()),
  };
}

async function invoke(handler: Handler, message: ToWorker): Promise<void> {
  currentRequestId = message.requestId;
  const begin = performance.now();
  try {
    const result = await handler(JSON.parse(message.payload), contextOf(message));
    const payload = (JSON.stringify(result) as string | undefined) ?? 'null';
    report('success', performance.now() - begin);
    send({ kind: 'result', requestId: message.requestId, payload });
  } catch (error) {
    logJson('ERROR', [describe(error)]);
    report('failure', performance.now() - begin);
    send({ kind: 'failed', requestId: message.requestId, error: describe(error) });
  }
  currentRequestId = undefined;
}

/**
 * What an invocation took, as Lambda's own line says it.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
function report(status: 'success' | 'failure', duration: number): void {
  const { used_heap_size, external_memory } = getHeapStatistics();
  mostBytesUsed = Math.max(mostBytesUsed, used_heap_size + external_memory);
  const metrics = {
    durationMs: toMicroseconds(duration),
    billedDurationMs: Math.ceil(duration),
    memorySizeMB: settings.memoryMegabytes,
    maxMemoryUsedMB: Math.ceil(mostBytesUsed / 2 ** 20),
    ...(initDuration === undefined ? {} : { initDurationMs: toMicroseconds(initDuration) }),
  };
  initDuration = undefined;
  const record = { requestId: currentRequestId, status, metrics };
  const time = new Date().toISOString();
  send({ kind: 'log', line: JSON.stringify({ time, type: 'platform.report', record }) });
}

const toMicroseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

function start(): void {
  const levels = {
    debug: 'DEBUG',
    log: 'INFO',
    info: 'INFO',
    warn: 'WARN',
    error: 'ERROR',
    trace: 'TRACE',
  } as const;
  for (const [method, level] of Object.entries(levels)) {
    // eslint-disable-next-line no-console -- the runtime replaces the console, as Lambda's own does
    console[method as keyof typeof levels] = (...values: unknown[]) => {
      logJson(level, values);
    };
  }
  let handler: Handler;
  const begin = performance.now();
  try {
    handler = loadHandler();
    initDuration = performance.now() - begin;
  } catch (error) {
    logJson('ERROR', [describe(error)]);
    send({ kind: 'unloadable', error: describe(error) });
    return;
  }
  parentPort?.on('message', (message: ToWorker) => {
    void invoke(handler, message);
  });
  send({ kind: 'ready' });
}

start();
