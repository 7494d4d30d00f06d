import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { guarded } from '../../guard/index';

const BOOKS = new Map([
  ['9780141439518', 'Pride and Prejudice'],
  ['9780486284736', 'Flatland'],
]);

/** Two books. Whether a caller may has been decided before; the guard makes sure that it really was. */
export const handler = guarded((event: APIGatewayProxyEventV2, { principal }) => {
  const isbn = event.pathParameters?.['isbn'];
  if (isbn === undefined) return answer(200, { isbns: [...BOOKS.keys()] });
  const title = BOOKS.get(isbn);
  if (title === undefined) return answer(404, { message: 'there is no such book' });
  switch (event.routeKey) {
    case 'PUT /books/{isbn}/loan':
      return answer(200, {
        isbn,
        lentTo: principal.arn,
        days: event.queryStringParameters?.['days'],
      });
    case 'DELETE /books/{isbn}/loan':
      return answer(200, { isbn, returnedBy: principal.arn });
    default:
      return answer(200, { isbn, title });
  }
});

function answer(statusCode: number, body: object): Promise<APIGatewayProxyStructuredResultV2> {
  return Promise.resolve({
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
}
