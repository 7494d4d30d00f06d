import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { guarded } from '../../guard/index';

const ADDRESSES = new Map([
  ['7', '1 Harbour Street'],
  ['8', '2 Harbour Street'],
]);

/**
 * Two parcels. Whether a caller may has been decided before; the guard makes sure that it really was, and that the body is the one that
 * was signed.
 */
export const handler = guarded((event: APIGatewayProxyEvent, { principal }) =>
  serve(event, principal.arn),
);

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
