import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { signatureDoesNotMatch } from '../../credentials/authentication-errors';
import type { RouteCatalogue } from '../../core/catalogue/route-catalogue';
import { parseRawQuery } from '../../protocol/raw-path';
import { readHeaders } from '../../protocol/rest-event';
import { catalogueRoute } from './catalogue-route';
import type { GuardedRequest } from './guarded-request';
import type { InvokedFunction } from './invoked-function';

/**
 * Reads the event of a function URL, whose path is as it was sent, and which has the body. That of an HTTP API's integration looks
 * like it but has a decoded path: what tells them apart is the domain.
 *
 * Errors: TypeError for what is no such event; `SignatureDoesNotMatch` for a query that is no text.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function readFunctionUrl(
  event: LambdaFunctionURLEvent,
  { gateway, arn }: InvokedFunction,
  catalogue: RouteCatalogue | undefined,
): GuardedRequest {
  const { http, requestId, domainName } = event.requestContext;
  const { rawPath, rawQueryString } = event;
  for (const text of [rawPath, rawQueryString, http.method, http.sourceIp, requestId, domainName]) {
    if (typeof text !== 'string') {
      throw new TypeError('the event is not of a function URL');
    }
  }
  if (!/^[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(domainName)) {
    throw new TypeError('the event is not of a function URL');
  }
  const query = parseRawQuery(rawQueryString);
  if (query === undefined) {
    throw signatureDoesNotMatch();
  }
  const unmapped = { action: 'lambda:InvokeFunctionUrl', arn };
  return {
    http: {
      method: http.method,
      path: rawPath,
      query,
      headers: readHeaders(undefined, event.headers),
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
      sourceIp: http.sourceIp,
      secureTransport: true,
      requestId,
    },
    gateway,
    routes: [catalogueRoute(catalogue, http.method, rawPath, unmapped)],
  };
}
