import { signPost, type CredentialProvider, type Credentials } from './signature';

export interface WorkloadOptions {
  /** The deployment's `WorkloadFunctionArn`. */
  readonly functionArn: string;
  /** The role of the backend in Portcullis; it trusts `lambda.amazonaws.com`, or the service that `service` names. */
  readonly roleArn: string;
  /** Default: `lambda.amazonaws.com`. */
  readonly service?: string;
  /** Of AWS, which may invoke the function. Default: those that Lambda gives a function by its environment. */
  readonly awsCredentials?: CredentialProvider;
  /** Default: `https://lambda.REGION.amazonaws.com`. */
  readonly endpoint?: string;
  /** Default: Node's own. */
  readonly fetch?: typeof fetch;
  /** Default: the clock. */
  readonly now?: () => Date;
}

/** Credentials are asked for again this long before they end. */
const RENEWED_BEFORE_MILLISECONDS = 5 * 60 * 1000;

const TIMEOUT_MILLISECONDS = 5000;

interface Session {
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * The credentials of a role for a backend on AWS: its own AWS role invokes the deployment's function, which issues the session. One
 * session is used until shortly before its end; a failure is not kept.
 */
export function workloadCredentials(options: WorkloadOptions): CredentialProvider {
  const now = options.now ?? (() => new Date());
  let session: Session | undefined;
  let asking: Promise<Session> | undefined;
  return async () => {
    if (session === undefined || isEnding(session, now())) {
      asking ??= askForSession(options, now()).finally(() => {
        asking = undefined;
      });
      session = await asking;
    }
    return session.credentials;
  };
}

function isEnding({ expiresAt }: Session, now: Date): boolean {
  return expiresAt - RENEWED_BEFORE_MILLISECONDS <= now.getTime();
}

async function askForSession(options: WorkloadOptions, now: Date): Promise<Session> {
  const { functionArn, roleArn, service = 'lambda.amazonaws.com' } = options;
  const region = functionArn.split(':')[3] ?? '';
  const endpoint = options.endpoint ?? `https://lambda.${region}.amazonaws.com`;
  const name = encodeURIComponent(functionArn);
  const url = new URL(`${endpoint}/2015-03-31/functions/${name}/invocations`);
  const body = JSON.stringify({
    Arn: roleArn,
    Service: service,
    RoleSessionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'backend',
  });
  const credentials = await (options.awsCredentials ?? environmentCredentials)();
  const { host: _host, ...headers } = signPost({
    url,
    body,
    service: 'lambda',
    region,
    credentials,
    now,
  });
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const answer = await (options.fetch ?? fetch)(url, {
    method: 'POST',
    headers,
    body,
    signal,
    redirect: 'error',
  });
  return readSession(
    answer.ok ? await answer.json() : { Error: { Code: `HTTP ${answer.status}` } },
  );
}

function readSession(answer: unknown): Session {
  const { Session: session, Error: refusal } = answer as {
    readonly Session?: Readonly<Record<string, unknown>>;
    readonly Error?: { readonly Code?: unknown; readonly Message?: unknown };
  };
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = session ?? {};
  const expiresAt = Date.parse(typeof Expiration === 'string' ? Expiration : '');
  if (
    typeof AccessKeyId !== 'string' ||
    typeof SecretAccessKey !== 'string' ||
    typeof SessionToken !== 'string' ||
    Number.isNaN(expiresAt)
  ) {
    const { Code = 'Unknown', Message = '' } = refusal ?? {};
    throw new Error(`no credentials for the workload: ${String(Code)} ${String(Message)}`.trim());
  }
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
    expiresAt,
  };
}

function environmentCredentials(): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    return Promise.reject(new Error('the environment has no credentials of AWS'));
  }
  return Promise.resolve({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  });
}
