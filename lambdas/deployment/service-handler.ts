import { DynamoDbStore } from '../store/dynamodb-store';
import { createCustomResource } from './custom-resource';
import { requireVariable } from './environment';
import { registerService, type ServiceRegistrationOptions } from './service-registration';

let options: ServiceRegistrationOptions | undefined;

/** The function of `Custom::PortcullisServiceDefinition` and `Custom::PortcullisServicePolicy`. */
export const handler = createCustomResource({
  run: async (event) => {
    options ??= {
      store: new DynamoDbStore({
        identitiesTable: requireVariable(process.env, 'IDENTITIES_TABLE'),
        policiesTable: requireVariable(process.env, 'POLICIES_TABLE'),
      }),
      now: Date.now,
    };
    return registerService(options, event);
  },
});
