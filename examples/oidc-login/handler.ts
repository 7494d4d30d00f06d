import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { guarded } from '../../guard/index';

const RECIPES: ReadonlyMap<string, string> = new Map([
  ['1', 'flatbread'],
  ['2', 'lentil soup'],
]);

/** Two recipes. Whether a visitor may has been decided before; the guard makes sure that it really was. */
export const handler = guarded((event: APIGatewayProxyEventV2, { principal }) => {
  const recipeId = event.pathParameters?.['recipeId'];
  // The session's name is the visitor's subject at the provider.
  const visitor = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
  if (recipeId === undefined) return answer(200, { recipeIds: [...RECIPES.keys()], visitor });
  const title = RECIPES.get(recipeId);
  return title === undefined
    ? answer(404, { message: 'there is no such recipe' })
    : answer(200, { recipeId, title, visitor });
});

function answer(statusCode: number, body: object): Promise<APIGatewayProxyStructuredResultV2> {
  return Promise.resolve({
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
}
