import {
  ListInstanceProfileTags$,
  ListMFADeviceTags$,
  ListOpenIDConnectProviderTags$,
  ListPolicyTags$,
  ListRoleTags$,
  ListSAMLProviderTags$,
  ListServerCertificateTags$,
  ListUserTags$,
  TagInstanceProfile$,
  TagMFADevice$,
  TagOpenIDConnectProvider$,
  TagPolicy$,
  TagRole$,
  TagSAMLProvider$,
  TagServerCertificate$,
  TagUser$,
  UntagInstanceProfile$,
  UntagMFADevice$,
  UntagOpenIDConnectProvider$,
  UntagPolicy$,
  UntagRole$,
  UntagSAMLProvider$,
  UntagServerCertificate$,
  UntagUser$,
} from '@aws-sdk/client-iam';
import { onMfaDevice, requireMfaDevice } from '../mfa-devices';
import {
  onOpenIdConnectProvider,
  onSamlProvider,
  requireOpenIdConnectProvider,
  requireSamlProvider,
} from '../providers';
import { requireReadablePolicy } from '../readable-policies';
import { onInstanceProfile, onRole, requireInstanceProfile, requireRole } from '../role-targets';
import { onServerCertificate, requireServerCertificate } from '../server-certificates';
import { tagOperations } from '../tag-operations';
import { onPolicy, onUser, requirePolicy, requireUser } from '../targets';

export const userTagOperations = tagOperations({
  kind: 'User',
  member: 'UserName',
  path: '/users/{UserName}',
  schemas: { tag: TagUser$, untag: UntagUser$, list: ListUserTags$ },
  authorization: onUser,
  require: requireUser,
  quota: 'TagsPerUser',
  knowsInvalidInput: false,
});

export const policyTagOperations = tagOperations({
  kind: 'Policy',
  member: 'PolicyArn',
  path: '/policies/{PolicyArn}',
  schemas: { tag: TagPolicy$, untag: UntagPolicy$, list: ListPolicyTags$ },
  authorization: onPolicy,
  require: requirePolicy,
  requireReadable: requireReadablePolicy,
  quota: 'TagsPerPolicy',
  knowsInvalidInput: true,
});

export const mfaDeviceTagOperations = tagOperations({
  kind: 'MFADevice',
  member: 'SerialNumber',
  path: '/virtual-mfa-devices/{SerialNumber}',
  schemas: { tag: TagMFADevice$, untag: UntagMFADevice$, list: ListMFADeviceTags$ },
  authorization: onMfaDevice,
  require: requireMfaDevice,
  quota: 'TagsPerMFADevice',
  knowsInvalidInput: true,
});

export const oidcProviderTagOperations = tagOperations({
  kind: 'OpenIDConnectProvider',
  member: 'OpenIDConnectProviderArn',
  path: '/oidc-providers/{OpenIDConnectProviderArn}',
  schemas: {
    tag: TagOpenIDConnectProvider$,
    untag: UntagOpenIDConnectProvider$,
    list: ListOpenIDConnectProviderTags$,
  },
  authorization: onOpenIdConnectProvider,
  require: requireOpenIdConnectProvider,
  quota: 'TagsPerOpenIDConnectProvider',
  quotaName: 'TagsPerOpenIdConnectProvider',
  knowsInvalidInput: true,
});

export const samlProviderTagOperations = tagOperations({
  kind: 'SAMLProvider',
  member: 'SAMLProviderArn',
  path: '/saml-providers/{SAMLProviderArn}',
  schemas: { tag: TagSAMLProvider$, untag: UntagSAMLProvider$, list: ListSAMLProviderTags$ },
  authorization: onSamlProvider,
  require: requireSamlProvider,
  quota: 'TagsPerSAMLProvider',
  knowsInvalidInput: true,
});

export const serverCertificateTagOperations = tagOperations({
  kind: 'ServerCertificate',
  member: 'ServerCertificateName',
  path: '/server-certificates/{ServerCertificateName}',
  schemas: {
    tag: TagServerCertificate$,
    untag: UntagServerCertificate$,
    list: ListServerCertificateTags$,
  },
  authorization: onServerCertificate,
  require: requireServerCertificate,
  quota: 'TagsPerServerCertificate',
  knowsInvalidInput: true,
});

export const roleTagOperations = tagOperations({
  kind: 'Role',
  member: 'RoleName',
  path: '/roles/{RoleName}',
  schemas: { tag: TagRole$, untag: UntagRole$, list: ListRoleTags$ },
  authorization: onRole,
  require: requireRole,
  quota: 'TagsPerRole',
  knowsInvalidInput: false,
});

export const instanceProfileTagOperations = tagOperations({
  kind: 'InstanceProfile',
  member: 'InstanceProfileName',
  path: '/instance-profiles/{InstanceProfileName}',
  schemas: {
    tag: TagInstanceProfile$,
    untag: UntagInstanceProfile$,
    list: ListInstanceProfileTags$,
  },
  authorization: onInstanceProfile,
  require: requireInstanceProfile,
  quota: 'TagsPerInstanceProfile',
  knowsInvalidInput: false,
});
