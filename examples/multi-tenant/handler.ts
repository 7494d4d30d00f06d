import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** Says whose invoice it is. Whether a caller may has been decided before; this function makes sure that it really was. */
export function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const { principalArn } = (event.requestContext.authorizer ?? {}) as Record<string, unknown>;
  // A method that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '') {
    return answer(403, { message: 'the request has not passed the authorizer' });
  }
  const { tenant, invoiceId } = event.pathParameters ?? {};
  return answer(200, {
    tenant,
    ...(invoiceId === undefined ? { invoiceIds: ['1', '2'] } : { invoiceId }),
    calledBy: principalArn,
  });
}

function answer(statusCode: number, body: object): Promise<APIGatewayProxyResult> {
  return Promise.resolve({
    statusCode,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  });
}
