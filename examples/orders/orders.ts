import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

/** What a customer wants. */
export interface OrderRequest {
  readonly item: string;
  readonly quantity: number;
}

/** One order, as it is stored and shown. */
export interface Order extends OrderRequest {
  readonly orderId: string;
  readonly status: 'open' | 'cancelled';
  /** The ARN of the principal who made it. */
  readonly orderedBy: string;
  /** ISO 8601. */
  readonly orderedAt: string;
}

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env['ORDERS_TABLE'];

/** The first hundred orders, in no order. */
export async function listOrders(): Promise<Order[]> {
  const page = await client.send(new ScanCommand({ TableName, Limit: 100 }));
  return (page.Items ?? []) as Order[];
}

/** One order, or undefined. */
export async function getOrder(orderId: string): Promise<Order | undefined> {
  const found = await client.send(new GetCommand({ TableName, Key: { orderId } }));
  return found.Item as Order | undefined;
}

/** A new order under an id of its own, or under `orderId`; false: that id is taken, and nothing was written. */
export async function createOrder(
  request: OrderRequest,
  orderedBy: string,
  orderId: string = randomUUID(),
): Promise<Order | false> {
  const order: Order = {
    orderId,
    ...request,
    status: 'open',
    orderedBy,
    orderedAt: new Date().toISOString(),
  };
  const isWritten = await ifConditionHolds(
    client.send(
      new PutCommand({
        TableName,
        Item: order,
        ConditionExpression: 'attribute_not_exists(orderId)',
      }),
    ),
  );
  return isWritten && order;
}

/** False: there is no such order. Cancelling twice is cancelling once. */
export async function cancelOrder(orderId: string): Promise<boolean> {
  return ifConditionHolds(
    client.send(
      new UpdateCommand({
        TableName,
        Key: { orderId },
        UpdateExpression: 'SET #status = :cancelled',
        ConditionExpression: 'attribute_exists(orderId)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':cancelled': 'cancelled' },
      }),
    ),
  );
}

async function ifConditionHolds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
