import {
  ListPoliciesGrantingServiceAccess$,
  type ListPoliciesGrantingServiceAccessRequest,
  type ListPoliciesGrantingServiceAccessResponse,
  type PolicyGrantingServiceAccess,
  type PolicyOwnerEntityType,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { grantsService } from '../service-access';
import { loadSourcePolicies, requireSourceEntity, type SourcePolicy } from '../source-policies';
import { onSource } from '../source-targets';

const listPoliciesGrantingServiceAccess: Operation<
  ListPoliciesGrantingServiceAccessRequest,
  ListPoliciesGrantingServiceAccessResponse
> = {
  name: 'ListPoliciesGrantingServiceAccess',
  schema: ListPoliciesGrantingServiceAccess$,
  accessLevel: 'List',
  route: 'GET /service-access/{Arn}/policies',
  authorization: onSource('iam:ListPoliciesGrantingServiceAccess', (input) => input.Arn),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const entity = await requireSourceEntity(call, input.Arn);
    const { identity } = await loadSourcePolicies(call, entity);
    const namespaces = [...new Set(input.ServiceNamespaces)];
    const entries = namespaces.map((ServiceNamespace, index) => ({
      index,
      ServiceNamespace,
      Policies: identity
        .filter(({ document }) => grantsService(document, ServiceNamespace.toLowerCase()))
        .map(viewPolicy),
    }));
    const { rows, end } = await takePageOf(call, { Marker: input.Marker }, entries, ({ index }) =>
      String(index).padStart(3, '0'),
    );
    return {
      PoliciesGrantingServiceAccess: rows.map(({ ServiceNamespace, Policies }) => ({
        ServiceNamespace,
        Policies,
      })),
      ...end,
    };
  },
};

/** A managed policy is told by its ARN, an inline one by what it hangs under. */
function viewPolicy({ name, arn, owner }: SourcePolicy): PolicyGrantingServiceAccess {
  return arn === undefined
    ? {
        PolicyName: name,
        PolicyType: 'INLINE',
        EntityType: owner.kind.toUpperCase() as PolicyOwnerEntityType,
        EntityName: owner.name,
      }
    : { PolicyName: name, PolicyType: 'MANAGED', PolicyArn: arn };
}

export const serviceAccessOperations: readonly AnyOperation[] = [listPoliciesGrantingServiceAccess];
