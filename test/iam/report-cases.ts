import {
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  FeatureDisabledException,
  FeatureEnabledException,
  GenerateCredentialReportCommand,
  GenerateServiceLastAccessedDetailsCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { HARMLESS, type Scenery } from '../operations/scenery';
import { ACCOUNT } from '../operations/deployment';
import type { MakeCase, OperationCase } from './operation-case';

const ID = 'dr-0123456789abcdef0';
const REQUEST_ARN = `arn:aws:iam::${ACCOUNT}:delegation-request/${ID}`;
const EVERY_REQUEST = `arn:aws:iam::${ACCOUNT}:delegation-request/*`;

/** A call that accounts here have not what it needs for; the words are tested where the features are. */
const refused =
  (input: object, resource: string, code: string): MakeCase =>
  () =>
    Promise.resolve({ input, resource, refused: code });

const noOrganization = refused({}, '*', 'OrganizationNotFoundException');

/** The account has one issuer for all cases. */
const federation =
  (wanted: 'on' | 'off'): MakeCase =>
  async ({ root }) => {
    const asked =
      wanted === 'on'
        ? new EnableOutboundWebIdentityFederationCommand({})
        : new DisableOutboundWebIdentityFederationCommand({});
    try {
      await root.send(asked);
    } catch (error) {
      if (!(error instanceof FeatureEnabledException || error instanceof FeatureDisabledException))
        throw error;
    }
    return { input: {}, resource: '*' };
  };

const noRequest = (input: object = { DelegationRequestId: ID }): MakeCase =>
  refused(input, REQUEST_ARN, 'NoSuchEntityException');

const ENTITY_PATH = 'o-exampleorgid/r-f6g7/ou-f6g7-12345678';
const JOB_ID = '01234567-89ab-cdef-0123-456789abcdef';

const QUESTION = { ActionNames: ['orders:GetOrder'] };

/** A report can be read by whoever asked for it. */
async function ownReport(scenery: Scenery, more: object = {}): Promise<OperationCase> {
  const caller = await scenery.caller({ Effect: 'Allow', Action: 'iam:*', Resource: '*' });
  const Arn = await scenery.policy();
  const { endpoint, region } = scenery.root.config;
  const client = new IAMClient({
    region,
    credentials: caller.credentials,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const { JobId } = await client.send(new GenerateServiceLastAccessedDetailsCommand({ Arn }));
  client.destroy();
  return { input: { JobId, ...more }, resource: '*', caller };
}

/** One call for each operation that tells of permissions and of their use. */
export const REPORT_CASES: Readonly<Record<string, MakeCase>> = {
  GetContextKeysForCustomPolicy: () =>
    Promise.resolve({ input: { PolicyInputList: [HARMLESS] }, resource: '*' }),
  GetContextKeysForPrincipalPolicy: async (scenery) => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/team/${await scenery.user()}`;
    return { input: { PolicySourceArn: arn }, resource: arn };
  },
  SimulateCustomPolicy: () =>
    Promise.resolve({ input: { ...QUESTION, PolicyInputList: [HARMLESS] }, resource: '*' }),
  SimulatePrincipalPolicy: async (scenery) => {
    const arn = `arn:aws:iam::${ACCOUNT}:group/team/${await scenery.group()}`;
    return { input: { ...QUESTION, PolicySourceArn: arn }, resource: arn };
  },
  GenerateCredentialReport: () => Promise.resolve({ input: {}, resource: '*' }),
  GetCredentialReport: async (scenery) => {
    await scenery.root.send(new GenerateCredentialReportCommand({}));
    return { input: {}, resource: '*' };
  },
  ListPoliciesGrantingServiceAccess: async (scenery) => {
    const Arn = `arn:aws:iam::${ACCOUNT}:user/team/${await scenery.user()}`;
    return { input: { Arn, ServiceNamespaces: ['orders'] }, resource: Arn };
  },
  GenerateServiceLastAccessedDetails: async (scenery) => {
    const Arn = await scenery.policy();
    return { input: { Arn }, resource: Arn };
  },
  GetServiceLastAccessedDetails: (scenery) => ownReport(scenery),
  GetServiceLastAccessedDetailsWithEntities: (scenery) =>
    ownReport(scenery, { ServiceNamespace: 'orders' }),
  ListOrganizationsFeatures: noOrganization,
  EnableOrganizationsRootCredentialsManagement: noOrganization,
  DisableOrganizationsRootCredentialsManagement: noOrganization,
  EnableOrganizationsRootSessions: noOrganization,
  DisableOrganizationsRootSessions: noOrganization,
  GenerateOrganizationsAccessReport: refused(
    { EntityPath: ENTITY_PATH },
    `arn:aws:iam::${ACCOUNT}:access-report/${ENTITY_PATH}`,
    'AccessDenied',
  ),
  GetOrganizationsAccessReport: refused({ JobId: JOB_ID }, '*', 'NoSuchEntityException'),
  GetOutboundWebIdentityFederationInfo: federation('on'),
  EnableOutboundWebIdentityFederation: federation('off'),
  DisableOutboundWebIdentityFederation: federation('on'),
  CreateDelegationRequest: refused(
    {
      Description: 'to look at orders',
      Permissions: { PolicyTemplateArn: `arn:aws:iam::${ACCOUNT}:policy-template/orders` },
      RequestorWorkflowId: 'workflow-1',
      NotificationChannel: `arn:aws:sns:eu-central-1:${ACCOUNT}:orders`,
      SessionDuration: 3600,
    },
    EVERY_REQUEST,
    'AccessDenied',
  ),
  ListDelegationRequests: () => Promise.resolve({ input: {}, resource: EVERY_REQUEST }),
  GetDelegationRequest: noRequest(),
  UpdateDelegationRequest: noRequest(),
  AssociateDelegationRequest: noRequest(),
  AcceptDelegationRequest: noRequest(),
  RejectDelegationRequest: noRequest(),
  SendDelegationToken: noRequest(),
  GetHumanReadableSummary: noRequest({ EntityArn: REQUEST_ARN }),
};
