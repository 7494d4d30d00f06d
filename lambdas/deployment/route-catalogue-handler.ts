import { DynamoDbStore } from '../store/dynamodb-store';
import { createCustomResource } from './custom-resource';
import { requireVariable } from './environment';
import { registerRouteCatalogue } from './route-catalogue-registration';

let store: DynamoDbStore | undefined;

/** The function of `Custom::PortcullisRouteCatalogue`: which action and resource each route of an API is. */
export const handler = createCustomResource({
  run: async (event) => {
    store ??= new DynamoDbStore({
      identitiesTable: requireVariable(process.env, 'IDENTITIES_TABLE'),
      policiesTable: requireVariable(process.env, 'POLICIES_TABLE'),
    });
    return registerRouteCatalogue(store, event);
  },
});
