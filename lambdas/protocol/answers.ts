import { encodeJsonError, encodeJsonOutput, encodeQueryJsonError } from './aws-json';
import { encodeQueryJsonOutput } from './aws-json';
import { serviceFailure } from './error-messages';
import { ERRORS, IamError } from './errors';
import type { HttpRequest, HttpResponse } from './http';
import { encodeOutput } from './query';
import type { Structure } from './query';
import { encodeRestError, encodeRestOutput } from './rest-json';
import { restSegmentsOf } from './rest-path';
import type { OperationSchema, Service } from './schema';
import { SERVICE_DESCRIPTIONS } from './services';
import { element, escapeXml, rootElement } from './xml';

/** In which form a caller is answered, and in whose name. */
export interface Protocol {
  /**
   * `awsQuery` answers in XML; `awsQueryJson` is the same protocol with JSON answers; `awsJson` is awsJson1.1; `restJson` has a route
   * for each operation.
   */
  readonly format: 'awsQuery' | 'awsQueryJson' | 'awsJson' | 'restJson';
  readonly service: Service;
}

const CONTENT_TYPES: Readonly<Record<Protocol['format'], string>> = {
  awsQuery: 'text/xml',
  awsQueryJson: 'application/json',
  awsJson: 'application/x-amz-json-1.1',
  restJson: 'application/json',
};

/**
 * The protocol that a request of the service is in. It is read from path and headers alone, so that a request which cannot be read further
 * still gets its refusal in a form that its sender understands.
 */
export function protocolOf(request: HttpRequest, service: Service): Protocol {
  if (restSegmentsOf(request.path, service) !== undefined) {
    return { format: 'restJson', service };
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
  const { statusCode, fault } = ERRORS[told.code];
  // AWS's JSON services answer every fault of a caller with 400; what it was is in the body.
  const status = protocol.format === 'awsJson' && fault === 'Sender' ? 400 : statusCode;
  return answer(protocol, status, requestId, () => {
    switch (protocol.format) {
      case 'awsQuery':
        return encodeXmlError(protocol.service, told, requestId);
      case 'awsQueryJson':
        return encodeQueryJsonError(told, requestId);
      case 'awsJson':
        return encodeJsonError(told);
      case 'restJson':
        return encodeRestError(told, requestId);
    }
  });
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
