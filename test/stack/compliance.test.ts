import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { acknowledgedAt, findingsIn } from './findings';
import { buildDeployment, createApp } from './synthesize';

describe.each([false, true])('the rule packs, sandbox %s', (sandbox) => {
  const app = createApp();
  const { data, controlPlane, authorizer } = buildDeployment({ app, sandbox });
  const orders = new OrdersStack(app, 'Orders', { portcullisPrefix: 'Portcullis' });
  const stacks: Stack[] = [data, controlPlane, authorizer, orders];

  test.each(stacks.map((stack) => [stack.stackName, stack] as const))(
    'find nothing in %s that is not acknowledged',
    (_name, stack) => {
      expect(findingsIn(stack)).toEqual([]);
    },
  );

  test('every acknowledged finding has a reason of more than a few words', () => {
    const acknowledged = stacks.flatMap((stack) => stack.node.findAll()).flatMap(acknowledgedAt);
    expect(acknowledged.length).toBeGreaterThan(10);
    for (const [, reason] of acknowledged) {
      expect(reason.split(' ').length).toBeGreaterThan(5);
    }
  });
});

test('the rule packs do find what nobody acknowledged', () => {
  const stack = new Stack(createApp(), 'Careless');
  new Bucket(stack, 'Bucket');
  expect(findingsIn(stack)).toContain('AwsSolutions-S1 at Careless/Bucket/Resource');
});
