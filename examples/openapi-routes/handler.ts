import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const BOOKS = new Map([
  ['9780141439518', 'Pride and Prejudice'],
  ['9780486284736', 'Flatland'],
]);

/** What the authorizer said of the caller; payload format 2.0 puts it under `lambda`. */
interface GuardedContext {
  readonly authorizer?: { readonly lambda?: { readonly principalArn?: unknown } | null };
}

/** Two books. Whether a caller may has been decided before; this function makes sure that it really was. */
export function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { authorizer } = event.requestContext as unknown as GuardedContext;
  const principalArn = authorizer?.lambda?.principalArn;
  // A route that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '')
    return answer(403, { message: 'the request has not passed the authorizer' });
  const isbn = event.pathParameters?.['isbn'];
  if (isbn === undefined) return answer(200, { isbns: [...BOOKS.keys()] });
  const title = BOOKS.get(isbn);
  if (title === undefined) return answer(404, { message: 'there is no such book' });
  switch (event.routeKey) {
    case 'PUT /books/{isbn}/loan':
      return answer(200, {
        isbn,
        lentTo: principalArn,
        days: event.queryStringParameters?.['days'],
      });
    case 'DELETE /books/{isbn}/loan':
      return answer(200, { isbn, returnedBy: principalArn });
    default:
      return answer(200, { isbn, title });
  }
}

function answer(statusCode: number, body: object): Promise<APIGatewayProxyStructuredResultV2> {
  return Promise.resolve({
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
}
