import type { AttributeValue, Attributes, Item } from '../store/store';
import { StoreUnavailable } from '../store/store';
import type {
  AccessKeyLastUsedRecord,
  AccessKeyRecord,
  AccountAliasRecord,
  AccountRecord,
  AttachedToRecord,
  AttachmentRecord,
  GroupRecord,
  InlinePolicyRecord,
  MemberRecord,
  MembershipRecord,
  NameRecord,
  OwnedAccessKeyRecord,
  PolicyRecord,
  PolicyReference,
  PolicyVersionRecord,
  Tag,
  UserRecord,
} from './entities';

/*
 * Rows become entities here and nowhere else in the admin plane. A member that is missing or of the wrong kind is an outage
 * of the store, never a default. Entities become rows by being written as they are: their members are the attributes.
 */

export type Reader<Value> = (value: AttributeValue | undefined) => Value;

/** Thrown while a member is read; becomes StoreUnavailable with the row's kind and the member's name, never with a value. */
class UnreadableMember extends Error {
  override readonly name = 'UnreadableMember';
}

export const text: Reader<string> = (value) => {
  if (typeof value !== 'string') throw new UnreadableMember('not a text');
  return value;
};

export const number: Reader<number> = (value) => {
  if (typeof value !== 'number') throw new UnreadableMember('not a number');
  return value;
};

export const bytes: Reader<Uint8Array> = (value) => {
  if (!(value instanceof Uint8Array)) throw new UnreadableMember('not binary');
  return value;
};

export function optional<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value) => (value === undefined ? undefined : reader(value));
}

export const flag: Reader<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new UnreadableMember('not a truth value');
  return value;
};

export function list<Value>(reader: Reader<Value>): Reader<readonly Value[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new UnreadableMember('not a list');
    return (value as readonly AttributeValue[]).map((element) => reader(element));
  };
}

export function oneOf<Value extends string>(...values: readonly Value[]): Reader<Value> {
  return (value) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new UnreadableMember('not one of its values');
    return found;
  };
}

export type Members<Entity> = { readonly [Member in keyof Entity]-?: Reader<Entity[Member]> };

function readMembers<Entity>(attributes: Attributes, members: Members<Entity>): Entity {
  const entity: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries<Reader<unknown>>(members)) {
    try {
      const value = reader(attributes[name]);
      if (value !== undefined) entity[name] = value;
    } catch (error) {
      if (!(error instanceof UnreadableMember)) throw error;
      throw new UnreadableMember(`${name}: ${error.message}`);
    }
  }
  return entity as Entity;
}

export function structure<Entity>(members: Members<Entity>): Reader<Entity> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnreadableMember('not a structure');
    }
    return readMembers(value as Attributes, members);
  };
}

export function row<Entity>(what: string, members: Members<Entity>): (item: Item) => Entity {
  return ({ attributes }) => {
    try {
      return readMembers(attributes, members);
    } catch (error) {
      if (!(error instanceof UnreadableMember)) throw error;
      throw new StoreUnavailable(`a stored ${what} cannot be read: ${error.message}`);
    }
  };
}

export const tags = list(structure<Tag>({ Key: text, Value: text }));

export const REFERENCE: Members<PolicyReference> = {
  AccountId: text,
  PolicyId: text,
  PolicyArn: text,
  PolicyName: text,
};

export const HOLDER = {
  Path: text,
  CreateDate: number,
  AttachedPolicyCount: number,
  InlinePolicyCount: number,
  InlinePolicySize: number,
};

const OWNED_ACCESS_KEY: Members<OwnedAccessKeyRecord> = {
  AccessKeyId: text,
  Status: oneOf('Active', 'Inactive'),
  CreateDate: number,
};

export const readAccount = row<AccountRecord>('account', {
  AccountId: text,
  CreateDate: number,
  UserCount: number,
  GroupCount: number,
  PolicyCount: number,
  RoleCount: optional(number),
  InstanceProfileCount: optional(number),
  AccessKeyCount: number,
  MFADeviceCount: optional(number),
  SigningCertificateCount: optional(number),
  VirtualMFADeviceCount: optional(number),
  VirtualMFADeviceInUseCount: optional(number),
  OpenIDConnectProviderCount: optional(number),
  SAMLProviderCount: optional(number),
  ServerCertificateCount: optional(number),
  PasswordLastUsed: optional(number),
  SignInGeneration: optional(number),
  AccountAlias: optional(text),
  GlobalEndpointTokenVersion: optional(oneOf('v1Token', 'v2Token')),
});

export const readAccountAlias = row<AccountAliasRecord>('account alias', { AccountId: text });

export const readAccessKeyLastUsed = row<AccessKeyLastUsedRecord>('last use of an access key', {
  LastUsedDate: number,
  ServiceName: text,
  Region: text,
});

export const readUser = row<UserRecord>('user', {
  ...HOLDER,
  UserName: text,
  UserId: text,
  Tags: tags,
  PermissionsBoundary: optional(structure(REFERENCE)),
  GroupCount: number,
  AccessKeyCount: number,
  PasswordLastUsed: optional(number),
  SignInGeneration: optional(number),
  LoginProfileCount: optional(number),
  MFADeviceCount: optional(number),
  SigningCertificateCount: optional(number),
  SSHPublicKeyCount: optional(number),
  ServiceSpecificCredentialCount: optional(number),
});

export const readGroup = row<GroupRecord>('group', {
  ...HOLDER,
  GroupName: text,
  GroupId: text,
  MemberCount: number,
});

export const readName = row<NameRecord>('name', { Id: text, Name: text, Path: text });

export const readAttachment = row<AttachmentRecord>('attachment', REFERENCE);

export const readInlinePolicy = row<InlinePolicyRecord>('inline policy', {
  PolicyName: text,
  PolicyDocument: text,
});

export const readMembership = row<MembershipRecord>('membership', {
  GroupId: text,
  CreateDate: number,
});

export const readMember = row<MemberRecord>('member', { UserId: text, CreateDate: number });

export const readOwnedAccessKey = row<OwnedAccessKeyRecord>('access key', OWNED_ACCESS_KEY);

export const readAccessKey = row<AccessKeyRecord>('access key', {
  ...OWNED_ACCESS_KEY,
  AccountId: text,
  OwnerKind: oneOf('Root', 'User'),
  OwnerId: text,
  SealedSecret: bytes,
  GroupIds: list(text),
});

export const readPolicy = row<PolicyRecord>('policy', {
  PolicyName: text,
  PolicyId: text,
  AccountId: text,
  Path: text,
  Description: optional(text),
  CreateDate: number,
  UpdateDate: number,
  Tags: tags,
  DefaultVersion: number,
  DefaultDocument: text,
  LatestVersion: number,
  VersionCount: number,
  AttachmentCount: number,
  PermissionsBoundaryUsageCount: number,
});

export const readPolicyVersion = row<PolicyVersionRecord>('policy version', {
  Version: number,
  Document: text,
  CreateDate: number,
});

export const readAttachedTo = row<AttachedToRecord>('attachment of a policy', {
  Kind: oneOf('User', 'Group', 'Role'),
  Id: text,
  Usage: oneOf('PermissionsPolicy', 'PermissionsBoundary'),
});

/** How often an account uses a policy that AWS manages; counted in the account, as AWS does. */
export interface PolicyUsageRecord {
  readonly AttachmentCount: number;
  readonly PermissionsBoundaryUsageCount: number;
}

export const readPolicyUsage = row<PolicyUsageRecord>('usage of a policy', {
  AttachmentCount: number,
  PermissionsBoundaryUsageCount: number,
});

/** The attributes of a row: the entity's members, without those that are undefined. */
export function toAttributes(entity: object): Attributes {
  return Object.fromEntries(
    Object.entries(entity as Attributes).filter(
      ([, value]: [string, AttributeValue | undefined]) => value !== undefined,
    ),
  );
}
