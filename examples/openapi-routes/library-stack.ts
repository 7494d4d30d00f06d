import path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PortcullisAuthorizer, PortcullisFunction, ServiceDefinition } from '../../lib';

/** Properties of {@link LibraryStack}. */
export interface LibraryStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
}

/** An HTTP API whose routes, actions and resources stand in its OpenAPI document alone. */
export class LibraryStack extends Stack {
  constructor(scope: Construct, id: string, props: LibraryStackProps) {
    super(scope, id, props);
    const portcullis = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
    });
    const httpApi = this.createHttpApi();
    const service = ServiceDefinition.fromOpenApi(this, 'Service', {
      authorizer: portcullis,
      file: path.join(__dirname, 'openapi.yaml'),
      httpApi,
      // A number: conditions may say "at most 14 days".
      conditionKeys: [{ name: 'library:Days', type: 'Numeric' }],
    });
    const integration = new HttpLambdaIntegration('Library', this.createFunction());
    const authorizer = portcullis.forHttpApi();
    for (const { path: route = '', method } of service.routes) {
      httpApi.addRoutes({
        path: route,
        methods: [HttpMethod[method as keyof typeof HttpMethod]],
        integration,
        authorizer,
      });
    }
    new CfnOutput(this, 'BooksUrl', { value: `${httpApi.apiEndpoint}/books` });
  }

  private createHttpApi(): HttpApi {
    const httpApi = new HttpApi(this, 'Api', {
      apiName: this.stackName,
      createDefaultStage: false,
    });
    const logGroup = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi,
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        // No query: a presigned address is a credential.
        format: AccessLogFormat.custom(
          JSON.stringify({ requestId: '$context.requestId', status: '$context.status' }),
        ),
      },
    });
    Validations.of(httpApi).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'Portcullis guards every route.',
    });
    return httpApi;
  }

  private createFunction(): IFunction {
    return new PortcullisFunction(this, 'Function', {
      entry: path.join(__dirname, 'handler.ts'),
      description: 'Library example',
      timeout: Duration.seconds(10),
      memorySize: 256,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }
}
