import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { guarded } from '../../guard/index';

/** Says whose invoice it is. Whether a caller may has been decided before; the guard makes sure that it really was. */
export const handler = guarded((event: APIGatewayProxyEvent, { principal }) => {
  const { tenant, invoiceId } = event.pathParameters ?? {};
  return answer(200, {
    tenant,
    ...(invoiceId === undefined ? { invoiceIds: ['1', '2'] } : { invoiceId }),
    calledBy: principal.arn,
  });
});

function answer(statusCode: number, body: object): Promise<APIGatewayProxyResult> {
  return Promise.resolve({
    statusCode,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  });
}
