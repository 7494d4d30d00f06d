import { OperationTable } from '../operations/operation-table';
import { identityOperations } from './operations/identity';
import { outboundTokenOperations } from './operations/outbound-tokens';
import { delegationOperations } from './operations/delegation';
import { roleOperations } from './operations/roles';
import { samlOperations } from './operations/saml';
import { webIdentityOperations } from './operations/web-identity';
import { userSessionOperations } from './operations/user-sessions';

/** Everything that STS does here, in the order of the documents. */
export const STS_OPERATIONS = new OperationTable('sts', [
  ...identityOperations,
  ...roleOperations,
  ...samlOperations,
  ...webIdentityOperations,
  ...outboundTokenOperations,
  ...userSessionOperations,
  ...delegationOperations,
]);
