import { Validations } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { EndpointType, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AccessLog, GatewayLogging } from './access-log';
import { AdminDomainName } from './admin-domain';
import type { AdminDomain } from './admin-domain';
import type { ObservationOptions } from './function-options';
import { QueryErrorResponses } from './query-error-responses';
import { removalPolicyOf } from './removal';
import type { SandboxOption } from './removal';
import { requireWholeNumber } from './validation';
import { AdminWebAcl } from './web-acl';

/** How the administrators' API is served. */
export interface AdminApiOptions extends SandboxOption, ObservationOptions {
  /**
   * Requests in a second that the API answers, over all clients.
   *
   * @default 100
   */
  readonly throttlingRateLimit?: number;
  /**
   * Requests at the same moment that the API answers, over all clients.
   *
   * @default 200
   */
  readonly throttlingBurstLimit?: number;
  /**
   * Whether this stack sets the role through which API Gateway writes logs in this account and region.
   * Without that role, made here or elsewhere, the stack cannot be deployed.
   *
   * @default true
   */
  readonly gatewayLogging?: boolean;
  /**
   * A name of one's own for the API, at which alone it then answers.
   *
   * @default - the name that API Gateway gives it
   */
  readonly domain?: AdminDomain;
  /**
   * Whether a web ACL stands before the API; the ARN of one of one's own, or true for one that is made. Costs by the month.
   *
   * @default false
   */
  readonly webAcl?: boolean | string;
}

/** The API's one stage. */
export const STAGE_NAME = 'v1';

/** The API in this stack, without any path yet. */
export function createAdminApi(stack: Stack, props: AdminApiOptions): RestApi {
  const throttlingRateLimit = props.throttlingRateLimit ?? 100;
  const throttlingBurstLimit = props.throttlingBurstLimit ?? 200;
  requireWholeNumber('throttlingRateLimit', throttlingRateLimit, 1, 10_000);
  requireWholeNumber('throttlingBurstLimit', throttlingBurstLimit, 1, 5_000);
  const accessLog = new AccessLog(stack, 'AccessLog', {
    retention: props.logRetention,
    removalPolicy: removalPolicyOf(props),
    tracing: props.tracing,
  });
  const restApi = new RestApi(stack, 'AdminApi', {
    restApiName: `${stack.stackName}-Admin`,
    description: 'Portcullis: the IAM and STS APIs',
    // Regional: the host and path that the client signed are those that arrive.
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: false,
    ...(props.domain === undefined ? {} : { disableExecuteApiEndpoint: true }),
    deployOptions: {
      stageName: STAGE_NAME,
      throttlingRateLimit,
      throttlingBurstLimit,
      ...accessLog.stageOptions,
    },
  });
  // AdminEndpointUrl says the same under a name that a script can rely on.
  restApi.node.tryRemoveChild('Endpoint');
  if (props.gatewayLogging !== false) {
    restApi.deploymentStage.node.addDependency(new GatewayLogging(stack, 'GatewayLogging'));
  }
  new QueryErrorResponses(stack, 'QueryErrorResponses', { restApi });
  if (props.domain !== undefined)
    new AdminDomainName(stack, 'AdminDomain', { restApi, ...props.domain });
  const { webAcl = false } = props;
  if (webAcl !== false) {
    new AdminWebAcl(stack, 'AdminWebAcl', {
      restApi,
      ...(webAcl === true ? {} : { webAclArn: webAcl }),
    });
  }
  acknowledgeAdminApi(restApi);
  if (props.tracing === false) {
    Validations.of(restApi).acknowledge({
      id: 'Serverless::Serverless-APIGWXrayEnabled',
      reason: 'Whoever deploys has switched traces off; the access log says what happened.',
    });
  }
  return restApi;
}

function acknowledgeAdminApi(restApi: RestApi): void {
  const inTheFunction =
    "A gateway authorizer never sees the body that AWS's clients sign: each request is verified and authorized in the function, which refuses whatever it cannot verify.";
  Validations.of(restApi).acknowledge(
    { id: 'AwsSolutions::AwsSolutions-APIG4', reason: inTheFunction },
    { id: 'AwsSolutions::AwsSolutions-COG4', reason: inTheFunction },
    {
      id: 'AwsSolutions::AwsSolutions-APIG2',
      reason:
        'The body is a form of the Query protocol, which a JSON schema cannot describe; the function validates it with the errors that AWS clients expect.',
    },
    {
      id: 'AwsSolutions::AwsSolutions-APIG3',
      reason:
        'Every request must be signed, or carry a proof whose wrong guesses are counted, and the stage is throttled; a web ACL costs by the month and is the choice of whoever deploys.',
    },
  );
}
