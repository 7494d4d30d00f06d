/**
 * What the tables hold, entity by entity: the attributes of each row that `store/keys.ts` has a key for.
 * Members are AWS's own names where AWS has one. Times are epoch milliseconds. Counters guard quotas and DeleteConflict.
 */

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What a row under `accountKey` holds. */
export interface AccountRecord {
  readonly AccountId: string;
  readonly CreateDate: number;
  readonly UserCount: number;
  readonly GroupCount: number;
  readonly PolicyCount: number;
  /** Absent is none, as for the store: the account was made before it counted these. */
  readonly RoleCount?: number;
  readonly InstanceProfileCount?: number;
  /** Of the root user. */
  readonly AccessKeyCount: number;
  /** Of the root user. */
  readonly MFADeviceCount?: number;
  /** Of the root user. */
  readonly SigningCertificateCount?: number;
  /** Of all users and of root, assigned or not. */
  readonly VirtualMFADeviceCount?: number;
  /** Those that are assigned to somebody. */
  readonly VirtualMFADeviceInUseCount?: number;
  readonly OpenIDConnectProviderCount?: number;
  readonly SAMLProviderCount?: number;
  readonly ServerCertificateCount?: number;
  /** Of the root user. */
  readonly PasswordLastUsed?: number;
  /** Of the root user; see {@link UserRecord}. */
  readonly SignInGeneration?: number;
  readonly AccountAlias?: string;
  /** Absent is `v1Token`, as every account begins. */
  readonly GlobalEndpointTokenVersion?: 'v1Token' | 'v2Token';
}

/** Next to an access key: its last use, as far as it is written down. */
export interface AccessKeyLastUsedRecord {
  readonly LastUsedDate: number;
  /** `iam`, `sts`, … */
  readonly ServiceName: string;
  readonly Region: string;
}

/** Whose an alias of an account is; no two accounts of a deployment have the same. */
export interface AccountAliasRecord {
  readonly AccountId: string;
}

/** What every entity has that policies hang under. */
export interface PolicyHolder {
  readonly Path: string;
  readonly CreateDate: number;
  readonly AttachedPolicyCount: number;
  readonly InlinePolicyCount: number;
  /** Characters of all inline policies without white space, as AWS counts them. */
  readonly InlinePolicySize: number;
}

export interface UserRecord extends PolicyHolder {
  readonly UserName: string;
  readonly UserId: string;
  readonly Tags: readonly Tag[];
  /** The managed policy that bounds this user. */
  readonly PermissionsBoundary?: PolicyReference;
  readonly GroupCount: number;
  readonly AccessKeyCount: number;
  readonly PasswordLastUsed?: number;
  /** One more ends all sessions that were signed in to before; absent is 0. */
  readonly SignInGeneration?: number;
  /** Absent is none, here and below. One or none. */
  readonly LoginProfileCount?: number;
  readonly MFADeviceCount?: number;
  readonly SigningCertificateCount?: number;
  readonly SSHPublicKeyCount?: number;
  readonly ServiceSpecificCredentialCount?: number;
}

export interface GroupRecord extends PolicyHolder {
  readonly GroupName: string;
  readonly GroupId: string;
  readonly MemberCount: number;
}

/** Names are an index: folded name → unique id. Everything else refers to the id. */
export interface NameRecord {
  readonly Id: string;
  /** As it was written. */
  readonly Name: string;
  readonly Path: string;
}

export interface PolicyReference {
  /** The owner's twelve digits, or `aws`. */
  readonly AccountId: string;
  readonly PolicyId: string;
  readonly PolicyArn: string;
  readonly PolicyName: string;
}

/** Under a user, group or role: one managed policy that is attached. */
export type AttachmentRecord = PolicyReference;

/** Under a user, group or role. */
export interface InlinePolicyRecord {
  readonly PolicyName: string;
  /** The raw text as it was sent. */
  readonly PolicyDocument: string;
}

/** Under a user: one group. */
export interface MembershipRecord {
  readonly GroupId: string;
  readonly CreateDate: number;
}

/** Under a group: one user. */
export interface MemberRecord {
  readonly UserId: string;
  readonly CreateDate: number;
}

/** Under its owner. */
export interface OwnedAccessKeyRecord {
  readonly AccessKeyId: string;
  readonly Status: 'Active' | 'Inactive';
  readonly CreateDate: number;
}

/** By access key id alone. */
export interface AccessKeyRecord extends OwnedAccessKeyRecord {
  readonly AccountId: string;
  readonly OwnerKind: 'Root' | 'User';
  /** `AIDA…`, or the account id for root. */
  readonly OwnerId: string;
  /** The secret, sealed under a data key; AAD binds table, owner id and key id. */
  readonly SealedSecret: Uint8Array;
  /** The owner's groups, kept in step with its memberships, so that they are read together with the owner: one round trip less. */
  readonly GroupIds: readonly string[];
}

export interface PolicyRecord {
  readonly PolicyName: string;
  readonly PolicyId: string;
  readonly AccountId: string;
  readonly Path: string;
  readonly Description?: string;
  readonly CreateDate: number;
  readonly UpdateDate: number;
  readonly Tags: readonly Tag[];
  /** The number in `v3`. */
  readonly DefaultVersion: number;
  /** The default version's raw text, here too, so that a decision reads one row a policy. */
  readonly DefaultDocument: string;
  /** The highest number ever given; numbers are never used again. */
  readonly LatestVersion: number;
  readonly VersionCount: number;
  readonly AttachmentCount: number;
  readonly PermissionsBoundaryUsageCount: number;
}

/** Immutable once written. */
export interface PolicyVersionRecord {
  readonly Version: number;
  readonly Document: string;
  readonly CreateDate: number;
}

/** Under a policy: one user, group or role that it is attached to. */
export interface AttachedToRecord {
  readonly Kind: 'User' | 'Group' | 'Role';
  readonly Id: string;
  readonly Usage: 'PermissionsPolicy' | 'PermissionsBoundary';
}
