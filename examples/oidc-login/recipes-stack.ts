import path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PortcullisAuthorizer, PortcullisFunction, RouteCatalogue } from '../../lib';

/** Properties of {@link RecipesStack}. */
export interface RecipesStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
  /** The one origin whose pages may call the API: `https://recipes.example.com`. */
  readonly pageOrigin: string;
}

const RECIPE = 'arn:${Partition}:recipes:${Region}:${Account}:recipe/{recipeId}';
// No one recipe: all of them.
const RECIPES = 'arn:${Partition}:recipes:${Region}:${Account}:recipe/';

/** An HTTP API of two routes, each guarded, for a page of another origin. */
export class RecipesStack extends Stack {
  constructor(scope: Construct, id: string, props: RecipesStackProps) {
    super(scope, id, props);
    const portcullis = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
    });
    const httpApi = this.createHttpApi(props.pageOrigin);
    const integration = new HttpLambdaIntegration('Recipes', this.createFunction());
    const authorizer = portcullis.forHttpApi({ requireAuthorizationHeader: true });
    for (const route of ['/recipes', '/recipes/{recipeId}']) {
      httpApi.addRoutes({ path: route, methods: [HttpMethod.GET], integration, authorizer });
    }
    new RouteCatalogue(this, 'RouteCatalogue', {
      authorizer: portcullis,
      httpApi,
      service: 'recipes',
      routes: [
        { method: 'GET', path: '/recipes', action: 'recipes:ListRecipes', resource: RECIPES },
        {
          method: 'GET',
          path: '/recipes/{recipeId}',
          action: 'recipes:GetRecipe',
          resource: RECIPE,
        },
      ],
    });
    new CfnOutput(this, 'RecipesUrl', { value: `${httpApi.apiEndpoint}/recipes` });
  }

  private createHttpApi(pageOrigin: string): HttpApi {
    const httpApi = new HttpApi(this, 'Api', {
      apiName: this.stackName,
      createDefaultStage: false,
      // The gateway answers the preflight itself. No cookies: the token is a header.
      corsPreflight: {
        allowOrigins: [pageOrigin],
        allowMethods: [CorsHttpMethod.GET],
        allowHeaders: ['authorization', 'x-portcullis-role'],
        maxAge: Duration.minutes(10),
      },
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
      description: 'Recipes example',
      statements: [],
      environment: {},
      timeout: Duration.seconds(10),
      memorySize: 256,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }
}
