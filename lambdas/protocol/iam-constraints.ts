import type { Constraint, ConstraintTable } from './constraint-table';
import { PATTERNS } from './patterns';

/*
 * Lengths, ranges, patterns and enums of IAM's request parameters.
 *
 * Source: the request parameters on each operation's page of https://docs.aws.amazon.com/IAM/latest/APIReference/
 */

const NAME: Constraint = { range: [1, 128], pattern: PATTERNS.name };
const NAME_OF_64: Constraint = { range: [1, 64], pattern: PATTERNS.name };
const ARN: Constraint = { range: [20, 2048] };
const PATH: Constraint = { range: [1, 512], pattern: PATTERNS.path };
const POLICY_PATH: Constraint = { range: [1, 512], pattern: PATTERNS.policyPath };
const POLICY_DOCUMENT: Constraint = { range: [1, 131_072], pattern: PATTERNS.latin1 };
const PASSWORD: Constraint = { range: [1, 128], pattern: PATTERNS.latin1 };
const PEM: Constraint = { range: [1, 16_384], pattern: PATTERNS.latin1 };
const TAG_KEY: Constraint = { range: [1, 128], pattern: PATTERNS.tagKey };
const AUTHENTICATION_CODE: Constraint = { range: [6, 6], pattern: PATTERNS.digits };
const CLIENT_ID: Constraint = { range: [1, 255] };
const NOTES: Constraint = { range: [0, 500], pattern: PATTERNS.description };
const ENTITY_TYPES: Constraint = {
  values: ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'],
};

/** The operations on users whose names have at most 64 characters; the others take as many as 128. */
const OPERATIONS_WITH_SHORT_USER_NAME = [
  'AttachUserPolicy',
  'CreateLoginProfile',
  'CreateServiceSpecificCredential',
  'CreateUser',
  'DeleteLoginProfile',
  'DeleteSSHPublicKey',
  'DeleteServiceSpecificCredential',
  'DeleteUserPermissionsBoundary',
  'DetachUserPolicy',
  'GetLoginProfile',
  'GetMFADevice',
  'GetSSHPublicKey',
  'ListSSHPublicKeys',
  'ListServiceSpecificCredentials',
  'PutUserPermissionsBoundary',
  'ResetServiceSpecificCredential',
  'UpdateLoginProfile',
  'UpdateSSHPublicKey',
  'UpdateServiceSpecificCredential',
  'UploadSSHPublicKey',
] as const;

const LOCAL_POLICY_PREFIX = {
  PathPrefix: { range: [1, 512], pattern: PATTERNS.policyPathPrefix },
} as const;

export const IAM_CONSTRAINTS: ConstraintTable = {
  members: {
    AWSServiceName: NAME,
    AccessKeyId: { range: [16, 128], pattern: PATTERNS.word },
    AccountAlias: { range: [3, 63], pattern: PATTERNS.accountAlias },
    ActionNames: { element: { range: [3, 128] } },
    AddPrivateKey: PEM,
    Arn: ARN,
    AssertionEncryptionMode: { values: ['Required', 'Allowed'] },
    AssignmentStatus: { values: ['Assigned', 'Unassigned', 'Any'] },
    AssumeRolePolicyDocument: POLICY_DOCUMENT,
    AuthenticationCode1: AUTHENTICATION_CODE,
    AuthenticationCode2: AUTHENTICATION_CODE,
    CallerArn: { range: [1, 2048] },
    CertificateBody: PEM,
    CertificateChain: { range: [1, 2_097_152], pattern: PATTERNS.latin1 },
    CertificateId: { range: [24, 128], pattern: PATTERNS.word },
    ClientID: CLIENT_ID,
    ClientIDList: { element: CLIENT_ID },
    ContextKeyName: { range: [5, 256] },
    ContextKeyType: {
      values: [
        'string',
        'stringList',
        'numeric',
        'numericList',
        'boolean',
        'booleanList',
        'ip',
        'ipList',
        'binary',
        'binaryList',
        'date',
        'dateList',
      ],
    },
    CredentialAgeDays: { range: [1, 36_600] },
    CustomSuffix: NAME_OF_64,
    DelegationRequestId: { range: [16, 128], pattern: PATTERNS.wordWithHyphens },
    DeletionTaskId: { range: [1, 1000] },
    Description: { range: [0, 1000], pattern: PATTERNS.description },
    Encoding: { values: ['SSH', 'PEM'] },
    EntityArn: ARN,
    EntityFilter: ENTITY_TYPES,
    EntityPath: { range: [19, 427], pattern: PATTERNS.entityPath },
    Filter: { element: ENTITY_TYPES },
    GlobalEndpointTokenVersion: { values: ['v1Token', 'v2Token'] },
    Granularity: { values: ['SERVICE_LEVEL', 'ACTION_LEVEL'] },
    GroupName: NAME,
    InstanceProfileName: NAME,
    JobId: { range: [36, 36] },
    Key: TAG_KEY,
    Locale: { range: [2, 12] },
    Marker: { range: [1, 320], pattern: PATTERNS.marker },
    MaxItems: { range: [1, 1000] },
    MaxPasswordAge: { range: [1, 1095] },
    MaxSessionDuration: { range: [3600, 43_200] },
    MinimumPasswordLength: { range: [6, 128] },
    NewGroupName: NAME,
    NewPassword: PASSWORD,
    NewPath: PATH,
    NewServerCertificateName: NAME,
    NewUserName: NAME_OF_64,
    Notes: NOTES,
    NotificationChannel: { range: [2, 400], pattern: PATTERNS.notificationChannel },
    OldPassword: PASSWORD,
    OpenIDConnectProviderArn: ARN,
    OrganizationsPolicyId: { pattern: PATTERNS.organizationsPolicyId },
    OwnerAccountId: { pattern: PATTERNS.accountId },
    OwnerId: { range: [20, 2048], pattern: PATTERNS.ownerId },
    Parameters: { range: [0, 50] },
    Password: PASSWORD,
    PasswordReusePrevention: { range: [1, 24] },
    Path: PATH,
    PathPrefix: { range: [1, 512], pattern: PATTERNS.pathPrefix },
    PermissionsBoundary: ARN,
    PermissionsBoundaryPolicyInputList: { element: POLICY_DOCUMENT },
    PolicyArn: ARN,
    PolicyDocument: POLICY_DOCUMENT,
    PolicyInputList: { element: POLICY_DOCUMENT },
    PolicyName: NAME,
    PolicySourceArn: ARN,
    PolicyTemplateArn: ARN,
    PolicyUsageFilter: { values: ['PermissionsPolicy', 'PermissionsBoundary'] },
    PrivateKey: PEM,
    RedirectUrl: { range: [1, 255], pattern: PATTERNS.redirectUrl },
    RemovePrivateKey: { range: [22, 64], pattern: PATTERNS.removedPrivateKey },
    RequestMessage: { range: [0, 200], pattern: PATTERNS.description },
    RequestorWorkflowId: { range: [5, 400], pattern: PATTERNS.workflowId },
    ResourceArns: { element: { range: [1, 2048] } },
    ResourceHandlingOption: { range: [1, 64] },
    ResourceOwner: { range: [1, 2048] },
    ResourcePolicy: POLICY_DOCUMENT,
    RoleName: NAME_OF_64,
    SAMLMetadataDocument: { range: [1000, 10_000_000] },
    SAMLProviderArn: ARN,
    SSHPublicKeyBody: PEM,
    SSHPublicKeyId: { range: [20, 128], pattern: PATTERNS.word },
    Scope: { values: ['All', 'AWS', 'Local'] },
    SerialNumber: { range: [9, 256], pattern: PATTERNS.serialNumber },
    ServerCertificateName: NAME,
    ServiceNamespace: { range: [1, 64], pattern: PATTERNS.wordWithHyphensOrEmpty },
    ServiceNamespaces: {
      range: [1, 200],
      element: { range: [1, 64], pattern: PATTERNS.wordWithHyphensOrEmpty },
    },
    ServiceSpecificCredentialId: { range: [20, 128], pattern: PATTERNS.word },
    SessionDuration: { range: [300, 43_200] },
    SortKey: {
      values: [
        'SERVICE_NAMESPACE_ASCENDING',
        'SERVICE_NAMESPACE_DESCENDING',
        'LAST_AUTHENTICATED_TIME_ASCENDING',
        'LAST_AUTHENTICATED_TIME_DESCENDING',
      ],
    },
    Status: { values: ['Active', 'Inactive', 'Expired'] },
    TagKeys: { range: [0, 50], element: TAG_KEY },
    Tags: { range: [0, 50] },
    ThumbprintList: { element: { range: [40, 40] } },
    Type: { values: ['string', 'stringList'] },
    Url: { range: [1, 255] },
    UserName: NAME,
    Value: { range: [0, 256], pattern: PATTERNS.tagValue },
    Values: { element: { pattern: PATTERNS.printable } },
    VersionId: { pattern: PATTERNS.versionId },
    VirtualMFADeviceName: { range: [1, Infinity], pattern: PATTERNS.name },
  },
  operations: {
    ...Object.fromEntries(
      OPERATIONS_WITH_SHORT_USER_NAME.map((operation) => [operation, { UserName: NAME_OF_64 }]),
    ),
    CreateDelegationRequest: { Name: { range: [5, 256], pattern: PATTERNS.printable } },
    CreatePolicy: { Description: { range: [0, 1000] }, Path: POLICY_PATH },
    CreateSAMLProvider: { Name: { range: [1, 128], pattern: PATTERNS.samlProviderName } },
    ListAttachedGroupPolicies: LOCAL_POLICY_PREFIX,
    ListAttachedRolePolicies: LOCAL_POLICY_PREFIX,
    ListAttachedUserPolicies: { ...LOCAL_POLICY_PREFIX, UserName: NAME_OF_64 },
    ListEntitiesForPolicy: { PathPrefix: PATH },
    ListPolicies: LOCAL_POLICY_PREFIX,
    // Names here may have wildcards.
    SimulatePrincipalPolicy: { PolicyName: { range: [1, 128] }, PolicyArn: { range: [1, 2048] } },
  },
};
