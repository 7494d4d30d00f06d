import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { buildDeployment, createApp } from './synthesize';

/** The acknowledged findings at one construct, with their reasons. */
function acknowledgedAt(construct: IConstruct): [id: string, reason: string][] {
  return construct.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) => Object.entries(entry.data as Record<string, string>));
}

/** What the rule packs find in a stack and no construct on the way to the finding acknowledges. */
function findingsIn(stack: Stack): string[] {
  const constructs = new Map(
    stack.node.findAll().map((construct) => [construct.node.path, construct]),
  );
  const packs = {
    AwsSolutions: new AwsSolutionsChecks(stack),
    Serverless: new ServerlessChecks(stack),
  };
  return Object.entries(packs).flatMap(([name, pack]) =>
    pack.validateScope(stack).violations.flatMap((violation) =>
      violation.violatingResources
        .filter(({ constructPath }) => {
          const scopes = constructs.get(constructPath ?? '')?.node.scopes ?? [];
          const id = `${name}::${violation.ruleName}`;
          return !scopes.flatMap(acknowledgedAt).some(([acknowledged]) => acknowledged === id);
        })
        .map(({ constructPath }) => `${violation.ruleName} at ${constructPath ?? 'nowhere'}`),
    ),
  );
}

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
