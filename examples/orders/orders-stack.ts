import path from 'node:path';
import {
  CfnOutput,
  CustomResource,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  AccessLog,
  DenialResponses,
  PortcullisAuthorizer,
  PortcullisFunction,
  RouteCatalogue,
} from '../../lib';

/** Properties of {@link OrdersStack}. */
export interface OrdersStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
}

const ORDER = 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}';
// No one order: all of them, or one that does not exist yet.
const ORDERS = 'arn:${Partition}:orders:${Region}:${Account}:order/';

/** A small orders API: list, get, create, cancel. */
export class OrdersStack extends Stack {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);
    const table = new Table(this, 'Orders', {
      partitionKey: { name: 'orderId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const ordersFunction = this.createFunction('Function', 'handler.ts', table, [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Scan',
    ]);
    this.createSampleOrders(table);

    const portcullis = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
    });
    this.restApi = this.createRestApi(portcullis.forRestApi(), ordersFunction);
    new DenialResponses(this, 'DenialResponses', { restApi: this.restApi });
    new RouteCatalogue(this, 'RouteCatalogue', {
      authorizer: portcullis,
      restApi: this.restApi,
      service: 'orders',
      routes: [
        { method: 'GET', path: '/orders', action: 'orders:ListOrders', resource: ORDERS },
        { method: 'POST', path: '/orders', action: 'orders:CreateOrder', resource: ORDERS },
        { method: 'GET', path: '/orders/{orderId}', action: 'orders:GetOrder', resource: ORDER },
        {
          method: 'POST',
          path: '/orders/{orderId}/cancel',
          action: 'orders:CancelOrder',
          resource: ORDER,
        },
      ],
    });
    new CfnOutput(this, 'OrdersUrl', { value: this.restApi.urlForPath('/orders') });
  }

  private createRestApi(authorizer: IAuthorizer, ordersFunction: IFunction): RestApi {
    const accessLog = new AccessLog(this, 'AccessLog', { removalPolicy: RemovalPolicy.DESTROY });
    const restApi = new RestApi(this, 'Api', {
      restApiName: this.stackName,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: {
        stageName: 'v1',
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        ...accessLog.stageOptions,
      },
      defaultMethodOptions: { authorizer },
      defaultIntegration: new LambdaIntegration(ordersFunction, { allowTestInvoke: false }),
    });
    restApi.node.tryRemoveChild('Endpoint');
    const orders = restApi.root.addResource('orders');
    orders.addMethod('GET');
    orders.addMethod('POST');
    const order = orders.addResource('{orderId}');
    order.addMethod('GET');
    order.addResource('cancel').addMethod('POST');

    Validations.of(restApi).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-COG4',
        reason: 'Portcullis guards every method; there is no Cognito user pool.',
      },
      {
        id: 'AwsSolutions::AwsSolutions-APIG2',
        reason:
          'The function reads the one body that there is strictly, after its hash has been checked.',
      },
      {
        id: 'AwsSolutions::AwsSolutions-APIG3',
        reason: 'An example; a web ACL costs by the month.',
      },
    );
    return restApi;
  }

  private createFunction(
    id: string,
    file: string,
    table: Table,
    actions: readonly string[],
  ): IFunction {
    return new PortcullisFunction(this, id, {
      entry: path.join(__dirname, file),
      description: `Orders example: ${file}`,
      statements: [new PolicyStatement({ actions: [...actions], resources: [table.tableArn] })],
      environment: { ORDERS_TABLE: table.tableName },
      timeout: Duration.seconds(10),
      memorySize: 512,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }

  /** Orders 41 and 42, so that there is something to ask for. */
  private createSampleOrders(table: Table): void {
    const handler = this.createFunction('SampleOrdersHandler', 'sample-orders-handler.ts', table, [
      'dynamodb:PutItem',
    ]);
    new CustomResource(this, 'SampleOrders', {
      resourceType: 'Custom::SampleOrders',
      serviceToken: handler.functionArn,
      serviceTimeout: Duration.minutes(2),
    });
  }
}
