import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { guarded, type Guarded } from '../../guard/index';
import { cancelOrder, createOrder, getOrder, listOrders } from './orders';
import type { OrderRequest } from './orders';

/**
 * The orders API. Whether a caller may has been decided before; the guard makes sure that it really was, and that the body is the one that
 * was signed.
 */
export const handler = guarded((event: APIGatewayProxyEvent, call) => serve(event, call));

// Letters that are the same encoded and decoded: the order asked for is the one that was decided on.
const ORDER_ID = /^[A-Za-z0-9-]{1,64}$/;

async function serve(
  event: APIGatewayProxyEvent,
  { principal, body }: Guarded,
): Promise<APIGatewayProxyResult> {
  const orderId = event.pathParameters?.['orderId'] ?? 'none';
  if (!ORDER_ID.test(orderId)) return answer(404, { message: 'there is no such order' });
  switch (`${event.httpMethod} ${event.resource}`) {
    case 'GET /orders':
      return answer(200, { orders: await listOrders() });
    case 'POST /orders': {
      const request = readOrderRequest(body);
      if (typeof request === 'string') return answer(400, { message: request });
      const order = await createOrder(request, principal.arn);
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
function readOrderRequest(body: Uint8Array = new Uint8Array()): OrderRequest | string {
  const text = Buffer.from(body).toString('utf8');
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
