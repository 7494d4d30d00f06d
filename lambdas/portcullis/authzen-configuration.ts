import type { PublicDocuments } from '../operations/operation-table';

/**
 * Where the decisions are asked for. There is no search of subjects and actions.
 *
 * Source: https://openid.net/specs/authorization-api-1_0.html#name-policy-decision-point-metad
 */
export const AUTHZEN_DOCUMENTS: PublicDocuments = {
  '.well-known/authzen-configuration': ({ adminEndpointUrl }) => ({
    policy_decision_point: adminEndpointUrl,
    access_evaluation_endpoint: `${adminEndpointUrl}/access/v1/evaluation`,
    access_evaluations_endpoint: `${adminEndpointUrl}/access/v1/evaluations`,
  }),
};
