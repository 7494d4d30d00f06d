import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

const ADDRESSES = new Map([
  ['7', '1 Harbour Street'],
  ['8', '2 Harbour Street'],
]);

/** Two parcels. Whether a caller may has been decided before; this function makes sure that it really was. */
export function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const caller = (event.requestContext.authorizer ?? {}) as Record<string, unknown>;
  const { principalArn, payloadHash, scheme } = caller;
  // A method that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '') {
    return answer(403, { message: 'the request has not passed the authorizer' });
  }
  // The authorizer saw the signed hash of the body but not the body.
  const body = event.body ?? '';
  const isBodySigned = createHash('sha256').update(body).digest('hex') === payloadHash;
  if (body !== '' && scheme === 'sigv4' && !isBodySigned) {
    return answer(403, { message: 'the body is not the one that was signed' });
  }
  return serve(event, principalArn);
}

function serve(
  { httpMethod, pathParameters, body }: APIGatewayProxyEvent,
  principalArn: string,
): Promise<APIGatewayProxyResult> {
  const parcelId = pathParameters?.['parcelId'];
  if (parcelId === undefined) return answer(200, { parcelIds: [...ADDRESSES.keys()] });
  if (!ADDRESSES.has(parcelId)) return answer(404, { message: 'there is no such parcel' });
  if (httpMethod === 'PUT') {
    if (body === null || body === '' || body.length > 100) {
      return answer(400, { message: 'an address has 1 to 100 characters' });
    }
    ADDRESSES.set(parcelId, body);
  }
  return answer(200, { parcelId, address: ADDRESSES.get(parcelId), calledBy: principalArn });
}

function answer(statusCode: number, body: object): Promise<APIGatewayProxyResult> {
  return Promise.resolve({
    statusCode,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  });
}
