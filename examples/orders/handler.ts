import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { cancelOrder, createOrder, getOrder, listOrders } from './orders';
import type { OrderRequest } from './orders';

interface Call {
  readonly event: APIGatewayProxyEvent;
  /** Who calls: the ARN that Portcullis verified. */
  readonly principalArn: string;
}

/** The orders API. Whether a caller may has been decided before; this function makes sure that it really was. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const caller = (event.requestContext.authorizer ?? {}) as Record<string, unknown>;
  const { principalArn, scheme, payloadHash } = caller;
  // An API method that lost its authorizer must not become an open one.
  if (typeof principalArn !== 'string' || principalArn === '') {
    return answer(403, { message: 'the request has not passed the authorizer' });
  }
  // A bearer token signs nothing: TLS alone protects its body.
  if (scheme !== 'bearer' && !isBodyAsSigned(event, payloadHash)) {
    return answer(403, { message: 'the body is not the one that was signed' });
  }
  return serve({ event, principalArn });
}

/** The authorizer saw the signed hash of the body but not the body: here both are there. */
function isBodyAsSigned(event: APIGatewayProxyEvent, payloadHash: unknown): boolean {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length === 0 && payloadHash === undefined) return true;
  return createHash('sha256').update(body).digest('hex') === payloadHash;
}

// Letters that are the same encoded and decoded: the order asked for is the one that was decided on.
const ORDER_ID = /^[A-Za-z0-9-]{1,64}$/;

async function serve({ event, principalArn }: Call): Promise<APIGatewayProxyResult> {
  const orderId = event.pathParameters?.['orderId'] ?? 'none';
  if (!ORDER_ID.test(orderId)) return answer(404, { message: 'there is no such order' });
  switch (`${event.httpMethod} ${event.resource}`) {
    case 'GET /orders':
      return answer(200, { orders: await listOrders() });
    case 'POST /orders': {
      const request = readOrderRequest(event);
      if (typeof request === 'string') return answer(400, { message: request });
      const order = await createOrder(request, principalArn);
      return order === false
        ? answer(409, { message: 'the order exists already' })
        : answer(201, order);
    }
    case 'GET /orders/{orderId}': {
      const order = await getOrder(orderId);
      return order === undefined ? noSuchOrder(orderId) : answer(200, order);
    }
    case 'POST /orders/{orderId}/cancel':
      return (await cancelOrder(orderId))
        ? answer(200, { orderId, status: 'cancelled' })
        : noSuchOrder(orderId);
    default:
      return answer(404, { message: 'no such route' });
  }
}

/** The request, or what is wrong with it. */
function readOrderRequest(event: APIGatewayProxyEvent): OrderRequest | string {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  if (text.length > 1024) return 'the body must have at most 1024 characters';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'the body must be JSON';
  }
  if (typeof parsed !== 'object' || parsed === null) return 'the body must be a JSON object';
  const { item, quantity, ...others } = parsed as Record<string, unknown>;
  if (typeof item !== 'string' || item === '' || item.length > 100) {
    return 'item must be a text of 1 to 100 characters';
  }
  if (!Number.isInteger(quantity) || Number(quantity) < 1 || Number(quantity) > 1000) {
    return 'quantity must be a whole number from 1 to 1000';
  }
  const unknown = Object.keys(others);
  if (unknown.length > 0) return `unknown members: ${unknown.join(', ')}`;
  return { item, quantity: Number(quantity) };
}

function noSuchOrder(orderId: string): APIGatewayProxyResult {
  return answer(404, { message: `there is no order ${orderId}` });
}

function answer(statusCode: number, body: unknown): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  };
}
