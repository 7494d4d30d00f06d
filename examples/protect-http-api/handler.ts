import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const NOTES: ReadonlyMap<string, string> = new Map([
  ['1', 'buy tea'],
  ['2', 'bring a towel'],
]);

/** What the authorizer said of the caller; payload format 2.0 puts it under `lambda`. */
interface GuardedContext {
  readonly authorizer?: { readonly lambda?: { readonly principalArn?: unknown } | null };
}

/** Two notes. Whether a caller may read them has been decided before; this function makes sure that it really was. */
export function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { authorizer } = event.requestContext as unknown as GuardedContext;
  const principalArn = authorizer?.lambda?.principalArn;
  // A route that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '')
    return answer(403, { message: 'the request has not passed the authorizer' });
  const noteId = event.pathParameters?.['noteId'];
  if (noteId === undefined)
    return answer(200, { noteIds: [...NOTES.keys()], readBy: principalArn });
  const text = NOTES.get(noteId);
  return text === undefined
    ? answer(404, { message: 'there is no such note' })
    : answer(200, { noteId, text, readBy: principalArn });
}

function answer(statusCode: number, body: object): Promise<APIGatewayProxyStructuredResultV2> {
  return Promise.resolve({
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
}
