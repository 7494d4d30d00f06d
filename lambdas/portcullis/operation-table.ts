import { OperationTable } from '../operations/operation-table';
import { serviceDefinitionOperations } from './operations/service-definitions';
import { servicePolicyOperations } from './operations/service-policies';

/** What AWS has no operations for: a team's own services. */
export const PORTCULLIS_OPERATIONS = new OperationTable('portcullis', [
  ...serviceDefinitionOperations,
  ...servicePolicyOperations,
]);
