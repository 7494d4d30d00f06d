import type {
  AttachedPermissionsBoundary,
  Group,
  Policy,
  PolicyVersion,
  Tag as TagView,
  User,
} from '@aws-sdk/client-iam';
import type {
  GroupRecord,
  PolicyRecord,
  PolicyReference,
  PolicyVersionRecord,
  Tag,
  UserRecord,
} from '../identity/entities';
import type { Found } from '../identity/lookup';

/*
 * Entities as IAM answers them. Which members an answer has depends on the operation: lists leave out tags and boundaries.
 */

/** As lists give it. */
export function viewListedUser({ entity, arn }: Found<UserRecord>): User {
  return {
    Path: entity.Path,
    UserName: entity.UserName,
    UserId: entity.UserId,
    Arn: arn,
    CreateDate: new Date(entity.CreateDate),
    ...(entity.PasswordLastUsed === undefined
      ? {}
      : { PasswordLastUsed: new Date(entity.PasswordLastUsed) }),
  };
}

/** As CreateUser and GetUser give it. */
export function viewUser(user: Found<UserRecord>): User {
  const { PermissionsBoundary: boundary, Tags: tags } = user.entity;
  return {
    ...viewListedUser(user),
    ...(boundary === undefined ? {} : { PermissionsBoundary: viewBoundary(boundary) }),
    ...(tags.length === 0 ? {} : { Tags: viewTags(tags) }),
  };
}

/**
 * AWS sends `Policy`, its reference says `PermissionsBoundaryPolicy`, and so do the client's types: the wire decides.
 */
export function viewBoundary(boundary: PolicyReference): AttachedPermissionsBoundary {
  const type: string = 'Policy';
  return {
    PermissionsBoundaryType: type as AttachedPermissionsBoundary['PermissionsBoundaryType'],
    PermissionsBoundaryArn: boundary.PolicyArn,
  };
}

export function viewTags(tags: readonly Tag[]): TagView[] {
  return tags.map(({ Key, Value }) => ({ Key, Value }));
}

export function viewGroup({ entity, arn }: Found<GroupRecord>): Group {
  return {
    Path: entity.Path,
    GroupName: entity.GroupName,
    GroupId: entity.GroupId,
    Arn: arn,
    CreateDate: new Date(entity.CreateDate),
  };
}

/** As lists give it. */
export function viewListedPolicy({ entity, arn }: Found<PolicyRecord>): Policy {
  return {
    PolicyName: entity.PolicyName,
    PolicyId: entity.PolicyId,
    Arn: arn,
    Path: entity.Path,
    DefaultVersionId: versionId(entity.DefaultVersion),
    AttachmentCount: entity.AttachmentCount,
    PermissionsBoundaryUsageCount: entity.PermissionsBoundaryUsageCount,
    IsAttachable: true,
    CreateDate: new Date(entity.CreateDate),
    UpdateDate: new Date(entity.UpdateDate),
  };
}

/** As GetPolicy gives it: with its description where it has one, with its tags even where it has none. */
export function viewPolicy(policy: Found<PolicyRecord>): Policy {
  const { Description: description, Tags: tags } = policy.entity;
  return {
    ...viewListedPolicy(policy),
    ...(description === undefined ? {} : { Description: description }),
    Tags: viewTags(tags),
  };
}

/** As lists and CreatePolicyVersion give it: without the document. */
export function viewListedVersion(
  version: PolicyVersionRecord,
  defaultVersion: number,
): PolicyVersion {
  return {
    VersionId: versionId(version.Version),
    IsDefaultVersion: version.Version === defaultVersion,
    CreateDate: new Date(version.CreateDate),
  };
}

/** `v3`. */
export function versionId(version: number): string {
  return `v${version}`;
}

/** The number of `v3`; undefined for every other text. */
export function versionNumber(text: string): number | undefined {
  return /^v[1-9][0-9]{0,6}$/.test(text) ? Number(text.slice(1)) : undefined;
}
