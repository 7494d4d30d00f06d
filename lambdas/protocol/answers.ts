import { encodeJsonError, encodeJsonOutput, encodeQueryJsonError } from './aws-json';
import { encodeQueryJsonOutput } from './aws-json';
import { serviceFailure } from './error-messages';
import { ERRORS, IamError } from './errors';
import type { ErrorCode } from './errors';
import type { HttpRequest, HttpResponse } from './http';
import { encodeOutput } from './query';
import type { Structure } from './query';
import { encodeRestError, encodeRestOutput } from './rest-json';
import { restSegmentsOf } from './rest-path';
import type { OperationSchema, Service } from './schema';
import { ACCESS_ROOT, SERVICE_DESCRIPTIONS } from './services';
import { element, escapeXml, rootElement } from './xml';

/** In which form a caller is answered, and in whose name. */
export interface Protocol {
  /**
   * `awsQuery` answers in XML; `awsQueryJson` is the same protocol with JSON answers; `awsJson` is awsJson1.1; `restJson` has a route
   * for each operation; `authZen` is the same with the statuses of that standard, and with members that it does not know ignored.
   */
  readonly format: 'awsQuery' | 'awsQueryJson' | 'awsJson' | 'restJson' | 'authZen';
  readonly service: Service;
}

const CONTENT_TYPES: Readonly<Record<Protocol['format'], string>> = {
  awsQuery: 'text/xml',
  awsQueryJson: 'application/json',
  awsJson: 'application/x-amz-json-1.1',
  restJson: 'application/json',
  authZen: 'application/json',
};

/**
 * The protocol that a request of the service is in. It is read from path and headers alone, so that a request which cannot be read further
 * still gets its refusal in a form that its sender understands.
 */
export function protocolOf(request: HttpRequest, service: Service): Protocol {
  const segments = restSegmentsOf(request.path, service);
  if (segments !== undefined) {
    return { format: segments[0] === ACCESS_ROOT ? 'authZen' : 'restJson', service };
  }
  if (SERVICE_DESCRIPTIONS[service].targetPrefix !== undefined) {
    return { format: 'awsJson', service };
  }
  const accepted = (request.headers.get('accept') ?? [])
    .flatMap((value) => value.split(','))
    .map((value) => value.split(';', 1)[0]?.trim().toLowerCase());
  const json = accepted.includes('application/json');
  const xml = accepted.includes('text/xml') || accepted.includes('application/xml');
  return { format: json && !xml ? 'awsQueryJson' : 'awsQuery', service };
}

/** A successful answer. `output` has the members of the operation's output shape, timestamps as Date, blobs as Uint8Array. */
export function encodeAnswer(
  protocol: Protocol,
  schema: OperationSchema,
  output: Structure | undefined,
  requestId: string,
): HttpResponse {
  return answer(protocol, 200, requestId, () => {
    switch (protocol.format) {
      case 'awsQuery':
        return encodeOutput(schema, output, requestId);
      case 'awsQueryJson':
        return encodeQueryJsonOutput(schema, output, requestId);
      case 'awsJson':
        return encodeJsonOutput(schema, output);
      case 'restJson':
      case 'authZen':
        return encodeRestOutput(schema, output);
    }
  });
}

/** An answer of which the body is made already. */
export function encodeBody(protocol: Protocol, body: string, requestId: string): HttpResponse {
  return answer(protocol, 200, requestId, () => body);
}

/** Whatever was thrown, as the caller may see it: an {@link IamError} itself, anything else as `ServiceFailure` without a detail. */
export function encodeError(protocol: Protocol, error: unknown, requestId: string): HttpResponse {
  const told = error instanceof IamError ? error : serviceFailure();
  return answer(protocol, statusOf(protocol.format, told.code), requestId, () => {
    switch (protocol.format) {
      case 'awsQuery':
        return encodeXmlError(protocol.service, told, requestId);
      case 'awsQueryJson':
        return encodeQueryJsonError(told, requestId);
      case 'awsJson':
        return encodeJsonError(told);
      case 'restJson':
      case 'authZen':
        return encodeRestError(told, requestId);
    }
  });
}

/** Faults of whoever has not proven who it is. */
const AUTHENTICATION_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
]);

/**
 * AWS's JSON services answer every fault of a caller with 400, and AuthZEN knows 400, 401 and 403; what it was is in the body.
 *
 * Source: https://openid.net/specs/authorization-api-1_0.html#name-error-responses
 */
function statusOf(format: Protocol['format'], code: ErrorCode): number {
  const { statusCode, fault } = ERRORS[code];
  if (fault === 'Receiver') return statusCode;
  if (format === 'awsJson') return 400;
  if (format !== 'authZen') return statusCode;
  if (AUTHENTICATION_FAULTS.has(code)) return 401;
  return code === 'AccessDenied' ? 403 : 400;
}

const REQUEST_ID_HEADER = 'x-request-id';

/** The answer with the identifier that its request had been given by whoever sent it. */
export function echoRequestId(request: HttpRequest, response: HttpResponse): HttpResponse {
  const given = request.headers.get(REQUEST_ID_HEADER);
  return given === undefined
    ? response
    : { ...response, headers: { ...response.headers, [REQUEST_ID_HEADER]: given.join(', ') } };
}

function answer(
  protocol: Protocol,
  statusCode: number,
  requestId: string,
  body: () => string,
): HttpResponse {
  return {
    statusCode,
    headers: {
      'content-type': CONTENT_TYPES[protocol.format],
      'x-amzn-requestid': requestId,
    },
    body: body(),
  };
}

/** AWS gives an unknown action in a namespace of its own: no service is known to have said it. */
const FAULT_NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09';

function encodeXmlError(service: Service, error: IamError, requestId: string): string {
  const content =
    element('Type', ERRORS[error.code].fault) +
    element('Code', error.code) +
    element('Message', escapeXml(error.message));
  const xmlNamespace =
    error.code === 'InvalidAction' ? FAULT_NAMESPACE : SERVICE_DESCRIPTIONS[service].xmlNamespace;
  return rootElement(
    'ErrorResponse',
    xmlNamespace,
    element('Error', content) + element('RequestId', escapeXml(requestId)),
  );
}
