import path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { MethodOptions } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { KeptAnswers } from '../answer-cache';
import {
  AccessLog,
  DenialResponses,
  PortcullisAuthorizer,
  PortcullisFunction,
  ServiceDefinition,
} from '../../lib';

/** Properties of {@link ParcelsStack}. */
export interface ParcelsStackProps extends StackProps {
  /** The prefix of the Portcullis deployment that guards the API. */
  readonly portcullisPrefix: string;
  /**
   * Whether the gateway keeps answers.
   *
   * @default - it keeps none
   */
  readonly keptAnswers?: KeptAnswers;
}

const PARCEL = 'arn:${Partition}:parcels:${Region}:${Account}:parcel';

/** A REST API that another team has had for years. What is marked with a number makes it a guarded one. */
export class ParcelsStack extends Stack {
  constructor(scope: Construct, id: string, props: ParcelsStackProps) {
    super(scope, id, props);
    const portcullis = PortcullisAuthorizer.fromExports(this, 'Portcullis', {
      prefix: props.portcullisPrefix,
      answerCache: props.keptAnswers?.answerCache,
    });
    // 1. The authorizer, for every method.
    const restApi = this.createRestApi({
      authorizer: portcullis.forRestApi('RestApi', { cacheTtl: props.keptAnswers?.cacheTtl }),
    });
    // 2. AWS's words and status codes for whoever may not.
    new DenialResponses(this, 'DenialResponses', { restApi });
    // 3. What the API can be asked for.
    this.define(portcullis, restApi, props.keptAnswers !== undefined);
    new CfnOutput(this, 'ParcelsUrl', { value: restApi.urlForPath('/parcels') });
  }

  private define(authorizer: PortcullisAuthorizer, restApi: RestApi, isKept: boolean): void {
    // A kept answer is for calls with any header, so that none can be looked at.
    const contextKeys = isKept ? undefined : { 'parcels:Channel': 'header.x-channel' };
    new ServiceDefinition(this, 'Service', {
      authorizer,
      service: 'parcels',
      actions: [
        { name: 'ListParcels', accessLevel: 'List' },
        { name: 'GetParcel', accessLevel: 'Read', resourceTypes: ['parcel'] },
        { name: 'ChangeAddress', accessLevel: 'Write', resourceTypes: ['parcel'] },
      ],
      resourceTypes: [{ name: 'parcel', arn: `${PARCEL}/\${ParcelId}` }],
      conditionKeys: [{ name: 'parcels:Channel', type: 'String' }],
      api: {
        restApi,
        routes: [
          { method: 'GET', path: '/parcels', action: 'parcels:ListParcels', resource: '*' },
          {
            method: 'GET',
            path: '/parcels/{parcelId}',
            action: 'parcels:GetParcel',
            resource: `${PARCEL}/{parcelId}`,
            contextKeys,
          },
          {
            method: 'PUT',
            path: '/parcels/{parcelId}/address',
            action: 'parcels:ChangeAddress',
            resource: `${PARCEL}/{parcelId}`,
            contextKeys,
          },
        ],
      },
    });
  }

  private createRestApi(defaultMethodOptions: MethodOptions): RestApi {
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
      defaultMethodOptions,
      defaultIntegration: new LambdaIntegration(this.createFunction(), { allowTestInvoke: false }),
    });
    restApi.node.tryRemoveChild('Endpoint');
    const parcels = restApi.root.addResource('parcels');
    parcels.addMethod('GET');
    const parcel = parcels.addResource('{parcelId}');
    parcel.addMethod('GET');
    parcel.addResource('address').addMethod('PUT');
    Validations.of(restApi).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-COG4', reason: 'Portcullis guards every method.' },
      {
        id: 'AwsSolutions::AwsSolutions-APIG2',
        reason: 'The function reads the one body that there is strictly.',
      },
      { id: 'AwsSolutions::AwsSolutions-APIG3', reason: 'An example has no web ACL.' },
    );
    return restApi;
  }

  private createFunction(): IFunction {
    return new PortcullisFunction(this, 'Function', {
      entry: path.join(__dirname, 'handler.ts'),
      description: 'Parcels example',
      timeout: Duration.seconds(10),
      memorySize: 256,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    }).function;
  }
}
