import type { APIGatewayProxyResult, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { guarded } from '../../guard/index';

/** Tells the other end who it is: every message of a connection carries what the authorizer said when it was opened. */
export const handler = guarded(
  (_event: APIGatewayProxyWebsocketEventV2, { principal }): APIGatewayProxyResult => ({
    statusCode: 200,
    body: JSON.stringify({ youAre: principal.arn }),
  }),
);
