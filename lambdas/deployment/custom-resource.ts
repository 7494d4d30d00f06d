import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/**
 * What CloudFormation sends to a custom resource's function.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** A presigned URL; it is the right to answer, so it is never logged. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** `Custom::…`, as the template says. */
  readonly ResourceType?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** What a resource became. A new `physicalResourceId` on an update makes CloudFormation delete the old one afterwards. */
export interface CustomResourceResult {
  readonly physicalResourceId: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What CloudFormation adds to the properties that a template gives. */
export const OWN_PROPERTIES: readonly string[] = ['ServiceToken', 'ServiceTimeout'];

/** A resource that cannot be made as it is described; the message is shown to whoever deploys. */
export class ResourceRefused extends Error {
  override readonly name = 'ResourceRefused';
}

export interface CustomResourceOptions {
  readonly run: (event: CustomResourceEvent) => Promise<CustomResourceResult>;
  /** Sends one answer; rejects where it was not taken. */
  readonly send?: (url: string, body: string) => Promise<void>;
  readonly log?: (line: string) => void;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** Of Lambda's context: what this needs. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** The answer is at most 4096 bytes; the reason shares them with the ids. */
const MAX_REASON_LENGTH = 1024;
const MAX_SENDS = 4;
/** What is kept back of the function's time to say that there was not enough of it. */
const RESERVE_MILLISECONDS = 3000;
const SEND_TIMEOUT_MILLISECONDS = 2000;

/**
 * The handler of a custom resource. CloudFormation always gets an answer: when `run` succeeds, when it throws, and shortly before
 * the function's time is over; without one a stack hangs for an hour.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export function createCustomResource(
  options: CustomResourceOptions,
): (event: CustomResourceEvent, context: LambdaContext) => Promise<void> {
  const { send = sendAnswer, log = writeLine, wait = sleep } = options;
  return async (event, context) => {
    const answer = await runWithin(options.run, event, context);
    log(
      JSON.stringify({
        event: 'customResource',
        requestType: event.RequestType,
        logicalResourceId: event.LogicalResourceId,
        requestId: event.RequestId,
        ...answer,
      }),
    );
    const body = JSON.stringify({
      ...answer,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    });
    await sendWithRetries((text) => send(event.ResponseURL, text), body, wait);
  };
}

interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

async function runWithin(
  run: CustomResourceOptions['run'],
  event: CustomResourceEvent,
  context: LambdaContext,
): Promise<Answer> {
  const available = context.getRemainingTimeInMillis() - RESERVE_MILLISECONDS;
  const { promise: timedOut, cancel } = timeout(Math.max(available, 0));
  try {
    const { physicalResourceId, data } = await Promise.race([run(event), timedOut]);
    return {
      Status: 'SUCCESS',
      PhysicalResourceId: physicalResourceId,
      ...(data === undefined ? {} : { Data: data }),
    };
  } catch (error) {
    return {
      Status: 'FAILED',
      Reason: reasonOf(error).slice(0, MAX_REASON_LENGTH),
      // A failed creation is rolled back by a deletion, which needs a name for what it deletes.
      PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId,
    };
  } finally {
    cancel();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown failure';
}

function timeout(milliseconds: number): { promise: Promise<never>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ResourceRefused('the function ran out of time before the resource was made'));
    }, milliseconds);
  });
  return {
    promise,
    cancel: () => {
      clearTimeout(timer);
    },
  };
}

async function sendWithRetries(
  send: (body: string) => Promise<void>,
  body: string,
  wait: (milliseconds: number) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(body);
      return;
    } catch (error) {
      if (attempt === MAX_SENDS) {
        throw error;
      }
      await wait(100 * 2 ** attempt);
    }
  }
}

/** CloudFormation's URL is signed for an empty content type. */
async function sendAnswer(url: string, body: string): Promise<void> {
  const target = new URL(url);
  const request = target.protocol === 'http:' ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      {
        method: 'PUT',
        headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
        timeout: SEND_TIMEOUT_MILLISECONDS,
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 200 && statusCode < 300) {
            resolve();
          } else {
            reject(new Error(`the answer to CloudFormation was refused with status ${statusCode}`));
          }
        });
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => {
      sent.destroy(new Error('the answer to CloudFormation was not taken in time'));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
