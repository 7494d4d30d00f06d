import type { PolicyHolder, PolicyReference, Tag } from './entities';
import { HOLDER, list, number, optional, REFERENCE, row, structure, tags, text } from './records';

/** A user or role that a trust policy names, by the id that stands in the stored text in place of its ARN. */
export interface TrustedPrincipal {
  /** `AIDA…` or `AROA…`. */
  readonly Id: string;
  /** Where the principal lives; twelve digits. */
  readonly AccountId: string;
}

export interface RoleRecord extends PolicyHolder {
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Description?: string;
  /**
   * The trust policy as it was sent, with ids in place of the ARNs of users and roles.
   *
   * Invariant: this text decides. What is shown instead of an id is looked up when it is shown.
   */
  readonly AssumeRolePolicyDocument: string;
  /** Whom the text names by id. */
  readonly TrustedPrincipals: readonly TrustedPrincipal[];
  readonly MaxSessionDuration: number;
  readonly Tags: readonly Tag[];
  /** The managed policy that bounds this role. */
  readonly PermissionsBoundary?: PolicyReference;
  readonly InstanceProfileCount: number;
  /** The service whose role this is, e.g. `batch.amazonaws.com`: nobody else changes it. */
  readonly LinkedService?: string;
}

export interface InstanceProfileRecord {
  readonly InstanceProfileName: string;
  readonly InstanceProfileId: string;
  readonly Path: string;
  readonly CreateDate: number;
  readonly Tags: readonly Tag[];
  /** The one role that it holds. */
  readonly RoleId?: string;
}

/** Under a role: one instance profile that holds it. */
export interface UsedInRecord {
  readonly InstanceProfileId: string;
}

/** When credentials of a role were used last, as far as it is written down; the row expires when AWS no longer reports the use. */
export interface RoleLastUsedRecord {
  readonly LastUsedDate: number;
  readonly Region: string;
}

export const readRoleLastUsed = row<RoleLastUsedRecord>('last use of a role', {
  LastUsedDate: number,
  Region: text,
});

export const readRole = row<RoleRecord>('role', {
  ...HOLDER,
  RoleName: text,
  RoleId: text,
  Description: optional(text),
  AssumeRolePolicyDocument: text,
  TrustedPrincipals: list(structure<TrustedPrincipal>({ Id: text, AccountId: text })),
  MaxSessionDuration: number,
  Tags: tags,
  PermissionsBoundary: optional(structure(REFERENCE)),
  InstanceProfileCount: number,
  LinkedService: optional(text),
});

export const readInstanceProfile = row<InstanceProfileRecord>('instance profile', {
  InstanceProfileName: text,
  InstanceProfileId: text,
  Path: text,
  CreateDate: number,
  Tags: tags,
  RoleId: optional(text),
});

export const readUsedIn = row<UsedInRecord>('use of a role', { InstanceProfileId: text });
