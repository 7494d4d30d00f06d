import { Match, Template } from 'aws-cdk-lib/assertions';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { createApp } from './synthesize';

const stack = new OrdersStack(createApp(), 'Orders', { portcullisPrefix: 'Portcullis' });
const template = Template.fromStack(stack);

describe('the orders example', () => {
  test('has no method that is not guarded', () => {
    template.resourceCountIs('AWS::ApiGateway::Method', 4);
    template.allResourcesProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: Match.anyValue() },
    });
  });

  test('says what each of its methods is', () => {
    const [catalogue] = Object.values(
      template.findResources('Custom::PortcullisRouteCatalogue') as Record<
        string,
        { Properties: { Routes: { Method: string; Path: string; Action: string }[] } }
      >,
    );
    expect(
      catalogue?.Properties.Routes.map(({ Method, Path, Action }) => `${Method} ${Path} ${Action}`),
    ).toEqual([
      'GET /orders orders:ListOrders',
      'POST /orders orders:CreateOrder',
      'GET /orders/{orderId} orders:GetOrder',
      'POST /orders/{orderId}/cancel orders:CancelOrder',
    ]);
  });

  test('refers to its deployment by exports alone', () => {
    expect(stack.dependencies).toEqual([]);
    expect(JSON.stringify(template.toJSON())).toContain(
      '{"Fn::ImportValue":"Portcullis-AuthorizerFunctionArn"}',
    );
  });

  test('says why it refuses', () => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'ACCESS_DENIED',
      ResponseTemplates: {
        'application/json': Match.stringLikeRegexp('\\$context\\.authorizer\\.message'),
      },
    });
  });
});
