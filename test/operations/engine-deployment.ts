import { IAMClient } from '@aws-sdk/client-iam';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import { Engine } from '../../local/dynamodb/engine';
import {
  clientOptions,
  createTables,
  IDENTITIES_TABLE,
  POLICIES_TABLE,
} from '../contract/dynamodb-engine';
import { connectToEngine, connectToService, type StoreRequest } from '../harness/in-process';
import type { FailureEntry } from '../../lambdas/operations/service';
import type { Json } from '../../local/dynamodb/operations';
import { deployAdmin, ROOT } from './deployment';

/** The IAM function on the DynamoDB store and the embedded engine, all in this process and without a network. */
export interface EngineDeployment {
  readonly store: DynamoDbStore;
  /** A client of the root user. */
  readonly iam: () => IAMClient;
  /** What the function said about faults of its own. */
  readonly failures: readonly FailureEntry[];
  readonly close: () => Promise<void>;
}

/** `intercept` may answer a request of the store in the engine's place, once the account is there. */
export async function deployOnEngine(
  intercept: (request: StoreRequest) => Json | undefined = () => undefined,
): Promise<EngineDeployment> {
  const engine = await Engine.open(undefined);
  let isReady = false;
  const options = {
    ...clientOptions('http://127.0.0.1:1'),
    requestHandler: connectToEngine(engine, (request) =>
      isReady ? intercept(request) : undefined,
    ),
  };
  await createTables(options);
  const store = new DynamoDbStore({
    identitiesTable: IDENTITIES_TABLE,
    policiesTable: POLICIES_TABLE,
    client: options,
  });
  const admin = await deployAdmin({ rows: store, intercept: () => store });
  isReady = true;
  const requestHandler = connectToService((request) => admin.handle('iam', request));
  return {
    store,
    iam: () =>
      new IAMClient({
        endpoint: 'http://127.0.0.1:1/iam',
        region: 'us-east-1',
        credentials: ROOT,
        maxAttempts: 1,
        requestHandler,
      }),
    failures: admin.failures,
    close: async () => {
      await admin.close();
      store.close();
      await engine.close();
    },
  };
}
