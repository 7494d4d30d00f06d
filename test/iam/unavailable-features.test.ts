import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { commandOf } from './command';

/* What accounts here have not: each operation says so, as AWS says it, and none claims to have done anything. */

let deployment: AdminDeployment;

beforeAll(async () => {
  deployment = await deployAdmin();
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

const ID = 'dr-0123456789abcdef0';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

test.each([
  'ListOrganizationsFeatures',
  'EnableOrganizationsRootCredentialsManagement',
  'DisableOrganizationsRootCredentialsManagement',
  'EnableOrganizationsRootSessions',
  'DisableOrganizationsRootSessions',
])('%s finds no organization', async (name) => {
  expect(await refusal(deployment.iam().send(commandOf(name, {})))).toEqual({
    statusCode: 400,
    code: 'OrganizationNotFoundException',
    message: 'The request was rejected because no organization is associated with your account.',
  });
});

test.each([
  ['GetDelegationRequest', { DelegationRequestId: ID }],
  ['UpdateDelegationRequest', { DelegationRequestId: ID, Notes: 'why' }],
  ['AssociateDelegationRequest', { DelegationRequestId: ID }],
  ['AcceptDelegationRequest', { DelegationRequestId: ID }],
  ['RejectDelegationRequest', { DelegationRequestId: ID }],
  ['SendDelegationToken', { DelegationRequestId: ID }],
  ['GetHumanReadableSummary', { EntityArn: arn(`delegation-request/${ID}`) }],
])('%s finds no request', async (name, input) => {
  expect(await refusal(deployment.iam().send(commandOf(name, input)))).toEqual({
    statusCode: 404,
    code: 'NoSuchEntityException',
    message: `The delegation request with id ${ID} cannot be found.`,
  });
});

test('a summary is made of delegation requests alone', async () => {
  const call = deployment
    .iam()
    .send(commandOf('GetHumanReadableSummary', { EntityArn: arn('user/somebody') }));
  expect(await refusal(call)).toEqual({
    statusCode: 400,
    code: 'InvalidInputException',
    message: `Invalid Entity Arn: ${arn('user/somebody')}`,
  });
});

test('there are no delegation requests, and a marker of none is refused', async () => {
  const answer = await deployment.iam().send(commandOf('ListDelegationRequests', {}));
  expect(answer).toMatchObject({ DelegationRequests: [], isTruncated: false });
  const call = deployment.iam().send(commandOf('ListDelegationRequests', { Marker: 'made-up' }));
  expect(await refusal(call)).toMatchObject({ statusCode: 400, code: 'ValidationError' });
});

test('nobody may make a delegation request', async () => {
  const call = deployment.iam().send(
    commandOf('CreateDelegationRequest', {
      Description: 'to look at orders',
      Permissions: { PolicyTemplateArn: arn('policy-template/orders') },
      RequestorWorkflowId: 'workflow-1',
      NotificationChannel: 'arn:aws:sns:eu-central-1:123456789012:orders',
      SessionDuration: 3600,
    }),
  );
  expect(await refusal(call)).toEqual({
    statusCode: 403,
    code: 'AccessDenied',
    message: `Account ${ACCOUNT} is not onboarded to create delegation requests.`,
  });
});

test('a report on an organization is refused, and there is none to get', async () => {
  const EntityPath = 'o-exampleorgid/r-f6g7';
  const generate = deployment
    .iam()
    .send(commandOf('GenerateOrganizationsAccessReport', { EntityPath }));
  expect(await refusal(generate)).toEqual({
    statusCode: 403,
    code: 'AccessDenied',
    message: `Account ${ACCOUNT} is not the management account of the organization o-exampleorgid.`,
  });
  const JobId = '01234567-89ab-cdef-0123-456789abcdef';
  const get = deployment.iam().send(commandOf('GetOrganizationsAccessReport', { JobId }));
  expect(await refusal(get)).toMatchObject({ statusCode: 404, code: 'NoSuchEntityException' });
});
