import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionOptions } from './function-options';
import { PortcullisFunction, lambdaEntry } from './portcullis-function';
import { openSealed, putItems, readTables, storeEnvironment } from './store-access';
import type { StoreResources } from './store-access';

/** Properties of {@link SamlVerification}. */
export interface SamlVerificationProps extends FunctionOptions {
  /** The tables and the key. */
  readonly store: StoreResources;
  /** What identity providers make assertions for: the audience, and the recipient. */
  readonly audience: string;
}

/**
 * The function that verifies SAML responses, called by the STS function alone. XML signatures are checked where no credentials
 * can be made.
 */
export class SamlVerification extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: SamlVerificationProps) {
    super(scope, id);
    const { store, audience, ...functionOptions } = props;
    this.function = new PortcullisFunction(this, 'Saml', {
      entry: lambdaEntry('saml/handler.ts'),
      description: 'Portcullis: verifies SAML responses',
      statements: [
        readTables(store.identitiesTable),
        putItems(store.identitiesTable),
        openSealed(store.key),
      ],
      environment: { ...storeEnvironment(store), SAML_AUDIENCE: audience },
      timeout: Duration.seconds(8),
      memorySize: 512,
      ...functionOptions,
    }).function;
  }

  /** What a function needs to ask. */
  get invocation(): PolicyStatement {
    return new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.function.functionArn],
    });
  }
}
