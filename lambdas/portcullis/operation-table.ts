import { OperationTable } from '../operations/operation-table';
import { AUTHZEN_DOCUMENTS } from './authzen-configuration';
import { accessEvaluationOperations } from './operations/access-evaluations';
import { allowedResourceOperations } from './operations/allowed-resources';
import { serviceDefinitionOperations } from './operations/service-definitions';
import { servicePolicyOperations } from './operations/service-policies';

/** What AWS has no operations for: a team's own services, and decisions about them. */
export const PORTCULLIS_OPERATIONS = new OperationTable(
  'portcullis',
  [
    ...serviceDefinitionOperations,
    ...servicePolicyOperations,
    ...accessEvaluationOperations,
    ...allowedResourceOperations,
  ],
  AUTHZEN_DOCUMENTS,
);
