import { createHash } from 'node:crypto';
import { LINKED_SERVICES, SERVICE_ROLE_PATH } from './linked-services';
import { createUniqueId } from './unique-ids';

/** A policy that every account has, that nobody can change and that anyone may attach. */
export interface AwsManagedPolicy {
  readonly PolicyName: string;
  /** AWS's own id, so that what an account exports means the same here. */
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

function define(
  policy: Omit<AwsManagedPolicy, 'document' | 'CreateDate' | 'Path'> & { readonly Path?: string },
  ...statement: readonly object[]
): AwsManagedPolicy {
  return {
    Path: '/',
    CreateDate: Date.UTC(2015, 1, 6, 18, 39, 46),
    document: JSON.stringify({ Version: '2012-10-17', Statement: statement }, undefined, 2),
    ...policy,
  };
}

/**
 * What each policy is for is AWS's; the documents are written for the services that exist here. AWS's read-only policy
 * lists every service by name, so ours can only cover the admin services: a team's own API needs a policy of its own.
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
  define(
    {
      PolicyName: 'ReadOnlyAccess',
      PolicyId: 'ANPAILL3HVNFSB6DCOWYQ',
      Description: 'Provides read access to the admin services.',
    },
    {
      Effect: 'Allow',
      Action: [
        'iam:Generate*',
        'iam:Get*',
        'iam:List*',
        'iam:Simulate*',
        'organizations:Describe*',
        'organizations:List*',
        'sts:GetAccessKeyInfo',
        'sts:GetCallerIdentity',
      ],
      Resource: '*',
    },
  ),
];

/** Under this path are the policies of services' roles; AWS attaches them to those roles alone. */
export function isServiceRolePolicy(policy: Pick<AwsManagedPolicy, 'Path'>): boolean {
  return policy.Path === SERVICE_ROLE_PATH;
}

/**
 * What a service's role may do: what everybody may. The services have nothing here to work on, and nobody can be one of them.
 * Their ids are not recorded; ours are made of the name, so that they are the same everywhere.
 */
const SERVICE_ROLE_POLICIES: readonly AwsManagedPolicy[] = LINKED_SERVICES.map(
  ({ policyName, service }) =>
    define(
      {
        PolicyName: policyName,
        PolicyId: createUniqueId('ANPA', (length) =>
          createHash('sha256').update(policyName).digest().subarray(0, length),
        ),
        Path: SERVICE_ROLE_PATH,
        Description: `The policy of the role that is linked to ${service}.`,
      },
      { Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' },
    ),
);

/** In the order of their names, in which lists page. */
export const AWS_MANAGED_POLICIES: readonly AwsManagedPolicy[] = [
  ...COMMON_POLICIES,
  ...SERVICE_ROLE_POLICIES,
].sort((left, right) => (left.PolicyName < right.PolicyName ? -1 : 1));

const byPathAndName = new Map(
  AWS_MANAGED_POLICIES.map((policy) => [policy.Path + policy.PolicyName, policy]),
);

/** By the exact ARN, `arn:PARTITION:iam::aws:policy/PATH/NAME`; undefined for any other text. */
export function awsManagedPolicy(policyArn: string): AwsManagedPolicy | undefined {
  const match = /^arn:[a-z-]+:iam::aws:policy(\/.*)$/.exec(policyArn);
  return match?.[1] === undefined ? undefined : byPathAndName.get(match[1]);
}
