import { signPost, type CredentialProvider, type Credentials } from './signature';

/** There is no decision: an outage, or a question or an asker that the endpoint refuses. Never to be taken for an allowance. */
export class DecisionUnavailable extends Error {
  override readonly name = 'DecisionUnavailable';

  constructor(
    message: string,
    /** The endpoint's HTTP status; undefined where there was no answer. */
    readonly statusCode?: number,
    /** The endpoint's code: `AccessDenied`, … */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface RequestOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials | CredentialProvider;
  readonly timeoutMilliseconds: number;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

export type Json = Readonly<Record<string, unknown>>;

/** The endpoint's answer to a question. Errors: {@link DecisionUnavailable}. */
export async function postQuestion(
  path: string,
  question: object,
  options: RequestOptions,
): Promise<Json> {
  const { credentials, region, timeoutMilliseconds } = options;
  const url = new URL(options.endpoint.replace(/\/+$/, '') + path);
  const body = JSON.stringify(question);
  let status: number;
  let text: string;
  try {
    const own = typeof credentials === 'function' ? await credentials() : credentials;
    const signing = { url, body, service: 'execute-api', region, credentials: own };
    const { host: _host, ...headers } = signPost({ ...signing, now: options.now() });
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    // Whoever an answer sends us to has no say, and must not see the token in the question.
    const redirect = 'error';
    const answer = await options.fetch(url, { method: 'POST', headers, body, signal, redirect });
    status = answer.status;
    text = await answer.text();
  } catch (error) {
    throw new DecisionUnavailable('no decision could be had', undefined, undefined, {
      cause: error,
    });
  }
  const answer = readObject(text);
  if (status !== 200) {
    const { code, message } = answer ?? {};
    throw new DecisionUnavailable(
      typeof message === 'string' ? message : `the answer has the status ${status}`,
      status,
      typeof code === 'string' ? code : undefined,
    );
  }
  if (answer === undefined) throw new DecisionUnavailable('the answer is no JSON object', status);
  return answer;
}

function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
