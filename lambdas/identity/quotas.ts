/**
 * AWS's default quotas; a deployment may raise those that AWS lets a customer raise.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export interface Quotas {
  readonly UsersPerAccount: number;
  readonly GroupsPerAccount: number;
  readonly PoliciesPerAccount: number;
  readonly GroupsPerUser: number;
  readonly PoliciesPerUser: number;
  readonly PoliciesPerGroup: number;
  readonly VersionsPerPolicy: number;
  readonly AccessKeysPerUser: number;
  readonly TagsPerUser: number;
  readonly TagsPerPolicy: number;
  /** Characters without white space, all inline policies of one user together. */
  readonly UserPolicySize: number;
  /** Characters without white space, all inline policies of one group together. */
  readonly GroupPolicySize: number;
  readonly RolesPerAccount: number;
  readonly InstanceProfilesPerAccount: number;
  readonly PoliciesPerRole: number;
  readonly TagsPerRole: number;
  readonly TagsPerInstanceProfile: number;
  /** Characters without white space, all inline policies of one role together. */
  readonly RolePolicySize: number;
  readonly MFADevicesPerUser: number;
  readonly VirtualMFADevicesPerAccount: number;
  readonly SigningCertificatesPerUser: number;
  readonly SSHPublicKeysPerUser: number;
  readonly ServiceSpecificCredentialsPerServicePerUser: number;
  readonly OpenIDConnectProvidersPerAccount: number;
  readonly ClientIdsPerOpenIDConnectProvider: number;
  readonly SAMLProvidersPerAccount: number;
  readonly ServerCertificatesPerAccount: number;
  readonly TagsPerMFADevice: number;
  readonly TagsPerOpenIDConnectProvider: number;
  readonly TagsPerSAMLProvider: number;
  readonly TagsPerServerCertificate: number;
}

export const DEFAULT_QUOTAS: Quotas = {
  UsersPerAccount: 5000,
  GroupsPerAccount: 300,
  PoliciesPerAccount: 1500,
  GroupsPerUser: 10,
  PoliciesPerUser: 10,
  PoliciesPerGroup: 10,
  VersionsPerPolicy: 5,
  AccessKeysPerUser: 2,
  TagsPerUser: 50,
  TagsPerPolicy: 50,
  UserPolicySize: 2048,
  GroupPolicySize: 5120,
  RolesPerAccount: 1000,
  InstanceProfilesPerAccount: 1000,
  PoliciesPerRole: 10,
  TagsPerRole: 50,
  TagsPerInstanceProfile: 50,
  RolePolicySize: 10_240,
  MFADevicesPerUser: 8,
  VirtualMFADevicesPerAccount: 5000,
  SigningCertificatesPerUser: 2,
  SSHPublicKeysPerUser: 5,
  ServiceSpecificCredentialsPerServicePerUser: 2,
  OpenIDConnectProvidersPerAccount: 100,
  ClientIdsPerOpenIDConnectProvider: 100,
  SAMLProvidersPerAccount: 100,
  ServerCertificatesPerAccount: 20,
  TagsPerMFADevice: 50,
  TagsPerOpenIDConnectProvider: 50,
  TagsPerSAMLProvider: 50,
  TagsPerServerCertificate: 50,
};
