import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { createOrder } from './orders';

const SAMPLES = { '41': { item: 'tea', quantity: 2 }, '42': { item: 'towel', quantity: 1 } };

/** The custom resource `Custom::SampleOrders`: writes two orders where there are none, and removes nothing. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    if (event.RequestType !== 'Delete') {
      for (const [orderId, request] of Object.entries(SAMPLES)) {
        await createOrder(request, event.StackId, orderId);
      }
    }
    await respond(event, 'SUCCESS', 'samples are there');
  } catch (error) {
    await respond(event, 'FAILED', error instanceof Error ? error.message : String(error));
  }
}

async function respond(
  event: CloudFormationCustomResourceEvent,
  Status: 'SUCCESS' | 'FAILED',
  Reason: string,
): Promise<void> {
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    // The URL is signed without a content type.
    headers: { 'content-type': '' },
    body: JSON.stringify({
      Status,
      Reason,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      PhysicalResourceId: 'sample-orders',
    }),
  });
  if (!response.ok) throw new Error(`the answer was refused with status ${response.status}`);
}
