import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionOptions } from './function-options';
import { PortcullisFunction, lambdaEntry } from './portcullis-function';
import { openSealed, readTables, storeEnvironment } from './store-access';
import type { StoreResources } from './store-access';

/** Properties of {@link WorkloadCredentials}. */
export interface WorkloadCredentialsProps extends FunctionOptions {
  /** The tables and the key. */
  readonly store: StoreResources;
}

/**
 * The function that gives workloads the credentials of their roles. No API calls it: whoever may invoke it is given every role
 * that trusts a service which runs workloads.
 */
export class WorkloadCredentials extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: WorkloadCredentialsProps) {
    super(scope, id);
    const { store, ...functionOptions } = props;
    this.function = new PortcullisFunction(this, 'Workload', {
      entry: lambdaEntry('sts/workload-handler.ts'),
      description: 'Portcullis: gives workloads the credentials of their roles',
      statements: [readTables(store.identitiesTable), openSealed(store.key)],
      environment: storeEnvironment(store),
      timeout: Duration.seconds(8),
      memorySize: 512,
      ...functionOptions,
    }).function;
  }
}
