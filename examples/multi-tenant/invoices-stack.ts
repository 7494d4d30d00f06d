import path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  AccessLog,
  DenialResponses,
  PortcullisAuthorizer,
  PortcullisFunction,
  ServiceDefinition,
} from '../../lib';
import type { Route } from '../../lib';

/** Properties of {@link InvoicesStack}. */
export interface InvoicesStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
}

const TENANT = 'arn:${Partition}:invoices:${Region}:${Account}:tenant';
const INVOICES = '/tenants/{tenant}/invoices';

/** The tenant is a part of each resource, and a condition key beside it. */
const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: INVOICES,
    action: 'invoices:ListInvoices',
    resource: `${TENANT}/{tenant}/invoice/`,
  },
  {
    method: 'GET',
    path: `${INVOICES}/{invoiceId}`,
    action: 'invoices:GetInvoice',
    resource: `${TENANT}/{tenant}/invoice/{invoiceId}`,
  },
  {
    method: 'PUT',
    path: `${INVOICES}/{invoiceId}`,
    action: 'invoices:WriteInvoice',
    resource: `${TENANT}/{tenant}/invoice/{invoiceId}`,
  },
].map((route) => ({ ...route, contextKeys: { 'invoices:Tenant': 'path.tenant' } }));

/** An API whose paths name the tenant that they are about. */
export class InvoicesStack extends Stack {
  constructor(scope: Construct, id: string, props: InvoicesStackProps) {
    super(scope, id, props);
    const authorizer = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
    });
    const restApi = this.createRestApi(authorizer);
    new DenialResponses(this, 'DenialResponses', { restApi });
    new ServiceDefinition(this, 'Service', {
      authorizer,
      service: 'invoices',
      actions: [
        { name: 'ListInvoices', accessLevel: 'List', resourceTypes: ['invoice'] },
        { name: 'GetInvoice', accessLevel: 'Read', resourceTypes: ['invoice'] },
        { name: 'WriteInvoice', accessLevel: 'Write', resourceTypes: ['invoice'] },
      ],
      resourceTypes: [{ name: 'invoice', arn: `${TENANT}/\${Tenant}/invoice/\${InvoiceId}` }],
      conditionKeys: [{ name: 'invoices:Tenant', type: 'String' }],
      api: { restApi, routes: ROUTES },
    });
    new CfnOutput(this, 'TenantsUrl', { value: restApi.urlForPath('/tenants') });
  }

  private createRestApi(authorizer: PortcullisAuthorizer): RestApi {
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
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
      defaultIntegration: new LambdaIntegration(this.createFunction(), { allowTestInvoke: false }),
    });
    restApi.node.tryRemoveChild('Endpoint');
    for (const { method = '', path: route = '' } of ROUTES) {
      restApi.root.resourceForPath(route).addMethod(method);
    }
    Validations.of(restApi).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-COG4', reason: 'Portcullis guards every method.' },
      { id: 'AwsSolutions::AwsSolutions-APIG2', reason: 'The function takes no body.' },
      { id: 'AwsSolutions::AwsSolutions-APIG3', reason: 'An example has no web ACL.' },
    );
    return restApi;
  }

  private createFunction(): IFunction {
    return new PortcullisFunction(this, 'Function', {
      entry: path.join(__dirname, 'handler.ts'),
      description: 'Invoices example',
      timeout: Duration.seconds(10),
      memorySize: 256,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }
}
