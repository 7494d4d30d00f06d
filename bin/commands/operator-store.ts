import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DataKeys } from '../../lambdas/credentials/data-key';
import { createKmsKeyEncryption } from '../../lambdas/credentials/kms-key-encryption';
import { scanTable } from '../../lambdas/store/dynamodb-scan';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import type { Item, Store } from '../../lambdas/store/store';

/** A deployment's store, opened with an operator's own AWS credentials. */
export interface OperatorStore {
  readonly store: Store;
  readonly dataKeys: DataKeys;
  readonly listItems: () => AsyncGenerator<Item>;
  readonly close: () => void;
}

/**
 * The store that the environment names, as a function's does: IDENTITIES_TABLE, POLICIES_TABLE, KMS_KEY_ID, and AWS's own variables.
 *
 * Errors: Error where a variable is missing.
 */
export function openOperatorStore(environment: NodeJS.ProcessEnv): OperatorStore {
  const tables = {
    identities: requireVariable(environment, 'IDENTITIES_TABLE'),
    policies: requireVariable(environment, 'POLICIES_TABLE'),
  };
  const keyEncryption = createKmsKeyEncryption(requireVariable(environment, 'KMS_KEY_ID'));
  const store = new DynamoDbStore({
    identitiesTable: tables.identities,
    policiesTable: tables.policies,
  });
  const client = new DynamoDBClient();
  return {
    store,
    dataKeys: new DataKeys({ store, keyEncryption, clock: Date.now }),
    listItems: async function* () {
      yield* scanTable(client, 'identities', tables.identities, Date.now);
      yield* scanTable(client, 'policies', tables.policies, Date.now);
    },
    close: () => {
      client.destroy();
      store.close();
    },
  };
}

function requireVariable(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new Error(`set ${name}: the deployment's stacks give it as an output`);
  }
  return value;
}
