import type { ALBEvent } from 'aws-lambda';
import { signatureDoesNotMatch } from '../../credentials/authentication-errors';
import type { RouteCatalogue } from '../../core/catalogue/route-catalogue';
import { decodePart } from '../../protocol/raw-path';
import { readHeaders, readPairs } from '../../protocol/rest-event';
import { catalogueRoute } from './catalogue-route';
import type { GuardedRequest } from './guarded-request';
import type { InvokedFunction } from './invoked-function';

/**
 * Reads the event of an Application Load Balancer, which has the body, and path and query as they were sent. Without multi-value
 * headers, the last of several equal names is all that is there, so that a signature over more does not hold. The address is not
 * known: the header that has it can be the client's own, by how the load balancer is set up.
 *
 * Errors: TypeError for what is no such event; `SignatureDoesNotMatch` for a query that is no text.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function readLoadBalancer(
  event: ALBEvent,
  { gateway, arn }: InvokedFunction,
  catalogue: RouteCatalogue | undefined,
): GuardedRequest {
  const { httpMethod, path } = event;
  if (
    typeof event.requestContext.elb.targetGroupArn !== 'string' ||
    typeof httpMethod !== 'string' ||
    typeof path !== 'string'
  ) {
    throw new TypeError('the event is not of a load balancer');
  }
  const headers = readHeaders(event.multiValueHeaders, event.headers);
  const unmapped = { action: 'lambda:InvokeFunction', arn };
  return {
    http: {
      method: httpMethod,
      path,
      query: readQuery(event),
      headers,
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
      sourceIp: undefined,
      // Set by the load balancer itself, whatever a client sends.
      secureTransport: headers.get('x-forwarded-proto')?.join() === 'https',
      requestId: headers.get('x-amzn-trace-id')?.join() ?? '',
    },
    gateway,
    routes: [catalogueRoute(catalogue, httpMethod, path, unmapped)],
  };
}

function readQuery(event: ALBEvent): readonly (readonly [string, string])[] {
  const pairs = readPairs(event.multiValueQueryStringParameters, event.queryStringParameters);
  return pairs.map(([name, value]) => {
    const decoded = [decodePart(name), decodePart(value)] as const;
    if (decoded[0] === undefined || decoded[1] === undefined) {
      throw signatureDoesNotMatch();
    }
    return [decoded[0], decoded[1]] as const;
  });
}
