import path from 'node:path';
import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import {
  Code,
  Definition,
  FieldLogLevel,
  FunctionRuntime,
  GraphqlApi,
} from 'aws-cdk-lib/aws-appsync';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PortcullisAuthorizer, ServiceDefinition } from '../../lib';

/** Properties of {@link TasksStack}. */
export interface TasksStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
}

const TASK = 'arn:${Partition}:tasks:${Region}:${Account}:task';

/** Answers from the resolver itself; the caller that Portcullis verified is in `ctx.identity.resolverContext`. */
const RESOLVER = `
export function request(ctx) {
  return { payload: { id: ctx.args.id ?? '1', title: 'Water the plants' } };
}
export function response(ctx) {
  return ctx.info.fieldName === 'listTasks' ? [ctx.result] : ctx.result;
}
`;

/** A GraphQL API: each field at the top of an operation is an action. */
export class TasksStack extends Stack {
  constructor(scope: Construct, id: string, props: TasksStackProps) {
    super(scope, id, props);
    const authorizer = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
    });
    const graphqlApi = new GraphqlApi(this, 'Api', {
      name: this.stackName,
      definition: Definition.fromFile(path.join(__dirname, 'schema.graphql')),
      authorizationConfig: { defaultAuthorization: authorizer.forAppSync() },
      xrayEnabled: true,
    });
    this.addLog(graphqlApi);
    this.addResolvers(graphqlApi);
    new ServiceDefinition(this, 'Service', {
      authorizer,
      service: 'tasks',
      actions: [
        { name: 'ListTasks', accessLevel: 'List' },
        { name: 'GetTask', accessLevel: 'Read', resourceTypes: ['task'] },
        { name: 'FinishTask', accessLevel: 'Write', resourceTypes: ['task'] },
      ],
      resourceTypes: [{ name: 'task', arn: `${TASK}/\${TaskId}` }],
      api: {
        graphqlApi,
        routes: [
          { routeKey: 'Query.listTasks', action: 'tasks:ListTasks', resource: '*' },
          { routeKey: 'Query.getTask', action: 'tasks:GetTask', resource: `${TASK}/{id}` },
          { routeKey: 'Mutation.finishTask', action: 'tasks:FinishTask', resource: `${TASK}/{id}` },
        ],
      },
    });
    new CfnOutput(this, 'GraphqlUrl', { value: graphqlApi.graphqlUrl });
  }

  /** By hand: `logConfig` of the construct brings a function of its own to set how long the log is kept. */
  private addLog(graphqlApi: GraphqlApi): void {
    // AppSync itself gives the log group its name.
    new LogGroup(this, 'Log', {
      logGroupName: `/aws/appsync/apis/${graphqlApi.apiId}`,
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { roleArn } = this.createLogRole();
    (graphqlApi.node.defaultChild as CfnGraphQLApi).logConfig = {
      cloudWatchLogsRoleArn: roleArn,
      fieldLogLevel: FieldLogLevel.ERROR,
      excludeVerboseContent: true,
    };
    Validations.of(graphqlApi).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ASC3',
      reason: 'Errors are logged, and no content: the headers of a request are credentials.',
    });
  }

  private createLogRole(): Role {
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('appsync.amazonaws.com'),
      inlinePolicies: {
        Log: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [
                this.formatArn({
                  service: 'logs',
                  resource: 'log-group:/aws/appsync/apis/*',
                }),
              ],
            }),
          ],
        }),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/appsync/apis/*]',
      reason: 'The API needs its role before it has an id.',
    });
    return role;
  }

  private addResolvers(graphqlApi: GraphqlApi): void {
    const dataSource = graphqlApi.addNoneDataSource('Tasks');
    for (const [typeName, fieldName] of [
      ['Query', 'listTasks'],
      ['Query', 'getTask'],
      ['Mutation', 'finishTask'],
    ] as const) {
      dataSource.createResolver(`${typeName}-${fieldName}`, {
        typeName,
        fieldName,
        runtime: FunctionRuntime.JS_1_0_0,
        code: Code.fromInline(RESOLVER),
      });
    }
  }
}
