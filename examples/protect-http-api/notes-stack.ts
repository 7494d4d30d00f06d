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
import type { KeptAnswers } from '../answer-cache';
import { PortcullisAuthorizer, PortcullisFunction, RouteCatalogue } from '../../lib';

/** Properties of {@link NotesStack}. */
export interface NotesStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
  /**
   * Whether the gateway keeps answers.
   *
   * @default - it keeps none
   */
  readonly keptAnswers?: KeptAnswers;
}

const NOTE = 'arn:${Partition}:notes:${Region}:${Account}:note/{noteId}';
// No one note: all of them.
const NOTES = 'arn:${Partition}:notes:${Region}:${Account}:note/';

/** An HTTP API of two routes, each guarded. */
export class NotesStack extends Stack {
  constructor(scope: Construct, id: string, props: NotesStackProps) {
    super(scope, id, props);
    const portcullis = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
      answerCache: props.keptAnswers?.answerCache,
    });
    const httpApi = this.createHttpApi();
    const integration = new HttpLambdaIntegration('Notes', this.createFunction());
    const authorizer = portcullis.forHttpApi({ cacheTtl: props.keptAnswers?.cacheTtl });
    for (const route of ['/notes', '/notes/{noteId}']) {
      httpApi.addRoutes({ path: route, methods: [HttpMethod.GET], integration, authorizer });
    }
    new RouteCatalogue(this, 'RouteCatalogue', {
      authorizer: portcullis,
      httpApi,
      service: 'notes',
      routes: [
        { method: 'GET', path: '/notes', action: 'notes:ListNotes', resource: NOTES },
        { method: 'GET', path: '/notes/{noteId}', action: 'notes:GetNote', resource: NOTE },
      ],
    });
    new CfnOutput(this, 'NotesUrl', { value: `${httpApi.apiEndpoint}/notes` });
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
          JSON.stringify({
            requestId: '$context.requestId',
            routeKey: '$context.routeKey',
            status: '$context.status',
            authorizerError: '$context.authorizer.error',
          }),
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
      description: 'Notes example',
      statements: [],
      environment: {},
      timeout: Duration.seconds(10),
      memorySize: 256,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }
}
