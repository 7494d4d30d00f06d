import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';

import { closeServer, listen } from './http-server';
import { isSameText, MetadataTokens } from './metadata-tokens';
import { WorkloadSessions } from './workload-sessions';
import type { WorkloadOutcome, WorkloadSessionsOptions } from './workload-sessions';

export interface WorkloadEndpointOptions extends WorkloadSessionsOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Takes what went wrong, for the log. */
  readonly onProblem: (problem: string) => void;
}

/** The variables by which AWS's clients find the endpoint: as on an instance, and as in a container. */
export interface WorkloadEnvironment {
  readonly instance: Readonly<Record<string, string>>;
  readonly container: Readonly<Record<string, string>>;
}

interface Answer {
  readonly statusCode: number;
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

const LONGEST_TOKEN_SECONDS = 21_600;
const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';
const CREDENTIALS_PATH = '/latest/meta-data/iam/security-credentials';
const CONTAINER_PATH = '/v2/credentials';

const NOT_FOUND: Answer = { statusCode: 404, body: 'Not Found' };

/**
 * Gives a program on this machine the credentials of its role as AWS gives them to one on an instance (version 2 of the metadata
 * service) and in a container, so that its SDK finds and renews them.
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html and
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export class WorkloadEndpoint {
  readonly #sessions: WorkloadSessions;
  readonly #tokens: MetadataTokens;
  readonly #authorization = randomBytes(32).toString('base64url');
  readonly #server: Server;
  #port = 0;

  constructor(private readonly options: WorkloadEndpointOptions) {
    this.#sessions = new WorkloadSessions(options);
    this.#tokens = new MetadataTokens(options.now);
    this.#server = createServer((request, response) => {
      request.resume();
      void this.#answer(request).then(({ statusCode, body = '', headers = {} }) => {
        const isText = typeof body === 'string';
        response.writeHead(statusCode, {
          'content-type': isText ? 'text/plain' : 'application/json',
          'cache-control': 'no-store',
          ...headers,
        });
        response.end(isText ? body : JSON.stringify(body));
      });
    });
  }

  /** On 127.0.0.1 alone. Rejects with PortTakenError. */
  async start(): Promise<void> {
    this.#port = await listen(this.#server, this.options.port);
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  /** The roles may be others from now on. */
  forget(): void {
    this.#sessions.forget();
  }

  get environment(): WorkloadEnvironment {
    const url = `http://127.0.0.1:${this.#port}`;
    return {
      instance: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url },
      container: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${CONTAINER_PATH}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: this.#authorization,
      },
    };
  }

  /** Never rejects. */
  async #answer(request: IncomingMessage): Promise<Answer> {
    try {
      if (isOfAWebPage(request, this.#port)) return { statusCode: 403, body: 'Forbidden' };
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (path === CONTAINER_PATH) return await this.#answerContainer(request);
      if (path === '/latest/api/token') return this.#answerToken(request);
      if (request.method !== 'GET') return { statusCode: 405, body: 'Method Not Allowed' };
      if (!this.#tokens.isGood(textHeader(request, TOKEN_HEADER)))
        return { statusCode: 401, body: 'Unauthorized' };
      return await this.#answerMetadata(path);
    } catch (error) {
      this.options.onProblem(error instanceof Error ? error.message : String(error));
      return { statusCode: 500, body: 'Internal Server Error' };
    }
  }

  #answerToken(request: IncomingMessage): Answer {
    if (request.method !== 'PUT') return { statusCode: 405, body: 'Method Not Allowed' };
    const text = textHeader(request, TTL_HEADER);
    const ttlSeconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return ttlSeconds < 1 || ttlSeconds > LONGEST_TOKEN_SECONDS
      ? { statusCode: 400, body: 'Bad Request' }
      : {
          statusCode: 200,
          body: this.#tokens.create(ttlSeconds),
          headers: { [TTL_HEADER]: String(ttlSeconds) },
        };
  }

  async #answerMetadata(path: string): Promise<Answer> {
    if (path === '/latest/meta-data/instance-id')
      return { statusCode: 200, body: this.#sessions.instanceId };
    if (path !== '/latest/meta-data/iam/info' && !path.startsWith(CREDENTIALS_PATH))
      return NOT_FOUND;
    const outcome = await this.#sessions.get('ec2.amazonaws.com');
    if ('refusal' in outcome) {
      this.#note(outcome);
      return NOT_FOUND;
    }
    const { session } = outcome;
    switch (path) {
      case '/latest/meta-data/iam/info':
        return describeProfile(outcome);
      case CREDENTIALS_PATH:
      case `${CREDENTIALS_PATH}/`:
        return { statusCode: 200, body: session.RoleName };
      case `${CREDENTIALS_PATH}/${session.RoleName}`:
        return {
          statusCode: 200,
          body: {
            Code: 'Success',
            LastUpdated: toSeconds(outcome.issuedAt),
            Type: 'AWS-HMAC',
            AccessKeyId: session.AccessKeyId,
            SecretAccessKey: session.SecretAccessKey,
            Token: session.SessionToken,
            Expiration: session.Expiration,
          },
        };
      default:
        return NOT_FOUND;
    }
  }

  async #answerContainer(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'GET') return { statusCode: 405, body: 'Method Not Allowed' };
    if (!isSameText(textHeader(request, 'authorization'), this.#authorization))
      return {
        statusCode: 401,
        body: { code: 'Unauthorized', message: 'The authorization token is wrong' },
      };
    const outcome = await this.#sessions.get('ecs-tasks.amazonaws.com');
    if ('refusal' in outcome) {
      this.#note(outcome);
      const { Code, Message } = outcome.refusal;
      return { statusCode: 403, body: { code: Code, message: Message } };
    }
    const { RoleArn, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = outcome.session;
    return {
      statusCode: 200,
      body: { RoleArn, AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration },
    };
  }

  #note({ refusal }: Extract<WorkloadOutcome, { refusal: unknown }>): void {
    this.options.onProblem(`${refusal.Code}: ${refusal.Message}`);
  }
}

/** A role without an instance profile is served too, but has nothing to say here. */
function describeProfile({
  session,
  issuedAt,
}: Extract<WorkloadOutcome, { session: unknown }>): Answer {
  const { InstanceProfile } = session;
  return InstanceProfile === undefined
    ? NOT_FOUND
    : {
        statusCode: 200,
        body: {
          Code: 'Success',
          LastUpdated: toSeconds(issuedAt),
          InstanceProfileArn: InstanceProfile.Arn,
          InstanceProfileId: InstanceProfile.InstanceProfileId,
        },
      };
}

/**
 * A page in a browser must not have the credentials of who looks at it: not by a call across origins, not under a host name of its
 * own that leads here, not through a proxy.
 */
function isOfAWebPage({ headers }: IncomingMessage, port: number): boolean {
  return (
    headers.origin !== undefined ||
    headers['x-forwarded-for'] !== undefined ||
    (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`)
  );
}

function textHeader({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function toSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
