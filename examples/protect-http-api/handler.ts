import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { guarded } from '../../guard/index';

const NOTES: ReadonlyMap<string, string> = new Map([
  ['1', 'buy tea'],
  ['2', 'bring a towel'],
]);

/** Two notes. Whether a caller may read them has been decided before; the guard makes sure that it really was. */
export const handler = guarded((event: APIGatewayProxyEventV2, { principal }) => {
  const noteId = event.pathParameters?.['noteId'];
  if (noteId === undefined)
    return answer(200, { noteIds: [...NOTES.keys()], readBy: principal.arn });
  const text = NOTES.get(noteId);
  return text === undefined
    ? answer(404, { message: 'there is no such note' })
    : answer(200, { noteId, text, readBy: principal.arn });
});

function answer(statusCode: number, body: object): Promise<APIGatewayProxyStructuredResultV2> {
  return Promise.resolve({
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
}
