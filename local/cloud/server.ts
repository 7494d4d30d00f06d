import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { readBody } from '../http-server';
import { isJsonObject, ServiceError } from '../services/json-service';
import type { JsonObject, JsonService } from '../services/json-service';
import { isSignedWith } from '../services/signed-with';
import type { CloudFormation } from './cloud-formation';
import type { ObjectStore } from './object-store';
import {
  escapeXml,
  formatQueryAnswer,
  formatQueryError,
  QueryError,
  QueryParameters,
} from './query-protocol';
import type { XmlValue } from './query-protocol';
import { answerS3 } from './s3';

/** The largest body: a function's code, zipped. */
const MAXIMUM_BODY_BYTES = 256 * 1024 * 1024;
const CLOUD_FORMATION = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
const STS = 'https://sts.amazonaws.com/doc/2011-06-15/';

export interface CloudServerOptions {
  readonly cloudFormation: CloudFormation;
  readonly objects: ObjectStore;
  readonly accountId: string;
  readonly region: string;
  /** Only callers that sign with this access key id are answered: whoever deploys runs code on this machine. */
  readonly accessKeyId: string;
  /** SSM parameters by name. */
  readonly readParameter: (name: string) => string | undefined;
  /** The secrets of what is deployed; undefined while nothing is. */
  readonly secretsManager: () => JsonService | undefined;
}

/** The services of AWS that `cdk bootstrap` and `cdk deploy` speak to, on one address. It does not listen yet. */
export function createCloudServer(options: CloudServerOptions): Server {
  return createServer((request, response) => {
    void serve(options, request, response);
  });
}

async function serve(
  options: CloudServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  try {
    const body = await readBody(request, MAXIMUM_BODY_BYTES);
    if (body === undefined) throw new QueryError('EntityTooLarge', 'Request too large', 413);
    // A web page that the user looks at must not deploy: it cannot sign, and it names where it comes from.
    if (
      request.headers.origin !== undefined ||
      !isSignedWith(options.accessKeyId, request.headers.authorization ?? '')
    ) {
      throw new QueryError(
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
        403,
      );
    }
    answer(options, request, body, response, requestId);
  } catch (error) {
    const known =
      error instanceof QueryError
        ? error
        : new QueryError('InternalFailure', 'internal failure', 500);
    sendError(request, response, known, requestId);
  }
}

function answer(
  options: CloudServerOptions,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  requestId: string,
): void {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    send(response, 200, 'application/x-amz-json-1.1', answerJson(options, target, body));
    return;
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (request.method === 'POST' && url.pathname === '/') {
    const parameters = new QueryParameters(body.toString('utf8'));
    const operation = parameters.required('Action');
    const isSts = parameters.get('Version') === '2011-06-15';
    const result = isSts
      ? answerSts(options, operation, parameters)
      : options.cloudFormation.execute(operation, parameters);
    const namespace = isSts ? STS : CLOUD_FORMATION;
    send(response, 200, 'text/xml', formatQueryAnswer(operation, namespace, result, requestId));
    return;
  }
  const {
    statusCode,
    headers = {},
    body: content,
  } = answerS3(options.objects, options.region, request, url, body);
  response.writeHead(statusCode, { ...headers, 'x-amz-request-id': requestId });
  response.end(content);
}

function answerSts(
  options: CloudServerOptions,
  operation: string,
  parameters: QueryParameters,
): XmlValue {
  const { accountId, accessKeyId } = options;
  if (operation === 'GetCallerIdentity') {
    return { UserId: accountId, Account: accountId, Arn: `arn:aws:iam::${accountId}:root` };
  }
  if (operation !== 'AssumeRole')
    throw new QueryError('InvalidAction', `Could not find operation ${operation}`);
  const roleArn = parameters.required('RoleArn');
  const session = parameters.required('RoleSessionName');
  const role = roleArn.split('/').at(-1) ?? '';
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: 'local',
      SessionToken: 'local',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    },
    AssumedRoleUser: {
      AssumedRoleId: `AROALOCAL:${session}`,
      Arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
    },
  };
}

function answerJson(options: CloudServerOptions, target: string, body: Buffer): string {
  const input: unknown = JSON.parse(body.toString('utf8'));
  const [service = '', operation = ''] = target.split('.', 2);
  if (!isJsonObject(input)) throw new QueryError('SerializationException', 'not an object');
  if (service === 'secretsmanager') return answerSecrets(options, operation, input);
  const { Name: name } = input;
  if (target !== 'AmazonSSM.GetParameter' || typeof name !== 'string')
    throw new QueryError('UnknownOperationException', `the local run has no ${target}`);
  const value = options.readParameter(name);
  if (value === undefined) throw new QueryError('ParameterNotFound', `${name} is not there`);
  return JSON.stringify({ Parameter: { Name: name, Type: 'String', Value: value, Version: 1 } });
}

/** Whoever deploys may read what the deployment put into its secrets: the root user's first key is nowhere else. */
function answerSecrets(options: CloudServerOptions, operation: string, input: JsonObject): string {
  const secrets = options.secretsManager();
  if (secrets === undefined)
    throw new QueryError('ResourceNotFoundException', 'nothing is deployed yet');
  const run = Object.hasOwn(secrets.operations, operation)
    ? secrets.operations[operation]
    : undefined;
  if (run === undefined)
    throw new QueryError('UnknownOperationException', `the local run has no ${operation}`);
  try {
    return JSON.stringify(run(input));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new QueryError(error.code, error.message, error.statusCode);
  }
}

function send(response: ServerResponse, statusCode: number, type: string, body: string): void {
  response.writeHead(statusCode, { 'content-type': type });
  response.end(body);
}

/** In the form that the caller's protocol has. */
function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: QueryError,
  requestId: string,
): void {
  const { code, message, statusCode } = error;
  if (request.headers['x-amz-target'] !== undefined) {
    const body = JSON.stringify({ __type: code, message });
    send(response, statusCode, 'application/x-amz-json-1.1', body);
  } else if (request.method === 'POST') {
    send(response, statusCode, 'text/xml', formatQueryError(error, requestId));
  } else {
    const body = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    send(response, statusCode, 'application/xml', body);
  }
}
