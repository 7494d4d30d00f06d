import {
  DisableOrganizationsRootCredentialsManagement$,
  DisableOrganizationsRootSessions$,
  EnableOrganizationsRootCredentialsManagement$,
  EnableOrganizationsRootSessions$,
  GenerateOrganizationsAccessReport$,
  GetOrganizationsAccessReport$,
  ListOrganizationsFeatures$,
  type GenerateOrganizationsAccessReportRequest,
  type GenerateOrganizationsAccessReportResponse,
  type GetOrganizationsAccessReportRequest,
  type GetOrganizationsAccessReportResponse,
  type ListOrganizationsFeaturesRequest,
  type ListOrganizationsFeaturesResponse,
} from '@aws-sdk/client-iam';
import type { ConditionContext } from '../../core/request-context';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { onEverything } from '../targets';

/*
 * What IAM does for the management account of an organization. An account here is in none, and is answered as AWS answers such an
 * account.
 */

type FeatureOperation = Operation<
  ListOrganizationsFeaturesRequest,
  ListOrganizationsFeaturesResponse
>;

/** The five operations take nothing and answer alike. */
function featureOperation(
  row: Pick<FeatureOperation, 'name' | 'schema' | 'accessLevel' | 'route' | 'errors'>,
): FeatureOperation {
  return {
    ...row,
    authorization: onEverything(`iam:${row.name}`),
    run: () =>
      Promise.reject(
        new IamError(
          'OrganizationNotFoundException',
          'The request was rejected because no organization is associated with your account.',
        ),
      ),
  };
}

const FEATURE_ERRORS = [
  'AccountNotManagementOrDelegatedAdministratorException',
  'OrganizationNotFoundException',
  'OrganizationNotInAllFeaturesModeException',
  'ServiceAccessNotEnabledException',
] as const;

const ENABLING_ERRORS = [...FEATURE_ERRORS, 'CallerIsNotManagementAccountException'] as const;

const CREDENTIALS_ROUTE = '/organizations/features/root-credentials-management';
const SESSIONS_ROUTE = '/organizations/features/root-sessions';

const featureOperations: readonly FeatureOperation[] = [
  featureOperation({
    name: 'ListOrganizationsFeatures',
    schema: ListOrganizationsFeatures$,
    accessLevel: 'List',
    route: 'GET /organizations/features',
    errors: FEATURE_ERRORS,
  }),
  featureOperation({
    name: 'EnableOrganizationsRootCredentialsManagement',
    schema: EnableOrganizationsRootCredentialsManagement$,
    accessLevel: 'Write',
    route: `PUT ${CREDENTIALS_ROUTE}`,
    errors: ENABLING_ERRORS,
  }),
  featureOperation({
    name: 'DisableOrganizationsRootCredentialsManagement',
    schema: DisableOrganizationsRootCredentialsManagement$,
    accessLevel: 'Write',
    route: `DELETE ${CREDENTIALS_ROUTE}`,
    errors: FEATURE_ERRORS,
  }),
  featureOperation({
    name: 'EnableOrganizationsRootSessions',
    schema: EnableOrganizationsRootSessions$,
    accessLevel: 'Write',
    route: `PUT ${SESSIONS_ROUTE}`,
    errors: ENABLING_ERRORS,
  }),
  featureOperation({
    name: 'DisableOrganizationsRootSessions',
    schema: DisableOrganizationsRootSessions$,
    accessLevel: 'Write',
    route: `DELETE ${SESSIONS_ROUTE}`,
    errors: FEATURE_ERRORS,
  }),
];

const generateOrganizationsAccessReport: Operation<
  GenerateOrganizationsAccessReportRequest,
  GenerateOrganizationsAccessReportResponse
> = {
  name: 'GenerateOrganizationsAccessReport',
  schema: GenerateOrganizationsAccessReport$,
  accessLevel: 'Read',
  route: 'POST /organizations/access-reports',
  authorization: {
    action: 'iam:GenerateOrganizationsAccessReport',
    resourceType: 'access-report',
    resources: ({ EntityPath }, { partition, accountId }) => [
      `arn:${partition}:iam::${accountId}:access-report/${EntityPath}`,
    ],
    conditionKeys: ['iam:OrganizationsPolicyId'],
    context: ({ OrganizationsPolicyId: id }): ConditionContext =>
      id === undefined ? {} : { 'iam:OrganizationsPolicyId': id },
  },
  errors: ['AccessDenied', 'ReportGenerationLimitExceeded'],
  // Any organization is somebody else's, for which AWS refuses at once.
  run: ({ EntityPath }, { accountId }) =>
    Promise.reject(
      new IamError(
        'AccessDenied',
        `Account ${accountId} is not the management account of the organization ${EntityPath.split('/', 1).join('')}.`,
      ),
    ),
};

const getOrganizationsAccessReport: Operation<
  GetOrganizationsAccessReportRequest,
  GetOrganizationsAccessReportResponse
> = {
  name: 'GetOrganizationsAccessReport',
  schema: GetOrganizationsAccessReport$,
  accessLevel: 'Read',
  route: 'GET /organizations/access-reports/{JobId}',
  authorization: onEverything('iam:GetOrganizationsAccessReport'),
  errors: ['NoSuchEntity'],
  run: ({ JobId }) =>
    Promise.reject(new IamError('NoSuchEntity', `The job with id ${JobId} cannot be found.`)),
};

export const organizationsFeatureOperations: readonly AnyOperation[] = [
  ...featureOperations,
  generateOrganizationsAccessReport,
  getOrganizationsAccessReport,
];
