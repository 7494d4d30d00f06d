import { readdirSync } from 'node:fs';
import { buildDeployment, createApp, resourcesOf } from './synthesize';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { lambdaEntry } from '../../lib/portcullis-function';

const app = createApp();
const { controlPlane, authorizer } = buildDeployment({ app });
const orders = new OrdersStack(app, 'Orders', { portcullisPrefix: 'Portcullis' });

const functions = [controlPlane, authorizer, orders].flatMap((stack) =>
  Object.entries(resourcesOf(stack))
    .filter(([, resource]) => resource.Type === 'AWS::Lambda::Function')
    .map(([id, resource]) => ({ id, stack, properties: resource.Properties })),
);

describe('every function', () => {
  test('there is one for each handler, and the two of the orders API', () => {
    const files = readdirSync(lambdaEntry('.'), { recursive: true, encoding: 'utf8' });
    const handlers = files.filter((file) => /(^|[/-])handler\.ts$/.test(file));
    expect(functions).toHaveLength(handlers.length + 2);
  });

  test.each(functions)('$id runs on Node.js 24 on arm64, traced', ({ properties }) => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
  });

  test.each(functions)('$id logs JSON to a log group of its own', ({ id, stack, properties }) => {
    const logGroup = `${id.replace(/Function[0-9A-F]{8}$/, '')}Log`;
    expect(properties).toMatchObject({
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        LogGroup: { Ref: expect.stringContaining(logGroup || 'FunctionLog') as unknown },
      },
    });
    const logging = properties['LoggingConfig'] as { LogGroup: { Ref: string } };
    expect(resourcesOf(stack)[logging.LogGroup.Ref]).toMatchObject({
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: 90 },
    });
  });

  test.each(functions)('$id has no secret in its environment', ({ properties }) => {
    const { Variables } = properties['Environment'] as { Variables: Record<string, unknown> };
    for (const name of Object.keys(Variables)) {
      expect(name).not.toMatch(/SECRET|PASSWORD|TOKEN|CREDENTIAL/);
    }
  });

  test.each(functions)(
    '$id waits for nothing that its role’s ARN does not imply',
    ({ id, stack }) => {
      expect(resourcesOf(stack)[id]?.DependsOn).toBeUndefined();
    },
  );
});

test('logs are kept in production and go with a sandbox', () => {
  const policies = (sandbox: boolean) => {
    const deployment = buildDeployment({ sandbox });
    return [deployment.controlPlane, deployment.authorizer].flatMap((stack) =>
      Object.values(resourcesOf(stack))
        .filter((resource) => resource.Type === 'AWS::Logs::LogGroup')
        .map((resource) => resource.DeletionPolicy),
    );
  };
  expect(new Set(policies(false))).toEqual(new Set(['Retain']));
  expect(new Set(policies(true))).toEqual(new Set(['Delete']));
});

test('an entry point is a file below lambdas', () => {
  const [folder] = lambdaEntry('iam/handler.ts').split('iam/handler.ts');
  expect(readdirSync(folder ?? '')).toContain('iam');
});
