import { OperationTable } from '../operations/operation-table';
import { loginProfileOperations } from './operations/login-profiles';
import { mfaDeviceOperations } from './operations/mfa-devices';
import { oidcProviderOperations } from './operations/oidc-providers';
import { passwordPolicyOperations } from './operations/password-policy';
import { accessReportOperations } from './operations/access-reports';
import { accessKeyOperations } from './operations/access-keys';
import { contextKeyOperations } from './operations/context-keys';
import { credentialReportOperations } from './operations/credential-reports';
import { delegationRequestOperations } from './operations/delegation-requests';
import { accessKeyLastUsedOperations } from './operations/access-key-last-used';
import { accountAliasOperations } from './operations/account-aliases';
import { accountAuthorizationOperations } from './operations/account-authorization';
import { accountSettingOperations } from './operations/account-settings';
import { accountSummaryOperations } from './operations/account-summary';
import { groupAttachmentOperations } from './operations/group-attachments';
import { groupInlinePolicyOperations } from './operations/group-inline-policies';
import { groupMemberOperations } from './operations/group-members';
import { groupOperations } from './operations/groups';
import { instanceProfileRoleOperations } from './operations/instance-profile-roles';
import { instanceProfileOperations } from './operations/instance-profiles';
import { organizationsFeatureOperations } from './operations/organizations-features';
import { outboundFederationOperations } from './operations/outbound-federation';
import { policyOperations } from './operations/policies';
import { policyEntityOperations } from './operations/policy-entities';
import { policyVersionOperations } from './operations/policy-versions';
import { roleAttachmentOperations } from './operations/role-attachments';
import { roleBoundaryOperations } from './operations/role-boundaries';
import { roleChangeOperations } from './operations/role-changes';
import { roleInlinePolicyOperations } from './operations/role-inline-policies';
import { roleOperations } from './operations/roles';
import { roleTemplateOperations } from './operations/role-templates';
import { serviceLinkedRoleOperations } from './operations/service-linked-roles';
import { serviceAccessOperations } from './operations/service-access';
import { simulationOperations } from './operations/simulations';
import { samlProviderOperations } from './operations/saml-providers';
import { serverCertificateOperations } from './operations/server-certificates';
import { serviceSpecificCredentialOperations } from './operations/service-specific-credentials';
import { signingCertificateOperations } from './operations/signing-certificates';
import { sshPublicKeyOperations } from './operations/ssh-public-keys';
import {
  instanceProfileTagOperations,
  mfaDeviceTagOperations,
  oidcProviderTagOperations,
  policyTagOperations,
  roleTagOperations,
  samlProviderTagOperations,
  serverCertificateTagOperations,
  userTagOperations,
} from './operations/tags';
import { userAttachmentOperations } from './operations/user-attachments';
import { userBoundaryOperations } from './operations/user-boundaries';
import { userInlinePolicyOperations } from './operations/user-inline-policies';
import { userOperations } from './operations/users';
import { virtualMfaDeviceOperations } from './operations/virtual-mfa-devices';

/** Everything that IAM does here, in the order of the documents. */
export const IAM_OPERATIONS = new OperationTable('iam', [
  ...userOperations,
  ...userTagOperations,
  ...userBoundaryOperations,
  ...groupOperations,
  ...groupMemberOperations,
  ...policyOperations,
  ...policyVersionOperations,
  ...policyTagOperations,
  ...policyEntityOperations,
  ...userAttachmentOperations,
  ...groupAttachmentOperations,
  ...userInlinePolicyOperations,
  ...groupInlinePolicyOperations,
  ...accessKeyOperations,
  ...loginProfileOperations,
  ...passwordPolicyOperations,
  ...virtualMfaDeviceOperations,
  ...mfaDeviceTagOperations,
  ...mfaDeviceOperations,
  ...oidcProviderOperations,
  ...oidcProviderTagOperations,
  ...samlProviderOperations,
  ...samlProviderTagOperations,
  ...serverCertificateOperations,
  ...serverCertificateTagOperations,
  ...signingCertificateOperations,
  ...sshPublicKeyOperations,
  ...serviceSpecificCredentialOperations,
  ...roleOperations,
  ...roleChangeOperations,
  ...roleTagOperations,
  ...roleBoundaryOperations,
  ...roleInlinePolicyOperations,
  ...roleAttachmentOperations,
  ...instanceProfileOperations,
  ...instanceProfileRoleOperations,
  ...instanceProfileTagOperations,
  ...serviceLinkedRoleOperations,
  ...roleTemplateOperations,
  ...accessKeyLastUsedOperations,
  ...accountAliasOperations,
  ...accountSummaryOperations,
  ...accountAuthorizationOperations,
  ...accountSettingOperations,
  ...contextKeyOperations,
  ...simulationOperations,
  ...organizationsFeatureOperations,
  ...outboundFederationOperations,
  ...delegationRequestOperations,
  ...credentialReportOperations,
  ...serviceAccessOperations,
  ...accessReportOperations,
]);
