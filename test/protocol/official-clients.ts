import * as iam from '@aws-sdk/client-iam';
import * as organizations from '@aws-sdk/client-organizations';
import * as sts from '@aws-sdk/client-sts';

import type { HttpRequest } from '../../lambdas/protocol/http';
import type { OperationSchema } from '../../lambdas/protocol/schema';

/** What the official clients send and read, without a network: the counterpart that the codecs are tested against. */

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface WireAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
}

type CommandClass = new (input: unknown) => unknown;

export interface OfficialService {
  readonly service: 'iam' | 'sts' | 'organizations';
  readonly schemas: ReadonlyMap<string, OperationSchema>;
  /** Raw error schemas by name. */
  readonly errors: ReadonlyMap<string, readonly unknown[]>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly connect: (handle: (request: WireRequest) => WireAnswer) => Client;
}

function official(
  service: OfficialService['service'],
  exports: Readonly<Record<string, unknown>>,
  ClientClass: new (configuration: never) => unknown,
): OfficialService {
  const schemas = Object.values(exports).filter((value): value is unknown[] =>
    Array.isArray(value),
  );
  const named = (kind: number) => schemas.filter((schema) => schema[0] === kind);
  return {
    service,
    exports,
    schemas: new Map(
      named(9).map((schema) => [schema[2] as string, schema as unknown as OperationSchema]),
    ),
    errors: new Map(
      // The base class of a service's exceptions has no traits and is never on the wire.
      named(-3)
        .filter((schema) => schema[3] !== 0)
        .map((schema) => [schema[2] as string, schema]),
    ),
    connect: (handle) =>
      new ClientClass({
        region: 'us-east-1',
        endpoint: 'http://127.0.0.1:1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
        requestHandler: {
          handle: (request: WireRequest) => {
            const answer = handle(request);
            return Promise.resolve({
              response: { ...answer, body: new TextEncoder().encode(answer.body) },
            });
          },
        },
      } as never) as Client,
  };
}

export const IAM = official('iam', iam, iam.IAMClient);
export const STS = official('sts', sts, sts.STSClient);
export const ORGANIZATIONS = official(
  'organizations',
  organizations,
  organizations.OrganizationsClient,
);

export function commandFor(service: OfficialService, operation: string, input: unknown): unknown {
  const CommandOfOperation = service.exports[`${operation}Command`] as CommandClass;
  return new CommandOfOperation(input);
}

/** The request as a gateway would hand it over. */
export function toHttpRequest(request: WireRequest): HttpRequest {
  return {
    method: request.method,
    path: request.path,
    query: [],
    headers: new Map(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body: bytesOf(request.body ?? ''),
    sourceIp: '127.0.0.1',
    secureTransport: true,
    requestId: 'request-1',
  };
}

/** The clients' own byte arrays complain when anything treats them as text. */
function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : Uint8Array.prototype.slice.call(body);
}
