import path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PortcullisAuthorizer, PortcullisFunction, RouteCatalogue } from '../../lib';

/** Properties of {@link ChatStack}. */
export interface ChatStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
}

/** A WebSocket API whose connections are guarded when they are opened. */
export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props: ChatStackProps) {
    super(scope, id, props);
    const authorizer = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
    });
    const chat = this.createFunction();
    const webSocketApi = new WebSocketApi(this, 'Api', {
      apiName: this.stackName,
      connectRouteOptions: {
        integration: new WebSocketLambdaIntegration('Connect', chat),
        authorizer: authorizer.forWebSocketApi(),
      },
    });
    webSocketApi.addRoute('whoami', {
      integration: new WebSocketLambdaIntegration('WhoAmI', chat),
      returnResponse: true,
    });
    this.acknowledge(webSocketApi);
    const stage = this.createStage(webSocketApi);
    new RouteCatalogue(this, 'RouteCatalogue', {
      authorizer,
      webSocketApi,
      service: 'chat',
      routes: [
        {
          routeKey: '$connect',
          action: 'chat:Connect',
          resource: 'arn:${Partition}:chat:${Region}:${Account}:room/lobby',
        },
      ],
    });
    new CfnOutput(this, 'ChatUrl', { value: stage.url });
  }

  private createStage(webSocketApi: WebSocketApi): WebSocketStage {
    const logGroup = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new WebSocketStage(this, 'Stage', {
      webSocketApi,
      stageName: 'v1',
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        // No query: a presigned address is a credential.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            connectionId: '$context.connectionId',
            routeKey: '$context.routeKey',
            status: '$context.status',
            principalId: '$context.authorizer.principalId',
          }),
        ),
      },
    });
  }

  private acknowledge(webSocketApi: WebSocketApi): void {
    Validations.of(webSocketApi).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'Portcullis guards $connect, and messages come over connections that it let in.',
    });
  }

  private createFunction(): IFunction {
    return new PortcullisFunction(this, 'Function', {
      entry: path.join(__dirname, 'handler.ts'),
      description: 'Chat example',
      statements: [],
      environment: {},
      timeout: Duration.seconds(10),
      memorySize: 256,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }
}
