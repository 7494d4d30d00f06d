import { createHash } from 'node:crypto';
import { auditedActions, readableActions, viewableActions } from './aws-policies-across-services';
import { READ_POLICIES } from './aws-policies-for-reading';
import { SERVICE_POLICIES } from './aws-policies-of-services';
import {
  JOB_FUNCTION_POLICIES,
  SERVICE_ROLE_POLICIES,
  WORKLOAD_POLICIES,
} from './aws-policies-of-workloads';
import { actionsOf, policyRows } from './aws-policy-rows';
import { LINKED_SERVICES, SERVICE_ROLE_PATH } from './linked-services';
import { createUniqueId } from './unique-ids';

/** A policy that every account has, that nobody can change and that anyone may attach. */
export interface AwsManagedPolicy {
  readonly PolicyName: string;
  /** AWS's own id where this project knows it; else one made of the name, the same everywhere. */
  readonly PolicyId: string;
  readonly Path: string;
  readonly Description: string;
  /** Epoch milliseconds. */
  readonly CreateDate: number;
  /** The text of its only version, `v1`. */
  readonly document: string;
}

/** The account id that stands in the ARNs of these policies, and in references to them. */
export const AWS_ACCOUNT_ID = 'aws';

const CREATE_DATE = Date.UTC(2015, 1, 6, 18, 39, 46);

function define(
  policy: Pick<AwsManagedPolicy, 'PolicyName' | 'PolicyId' | 'Description'>,
  ...statement: readonly object[]
): AwsManagedPolicy {
  return { Path: '/', CreateDate: CREATE_DATE, document: writeDocument(statement), ...policy };
}

function writeDocument(statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statement }, undefined, 2);
}

/** There are hundreds of these, of which a process meets a handful: what is long or dear is made when it is asked for. */
class ListedPolicy implements AwsManagedPolicy {
  readonly CreateDate = CREATE_DATE;

  constructor(
    readonly Path: string,
    readonly PolicyName: string,
    readonly Description: string,
    private readonly actions: () => readonly string[],
    private readonly effect: 'Allow' | 'Deny' = 'Allow',
  ) {}

  get PolicyId(): string {
    return createUniqueId('ANPA', (length) =>
      createHash('sha256').update(this.PolicyName).digest().subarray(0, length),
    );
  }

  get document(): string {
    return writeDocument([{ Effect: this.effect, Action: this.actions(), Resource: '*' }]);
  }
}

/**
 * What each policy is for is AWS's; the documents are this project's own. A policy that names services cannot name a team's own:
 * what should read or use those needs a policy of its own.
 *
 * Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const COMMON_POLICIES: readonly AwsManagedPolicy[] = [
  define(
    {
      PolicyName: 'AdministratorAccess',
      PolicyId: 'ANPAIWMBCKSKIEE64ZLYK',
      Description: 'Provides full access to every action on every resource.',
    },
    { Effect: 'Allow', Action: '*', Resource: '*' },
  ),
  define(
    {
      PolicyName: 'IAMFullAccess',
      PolicyId: 'ANPAI7XKCFMBPM3QQRRVQ',
      Description: 'Provides full access to IAM.',
    },
    {
      Effect: 'Allow',
      Action: [
        'iam:*',
        'organizations:DescribeAccount',
        'organizations:DescribeOrganization',
        'organizations:DescribeOrganizationalUnit',
        'organizations:DescribePolicy',
        'organizations:ListChildren',
        'organizations:ListParents',
        'organizations:ListPolicies',
        'organizations:ListPoliciesForTarget',
        'organizations:ListRoots',
        'organizations:ListTargetsForPolicy',
      ],
      Resource: '*',
    },
  ),
  define(
    {
      PolicyName: 'IAMReadOnlyAccess',
      PolicyId: 'ANPAJKSO7NDY4T57MWDSQ',
      Description: 'Provides read access to IAM, its reports and its policy simulator.',
    },
    {
      Effect: 'Allow',
      Action: [
        'iam:GenerateCredentialReport',
        'iam:GenerateServiceLastAccessedDetails',
        'iam:Get*',
        'iam:List*',
        'iam:SimulateCustomPolicy',
        'iam:SimulatePrincipalPolicy',
      ],
      Resource: '*',
    },
  ),
  define(
    {
      PolicyName: 'IAMUserChangePassword',
      PolicyId: 'ANPAJ4L4MM2A7QIEB56MS',
      Description: 'Lets a user change its own password.',
    },
    {
      Effect: 'Allow',
      Action: 'iam:ChangePassword',
      Resource: 'arn:aws:iam::*:user/${aws:username}',
    },
    { Effect: 'Allow', Action: 'iam:GetAccountPasswordPolicy', Resource: '*' },
  ),
  define(
    {
      PolicyName: 'PowerUserAccess',
      PolicyId: 'ANPAJYRXTHIB4FOVS3ZXS',
      Description: 'Provides full access except to the management of identities.',
    },
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: [
        'account:GetAccountInformation',
        'account:GetPrimaryEmail',
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeOrganization',
      ],
      Resource: '*',
    },
  ),
];

/** Under this path are the policies of services' roles; AWS attaches them to those roles alone. */
export function isServiceRolePolicy(policy: Pick<AwsManagedPolicy, 'Path'>): boolean {
  return policy.Path === SERVICE_ROLE_PATH;
}

/** Policies that look at many services, or at none. */
const BROAD_POLICIES: readonly AwsManagedPolicy[] = [
  new ListedPolicy(
    '/',
    'ReadOnlyAccess',
    'Provides read access to every service.',
    readableActions,
  ),
  new ListedPolicy('/', 'SecurityAudit', 'Provides read access to configurations.', auditedActions),
  new ListedPolicy(
    '/job-function/',
    'ViewOnlyAccess',
    'Lists and describes what every service has, without reading what is in it.',
    viewableActions,
  ),
  new ListedPolicy('/', 'AWSDenyAll', 'Denies every action.', () => ['*'], 'Deny'),
];

function listPolicies(path: string, table: string): readonly AwsManagedPolicy[] {
  return policyRows(table).map(
    ({ name, grants }) =>
      new ListedPolicy(path, name, `Provides access as ${name} says.`, () =>
        grants.flatMap(actionsOf),
      ),
  );
}

/**
 * What a service's role may do: what everybody may. The services have nothing here to work on, and nobody can be one of them.
 */
const LINKED_ROLE_POLICIES: readonly AwsManagedPolicy[] = [
  ...new Set(LINKED_SERVICES.map(({ policyName }) => policyName)),
].map(
  (name) =>
    new ListedPolicy(
      SERVICE_ROLE_PATH,
      name,
      'The policy of a role that is linked to a service.',
      () => ['sts:GetCallerIdentity'],
    ),
);

/** In the order of their names, in which lists page. */
export const AWS_MANAGED_POLICIES: readonly AwsManagedPolicy[] = [
  ...COMMON_POLICIES,
  ...BROAD_POLICIES,
  ...listPolicies('/', SERVICE_POLICIES),
  ...listPolicies('/', READ_POLICIES),
  ...listPolicies('/', WORKLOAD_POLICIES),
  ...listPolicies('/service-role/', SERVICE_ROLE_POLICIES),
  ...listPolicies('/job-function/', JOB_FUNCTION_POLICIES),
  ...LINKED_ROLE_POLICIES,
].sort((left, right) => (left.PolicyName < right.PolicyName ? -1 : 1));

const byPathAndName = new Map(
  AWS_MANAGED_POLICIES.map((policy) => [policy.Path + policy.PolicyName, policy]),
);

/** By the exact ARN, `arn:PARTITION:iam::aws:policy/PATH/NAME`; undefined for any other text. */
export function awsManagedPolicy(policyArn: string): AwsManagedPolicy | undefined {
  const match = /^arn:[a-z-]+:iam::aws:policy(\/.*)$/.exec(policyArn);
  return match?.[1] === undefined ? undefined : byPathAndName.get(match[1]);
}
