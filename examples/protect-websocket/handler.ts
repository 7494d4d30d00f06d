import type { APIGatewayProxyResult, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

/** What the authorizer said when the connection was opened; every message of the connection carries it. */
interface GuardedContext {
  readonly authorizer?: { readonly principalArn?: unknown } | null;
}

/** Tells the other end who it is. */
export function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResult> {
  const { authorizer } = event.requestContext as unknown as GuardedContext;
  const principalArn = authorizer?.principalArn;
  // A $connect that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '') return answer(403, {});
  return answer(200, { youAre: principalArn });
}

function answer(statusCode: number, body: object): Promise<APIGatewayProxyResult> {
  return Promise.resolve({ statusCode, body: JSON.stringify(body) });
}
