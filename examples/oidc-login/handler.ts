import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const RECIPES: ReadonlyMap<string, string> = new Map([
  ['1', 'flatbread'],
  ['2', 'lentil soup'],
]);

/** What the authorizer said of the caller; payload format 2.0 puts it under `lambda`. */
interface GuardedContext {
  readonly authorizer?: { readonly lambda?: { readonly principalArn?: unknown } | null };
}

/** Two recipes. Whether a visitor may has been decided before; this function makes sure that it really was. */
export function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { authorizer } = event.requestContext as unknown as GuardedContext;
  const principalArn = authorizer?.lambda?.principalArn;
  // A route that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '')
    return answer(403, { message: 'the request has not passed the authorizer' });
  const recipeId = event.pathParameters?.['recipeId'];
  // The session's name is the visitor's subject at the provider.
  const visitor = principalArn.slice(principalArn.lastIndexOf('/') + 1);
  if (recipeId === undefined) return answer(200, { recipeIds: [...RECIPES.keys()], visitor });
  const title = RECIPES.get(recipeId);
  return title === undefined
    ? answer(404, { message: 'there is no such recipe' })
    : answer(200, { recipeId, title, visitor });
}

function answer(statusCode: number, body: object): Promise<APIGatewayProxyStructuredResultV2> {
  return Promise.resolve({
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
}
