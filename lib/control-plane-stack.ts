import { CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AuthorizationType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { STAGE_NAME, createAdminApi } from './admin-api';
import type { AdminApiOptions } from './admin-api';
import type { AdminDomain } from './admin-domain';
import { functionOptions } from './function-options';
import { PortcullisFunction, lambdaEntry } from './portcullis-function';
import { SamlVerification } from './saml-verification';
import {
  createSecret,
  keepAwsPolicies,
  noteUsage,
  readAndPutSecret,
  readAndWriteTables,
  readTables,
  sealAndOpen,
  storeEnvironment,
  openSealed,
} from './store-access';
import type { StoreResources } from './store-access';
import { requireAccountId } from './validation';
import { WorkloadCredentials } from './workload-credentials';

/** Properties of {@link ControlPlaneStack}. */
export interface ControlPlaneStackProps extends StackProps, AdminApiOptions {
  /** The tables and the key. */
  readonly store: StoreResources;
  /** Where the root user's access key is kept. */
  readonly rootCredentialsSecret: ISecret;
  /**
   * The twelve digits in the ARNs of users and policies.
   *
   * @default - the AWS account that the stack is deployed to
   */
  readonly accountId?: string;
  /**
   * The pages on which people sign in, e.g. `https://console.example.com`; the first one's host is what passkeys are bound to.
   *
   * @default - none: there are no passkeys, and no other page's scripts may call `/signin`
   */
  readonly signInOrigins?: readonly string[];
  /**
   * Concurrent executions set aside for each of the services.
   *
   * @default - the account's, shared
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * What SAML identity providers make assertions for, as audience and as recipient.
   *
   * @default - the URL of the admin API with `/saml` behind it
   */
  readonly samlAudience?: string;
}

/**
 * The administrators' API: IAM at `/iam`, STS at `/sts`, in AWS's own protocol, signing in at `/signin`, Portcullis's own operations at
 * `/portcullis`, decisions at `/access`, and the account with its root user.
 */
export class ControlPlaneStack extends Stack {
  readonly restApi: RestApi;
  readonly iamFunction: IFunction;
  readonly stsFunction: IFunction;
  readonly signInFunction: IFunction;
  /** What AWS has no operations for: the services of a team, and decisions about them. */
  readonly portcullisFunction: IFunction;
  /** Gives workloads the credentials of their roles; no API calls it. */
  readonly workloadFunction: IFunction;
  /** Clients put `/iam`, `/sts` or `/portcullis` behind it. */
  readonly adminEndpointUrl: string;

  constructor(scope: Construct, id: string, props: ControlPlaneStackProps) {
    super(scope, id, props);
    if (props.accountId !== undefined) requireAccountId('accountId', props.accountId);

    this.restApi = createAdminApi(this, props);
    this.adminEndpointUrl = this.urlOf(props.domain);
    this.iamFunction = this.createIamFunction(props);
    this.stsFunction = this.createStsFunction(props);
    this.signInFunction = this.createSignInFunction(props);
    this.portcullisFunction = this.createPortcullisFunction(props);
    this.workloadFunction = this.createWorkloadFunction(props);
    this.addService('iam', this.iamFunction);
    this.addService('sts', this.stsFunction);
    this.addService('signin', this.signInFunction);
    this.addService('portcullis', this.portcullisFunction);
    this.addDecisions(this.portcullisFunction);
    this.addIssuerDocuments(props);
    this.createAccount(props);

    new CfnOutput(this, 'AdminEndpointUrl', {
      description: 'Put /iam behind it for AWS_ENDPOINT_URL_IAM, /sts for AWS_ENDPOINT_URL_STS',
      value: this.adminEndpointUrl,
    });
  }

  private createIamFunction(props: ControlPlaneStackProps): IFunction {
    const { store } = props;
    return new PortcullisFunction(this, 'Iam', {
      entry: lambdaEntry('iam/handler.ts'),
      description: 'Portcullis: the IAM API',
      statements: [
        readAndWriteTables(store.identitiesTable, store.policiesTable),
        sealAndOpen(store.key),
      ],
      environment: this.functionEnvironment(store),
      timeout: Duration.seconds(15),
      memorySize: 1024,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      ...functionOptions(props),
    }).function;
  }

  /** The default names the API alone: its stage comes after the functions that it calls. */
  private createSamlVerification(props: ControlPlaneStackProps): SamlVerification {
    const audience = props.samlAudience ?? `${this.adminEndpointUrl}/saml`;
    new CfnOutput(this, 'SamlAudience', {
      description: 'Audience and recipient of the assertions that identity providers make',
      value: audience,
    });
    return new SamlVerification(this, 'SamlVerification', {
      store: props.store,
      audience,
      ...functionOptions(props),
    });
  }

  private createStsFunction(props: ControlPlaneStackProps): IFunction {
    const { store } = props;
    const saml = this.createSamlVerification(props);
    return new PortcullisFunction(this, 'Sts', {
      entry: lambdaEntry('sts/handler.ts'),
      description: 'Portcullis: the STS API',
      statements: [
        // One-time codes are used up, and uses are noted.
        readAndWriteTables(store.identitiesTable),
        readTables(store.policiesTable),
        // A policy that AWS manages gets its row when a session is first limited by it.
        keepAwsPolicies(store.policiesTable),
        // The token of a session is sealed with the newest data key.
        sealAndOpen(store.key),
        saml.invocation,
      ],
      environment: {
        ...this.functionEnvironment(store),
        SAML_FUNCTION_ARN: saml.function.functionArn,
      },
      // The Lambda client loads it for operations that stream, of which none is called.
      loadedModules: ['@smithy/core/event-streams'],
      timeout: Duration.seconds(10),
      memorySize: 1024,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      ...functionOptions(props),
    }).function;
  }

  private createWorkloadFunction(props: ControlPlaneStackProps): IFunction {
    const { function: workloadFunction } = new WorkloadCredentials(this, 'WorkloadCredentials', {
      store: props.store,
      ...functionOptions(props),
    });
    new CfnOutput(this, 'WorkloadFunctionArn', {
      description: 'Workloads are given the credentials of their roles by this function',
      value: workloadFunction.functionArn,
    });
    return workloadFunction;
  }

  private createPortcullisFunction(props: ControlPlaneStackProps): IFunction {
    const { store } = props;
    return new PortcullisFunction(this, 'Portcullis', {
      entry: lambdaEntry('portcullis/handler.ts'),
      description: 'Portcullis: the API of services and decisions',
      statements: [
        readTables(store.identitiesTable),
        ...noteUsage(store.identitiesTable),
        readAndWriteTables(store.policiesTable),
        openSealed(store.key),
      ],
      environment: this.functionEnvironment(store),
      timeout: Duration.seconds(10),
      memorySize: 1024,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      ...functionOptions(props),
    }).function;
  }

  private functionEnvironment(store: StoreResources): Record<string, string> {
    // The stage by its name alone: the functions are part of what it deploys.
    return { ...storeEnvironment(store), ADMIN_ENDPOINT_URL: this.adminEndpointUrl };
  }

  private urlOf(domain: AdminDomain | undefined): string {
    return domain === undefined
      ? `https://${this.restApi.restApiId}.execute-api.${this.region}.${this.urlSuffix}/${STAGE_NAME}`
      : `https://${domain.domainName}`;
  }

  /** Public: whoever is shown a token of this deployment reads here whose it is, and checks it with these keys. */
  private addIssuerDocuments(props: ControlPlaneStackProps): void {
    const { store } = props;
    const handler = new PortcullisFunction(this, 'Issuer', {
      entry: lambdaEntry('issuer/handler.ts'),
      description: 'Portcullis: the public documents of the issuers of tokens',
      statements: [readTables(store.identitiesTable), openSealed(store.key)],
      environment: this.functionEnvironment(store),
      timeout: Duration.seconds(5),
      memorySize: 512,
      ...functionOptions(props),
    });
    const integration = new LambdaIntegration(handler.function, { allowTestInvoke: false });
    const documents = this.restApi.root
      .addResource('issuers')
      .addResource('{issuerId}')
      .addResource('.well-known');
    for (const name of ['openid-configuration', 'jwks.json']) {
      documents
        .addResource(name)
        .addMethod('GET', integration, { authorizationType: AuthorizationType.NONE });
    }
  }

  private createSignInFunction(props: ControlPlaneStackProps): IFunction {
    const { store, signInOrigins = [] } = props;
    return new PortcullisFunction(this, 'SignIn', {
      entry: lambdaEntry('sign-in/handler.ts'),
      description: 'Portcullis: signing in with a password',
      statements: [
        readAndWriteTables(store.identitiesTable),
        readTables(store.policiesTable),
        sealAndOpen(store.key),
      ],
      environment: {
        ...storeEnvironment(store),
        SIGN_IN_ORIGINS: signInOrigins.join(','),
      },
      timeout: Duration.seconds(15),
      // Checking a password takes 32 MiB and as much processor time as there is.
      memorySize: 1769,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      ...functionOptions(props),
    }).function;
  }

  /** Every method of the path and of all below it goes to the function, which verifies the signature itself. */
  private addService(path: string, handler: IFunction): void {
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    const resource = this.restApi.root.addResource(path);
    for (const place of [resource, resource.addResource('{proxy+}')]) {
      place.addMethod('ANY', integration, { authorizationType: AuthorizationType.NONE });
    }
  }

  /** The paths that OpenID AuthZEN gives decisions, and the public document that says so. */
  private addDecisions(handler: IFunction): void {
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    const options = { authorizationType: AuthorizationType.NONE };
    const { root } = this.restApi;
    root.addResource('access').addResource('{proxy+}').addMethod('ANY', integration, options);
    root
      .addResource('.well-known')
      .addResource('authzen-configuration')
      .addMethod('GET', integration, options);
  }

  private createAccount(props: ControlPlaneStackProps): void {
    const { store, rootCredentialsSecret } = props;
    // A secret that is known by its name alone is nobody's yet.
    const isMadeByTemplate = rootCredentialsSecret.secretFullArn !== undefined;
    const handler = new PortcullisFunction(this, 'AccountHandler', {
      entry: lambdaEntry('deployment/account-handler.ts'),
      description:
        'Portcullis: makes the account and its root access key when the stack is deployed',
      statements: [
        readAndWriteTables(store.identitiesTable),
        sealAndOpen(store.key),
        readAndPutSecret(rootCredentialsSecret),
        ...(isMadeByTemplate ? [] : [createSecret(rootCredentialsSecret)]),
      ],
      environment: storeEnvironment(store),
      timeout: Duration.seconds(60),
      memorySize: 512,
      ...functionOptions(props),
    });
    new CustomResource(this, 'Account', {
      resourceType: 'Custom::PortcullisAccount',
      serviceToken: handler.function.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: {
        AccountId: props.accountId ?? this.account,
        SecretArn: rootCredentialsSecret.secretArn,
        ...(isMadeByTemplate ? {} : { SecretName: rootCredentialsSecret.secretName }),
      },
    });
  }
}
