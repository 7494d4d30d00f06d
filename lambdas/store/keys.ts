import type { Key, TableName } from './store';

/*
 * Every key of both tables, and the only file that makes one.
 *
 * identities table
 *   Account#<account>                    Account | AccessKey#<id> | DeployedAccessKey | PasswordPolicy | DeletionTask#<id>
 *                                                                                    the account, its root user's keys, which of them the
 *                                                                                    deployment made, the password policy
 *   User#<account>#<userId>              User | Inline#<name> | Attached#<policyId> | Group#<groupId> | AccessKey#<id>
 *   Group#<account>#<groupId>            Group | Inline#<name> | Attached#<policyId> | Member#<userId>
 *   Role#<account>#<roleId>              Role | Inline#<name> | Attached#<policyId> | UsedIn#<instanceProfileId>
 *   InstanceProfile#<account>#<id>       InstanceProfile
 *   Names#<account>#<kind>               <lower-case name>                            one row a name: the index, and the list
 *   AccessKey#<id>                       AccessKey                                    who owns a key, with the sealed secret
 *   AccessKeyLastUsed#<id>               AccessKeyLastUsed                            when a long-term key was used last
 *   AccountAlias#<alias>                 AccountAlias                                 whose an alias is
 *   Credentials#<account>#<ownerId>      LoginProfile | PasswordAttempts | MFAAttempts | MFADevice#<serial number> |
 *                                        SigningCertificate#<id> | SSHPublicKey#<id> | ServiceSpecificCredential#<id> |
 *                                        SignInSession#<id>                           of a user, or of root: its id is the account's
 *   SignInChallenge#<id>                 SignInChallenge                              that it has been answered
 *   VirtualMFADevices#<account>          <lower-case path and name>
 *   SigningCertificateFingerprints#<account>  <fingerprint>
 *   OpenIDConnectProviders#<account>     <host in lower case, and path>
 *   Issuer#<issuerId>                    Issuer | SigningKey#<algorithm>#<8 digits>   whose tokens an issuer makes, and with which keys
 *   SAMLProviders#<account>              <lower-case name>
 *   SAMLAssertions#<account>#<provider>  <id>                                         what has been redeemed, until it has expired
 *   ServerCertificate#<account>#<id>     ServerCertificate
 *   RoleLastUsed#<account>#<roleId>      RoleLastUsed                                 when credentials of a role were used last
 *   CredentialReport#<account>           Report | Part#<4 digits>
 *   LastAccessed#<account>#<id>          <service>#<action>                           what a user, role or root called last
 *   AccessReport#<account>#<job>         AccessReport
 *   IdempotentAnswer#<account>#<userId of a caller>  <idempotency key>                the answer to a REST create, for a day
 *   DataKeys                             <number>                                     the deployment's sealed data keys
 *
 * policies table
 *   Policy#<account>#<policyId>          Policy | Version#<8 digits> | AttachedTo#<usage>#<kind>#<id>
 *   Policy#<account>#<policyId>          Usage                                        of a policy that AWS manages, by one account
 *   Names#<account>#Policy               <lower-case name>
 *   RouteCatalogue#<apiId>               <stage>
 *   Services#<account>                   Definition#<service> | Policy#<service>      what a team's services can be asked for
 *
 * One Query on a principal's partition reads all that a decision needs of it but its managed policies' documents and its groups.
 */

/** The entities that have a name of their own within an account. */
export type NamedKind =
  'User' | 'Group' | 'Role' | 'Policy' | 'InstanceProfile' | 'ServerCertificate';

/** The entities that policies are attached to. */
export type PrincipalKind = 'User' | 'Group' | 'Role';

/** What a managed policy does for whom it is attached to, in AWS's words. */
export type PolicyUsage = 'PermissionsPolicy' | 'PermissionsBoundary';

/**
 * Joins parts so that different lists of parts never give one text: `%` and the separator `#` are escaped inside a part.
 *
 * Invariant: injective, and a list's encoding followed by `#` is a prefix of exactly the lists that begin with it.
 */
export function encodeParts(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll('#', '%23')).join('#');
}

/** The parts that {@link encodeParts} joined. */
export function decodeParts(encoded: string): string[] {
  return encoded.split('#').map((part) => part.replaceAll('%23', '#').replaceAll('%25', '%'));
}

/**
 * Names are unique without regard to ASCII case, as in IAM; no other letters are folded.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function key(table: TableName, partition: string, ...sort: readonly string[]): Key {
  return { table, partition, sort: encodeParts(...sort) };
}

export const accountPartition = (accountId: string): string => encodeParts('Account', accountId);

export const accountKey = (accountId: string): Key =>
  key('identities', accountPartition(accountId), 'Account');

export const principalPartition = (kind: PrincipalKind, accountId: string, id: string): string =>
  encodeParts(kind, accountId, id);

/** The entity itself, first row of its partition's kind. */
export const principalKey = (kind: PrincipalKind, accountId: string, id: string): Key =>
  key('identities', principalPartition(kind, accountId, id), kind);

/** Sort-key prefixes of what hangs under a principal; `#` ends each so that no name can reach into another kind. */
export const CHILD_PREFIX = {
  inlinePolicy: 'Inline#',
  attachment: 'Attached#',
  membership: 'Group#',
  member: 'Member#',
  accessKey: 'AccessKey#',
  /** Behind `Role` in byte order: a decision about a role reads up to it. */
  usedIn: 'UsedIn#',
} as const;

export const inlinePolicyKey = (
  kind: PrincipalKind,
  accountId: string,
  id: string,
  policyName: string,
): Key => key('identities', principalPartition(kind, accountId, id), 'Inline', policyName);

export const attachmentKey = (
  kind: PrincipalKind,
  accountId: string,
  id: string,
  policyId: string,
): Key => key('identities', principalPartition(kind, accountId, id), 'Attached', policyId);

/** Under the user: the groups that it is in. */
export const membershipKey = (accountId: string, userId: string, groupId: string): Key =>
  key('identities', principalPartition('User', accountId, userId), 'Group', groupId);

/** Under the group: its users. */
export const memberKey = (accountId: string, groupId: string, userId: string): Key =>
  key('identities', principalPartition('Group', accountId, groupId), 'Member', userId);

/** Under the role: the instance profiles that hold it. */
export const usedInKey = (accountId: string, roleId: string, instanceProfileId: string): Key =>
  key('identities', principalPartition('Role', accountId, roleId), 'UsedIn', instanceProfileId);

export const instanceProfileKey = (accountId: string, instanceProfileId: string): Key =>
  key(
    'identities',
    encodeParts('InstanceProfile', accountId, instanceProfileId),
    'InstanceProfile',
  );

/** Under its owner: one row an access key, for lists. */
export const ownedAccessKeyKey = (ownerPartition: string, accessKeyId: string): Key =>
  key('identities', ownerPartition, 'AccessKey', accessKeyId);

/** By its id alone: where authentication begins. */
export const accessKeyKey = (accessKeyId: string): Key =>
  key('identities', encodeParts('AccessKey', accessKeyId), 'AccessKey');

/** Under the account: what has become of the deletion of a service's role. */
export const deletionTaskKey = (accountId: string, deletionTaskId: string): Key =>
  key('identities', accountPartition(accountId), 'DeletionTask', deletionTaskId);

/** A partition of its own: who notes uses of keys may write there, and cannot touch what authentication reads. */
export const accessKeyLastUsedKey = (accessKeyId: string): Key =>
  key('identities', encodeParts('AccessKeyLastUsed', accessKeyId), 'AccessKeyLastUsed');

/** Apart from the role's partition, so that noting a use never touches what a decision reads. */
export const roleLastUsedKey = (accountId: string, roleId: string): Key =>
  key('identities', encodeParts('RoleLastUsed', accountId, roleId), 'RoleLastUsed');

/** Aliases are unique in a deployment. */
export const accountAliasKey = (alias: string): Key =>
  key('identities', encodeParts('AccountAlias', alias), 'AccountAlias');

/** Names the one of the root user's keys that the deployment made, and that the next deployment replaces. */
export const deployedAccessKeyKey = (accountId: string): Key =>
  key('identities', accountPartition(accountId), 'DeployedAccessKey');

/** The rules for passwords that the account has made its own. */
export const passwordPolicyKey = (accountId: string): Key =>
  key('identities', accountPartition(accountId), 'PasswordPolicy');

/** What a user, or root, signs in with besides access keys. Apart from the principal's partition: no decision about policies reads it. */
export const credentialsPartition = (accountId: string, ownerId: string): string =>
  encodeParts('Credentials', accountId, ownerId);

export const loginProfileKey = (accountId: string, ownerId: string): Key =>
  key('identities', credentialsPartition(accountId, ownerId), 'LoginProfile');

/** How often somebody has been wrong about a password; shared by everything that asks for one. */
export const passwordAttemptsKey = (accountId: string, ownerId: string): Key =>
  key('identities', credentialsPartition(accountId, ownerId), 'PasswordAttempts');

/** How often somebody has been wrong about a one-time code or a passkey; shared by everything that asks for one. */
export const mfaAttemptsKey = (accountId: string, ownerId: string): Key =>
  key('identities', credentialsPartition(accountId, ownerId), 'MFAAttempts');

/** Who is signed in with a password: one row a session. `sessionId` is `ASIA…`. */
export const signInSessionKey = (accountId: string, ownerId: string, sessionId: string): Key =>
  key('identities', credentialsPartition(accountId, ownerId), 'SignInSession', sessionId);

export const SIGN_IN_SESSION_PREFIX = 'SignInSession#';

/** Written when a challenge is answered, so that no answer counts twice. */
export const answeredChallengeKey = (challengeId: string): Key =>
  key('identities', encodeParts('SignInChallenge', challengeId), 'SignInChallenge');

/** The credentials of which an owner may have several. */
export type CredentialKind =
  'MFADevice' | 'SigningCertificate' | 'SSHPublicKey' | 'ServiceSpecificCredential';

export const credentialKey = (
  kind: CredentialKind,
  accountId: string,
  ownerId: string,
  credentialId: string,
): Key => key('identities', credentialsPartition(accountId, ownerId), kind, credentialId);

export const credentialPrefix = (kind: CredentialKind): string => `${kind}#`;

/** A signing certificate is one user's within an account. `fingerprint` is hex. */
export const signingCertificateFingerprintKey = (accountId: string, fingerprint: string): Key =>
  key('identities', encodeParts('SigningCertificateFingerprints', accountId), fingerprint);

export const virtualMfaDevicePartition = (accountId: string): string =>
  encodeParts('VirtualMFADevices', accountId);

/** `pathAndName` as it ends the serial number: `/team/alice`. */
export const virtualMfaDeviceKey = (accountId: string, pathAndName: string): Key =>
  key('identities', virtualMfaDevicePartition(accountId), foldName(pathAndName));

export const openIdConnectProviderPartition = (accountId: string): string =>
  encodeParts('OpenIDConnectProviders', accountId);

/** Hosts are the same in every case, paths are not. `url` is without `https://`. */
export const openIdConnectProviderKey = (accountId: string, url: string): Key => {
  const hostEnd = url.includes('/') ? url.indexOf('/') : url.length;
  return key(
    'identities',
    openIdConnectProviderPartition(accountId),
    foldName(url.slice(0, hostEnd)) + url.slice(hostEnd),
  );
};

/** Under the account: whether its principals may get tokens for other services, and under which issuer. */
export const outboundFederationKey = (accountId: string): Key =>
  key('identities', accountPartition(accountId), 'OutboundFederation');

/** By the id in an issuer's URL: what the public documents are made of. */
export const issuerPartition = (issuerId: string): string => encodeParts('Issuer', issuerId);

export const issuerKey = (issuerId: string): Key =>
  key('identities', issuerPartition(issuerId), 'Issuer');

export const SIGNING_KEY_PREFIX = 'SigningKey#';

/** The keys of an algorithm are numbered from 1 on. */
export const signingKeyKey = (issuerId: string, algorithm: string, number: number): Key =>
  key(
    'identities',
    issuerPartition(issuerId),
    'SigningKey',
    algorithm,
    String(number).padStart(8, '0'),
  );

export const samlProviderPartition = (accountId: string): string =>
  encodeParts('SAMLProviders', accountId);

export const samlProviderKey = (accountId: string, name: string): Key =>
  key('identities', samlProviderPartition(accountId), foldName(name));

/** `providerId` is the provider's own: one that is made anew has redeemed nothing. */
export const samlAssertionKey = (accountId: string, providerId: string, assertionId: string): Key =>
  key('identities', encodeParts('SAMLAssertions', accountId, providerId), assertionId);

export const serverCertificateKey = (accountId: string, serverCertificateId: string): Key =>
  key(
    'identities',
    encodeParts('ServerCertificate', accountId, serverCertificateId),
    'ServerCertificate',
  );

const tableOfNames = (kind: NamedKind): TableName =>
  kind === 'Policy' ? 'policies' : 'identities';

/** Every name of one kind, in byte order of the folded names; table and partition for a query. */
export const namePartition = (
  kind: NamedKind,
  accountId: string,
): { table: TableName; partition: string } => ({
  table: tableOfNames(kind),
  partition: encodeParts('Names', accountId, kind),
});

export const nameKey = (kind: NamedKind, accountId: string, name: string): Key => {
  const { table, partition } = namePartition(kind, accountId);
  return key(table, partition, foldName(name));
};

export const policyPartition = (accountId: string, policyId: string): string =>
  encodeParts('Policy', accountId, policyId);

export const policyKey = (accountId: string, policyId: string): Key =>
  key('policies', policyPartition(accountId, policyId), 'Policy');

export const POLICY_CHILD_PREFIX = { version: 'Version#', attachedTo: 'AttachedTo#' } as const;

/** Versions are numbers from 1 on, padded so that byte order is number order. */
export const policyVersionKey = (accountId: string, policyId: string, version: number): Key =>
  key(
    'policies',
    policyPartition(accountId, policyId),
    'Version',
    String(version).padStart(8, '0'),
  );

/** A policy may be attached to a user and bound the same user: the usage is part of the key. */
export const attachedToKey = (
  accountId: string,
  policyId: string,
  usage: PolicyUsage,
  kind: PrincipalKind,
  id: string,
): Key => key('policies', policyPartition(accountId, policyId), 'AttachedTo', usage, kind, id);

/** How often an account uses a policy that AWS manages, and that therefore has no row of its own. */
export const policyUsageKey = (accountId: string, policyId: string): Key =>
  key('policies', policyPartition(accountId, policyId), 'Usage');

/** `*` as stage: for every stage of the API. */
export const routeCatalogueKey = (apiId: string, stage: string): Key =>
  key('policies', encodeParts('RouteCatalogue', apiId), stage);

/** Every service that an account has registered, and the policies of their resources. */
export const servicesPartition = (accountId: string): string => encodeParts('Services', accountId);

export const SERVICE_PREFIX = { definition: 'Definition#', policy: 'Policy#' } as const;

export const serviceDefinitionKey = (accountId: string, service: string): Key =>
  key('policies', servicesPartition(accountId), 'Definition', service);

export const servicePolicyKey = (accountId: string, service: string): Key =>
  key('policies', servicesPartition(accountId), 'Policy', service);

export const credentialReportKey = (accountId: string): Key =>
  key('identities', encodeParts('CredentialReport', accountId), 'Report');

export const credentialReportPartKey = (accountId: string, part: number): Key =>
  key(
    'identities',
    encodeParts('CredentialReport', accountId),
    'Part',
    String(part).padStart(4, '0'),
  );

/** What one principal, by its unique id, called last. */
export const lastAccessedPartition = (accountId: string, principalId: string): string =>
  encodeParts('LastAccessed', accountId, principalId);

export const lastAccessedKey = (
  accountId: string,
  principalId: string,
  service: string,
  action: string,
): Key => key('identities', lastAccessedPartition(accountId, principalId), service, action);

export const accessReportKey = (accountId: string, jobId: string): Key =>
  key('identities', encodeParts('AccessReport', accountId, jobId), 'AccessReport');

/** `callerId` as GetCallerIdentity gives it: every caller has keys of its own. */
export const idempotentAnswerKey = (
  accountId: string,
  callerId: string,
  idempotencyKey: string,
): Key => key('identities', encodeParts('IdempotentAnswer', accountId, callerId), idempotencyKey);

export const DATA_KEYS_PARTITION = 'DataKeys';

export const dataKeyKey = (number: number): Key =>
  key('identities', DATA_KEYS_PARTITION, String(number).padStart(8, '0'));
