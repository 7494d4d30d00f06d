/* What `aws iam get-account-authorization-details` prints, as far as it is imported. */

export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Holder {
  readonly name: string;
  readonly path: string;
  readonly inline: readonly InlinePolicy[];
  /** ARNs. */
  readonly attached: readonly string[];
}

export type GroupDetails = Holder;

export interface UserDetails extends Holder {
  readonly groups: readonly string[];
  readonly boundary: string | undefined;
  readonly tags: readonly Tag[];
}

export interface RoleDetails extends Holder {
  readonly trust: string;
  readonly boundary: string | undefined;
  readonly tags: readonly Tag[];
}

export interface PolicyDetails {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** Of the default version. */
  readonly document: string;
}

export interface AccountDetails {
  /** The account that they are of; undefined where there is nothing in it. */
  readonly accountId: string | undefined;
  readonly policies: readonly PolicyDetails[];
  readonly groups: readonly GroupDetails[];
  readonly users: readonly UserDetails[];
  readonly roles: readonly RoleDetails[];
}

/** Throws an Error that names the place of what is missing or of another type. */
export function readAccountDetails(text: string): AccountDetails {
  const root = new Member(JSON.parse(text) as unknown, 'the file');
  return {
    accountId: accountOf(root),
    policies: root
      .list('Policies')
      .filter((policy) => !isOfAws(policy.text('Arn')))
      .map((policy) => ({
        name: policy.text('PolicyName'),
        path: policy.text('Path'),
        arn: policy.text('Arn'),
        document: defaultVersion(policy).document('Document'),
      })),
    groups: root.list('GroupDetailList').map((group) => ({
      ...holder(group, 'GroupName'),
      inline: inlinePolicies(group, 'GroupPolicyList'),
    })),
    users: root.list('UserDetailList').map((user) => ({
      ...holder(user, 'UserName'),
      inline: inlinePolicies(user, 'UserPolicyList'),
      groups: user.texts('GroupList'),
      ...boundaryAndTags(user),
    })),
    roles: root.list('RoleDetailList').map((role) => ({
      ...holder(role, 'RoleName'),
      inline: inlinePolicies(role, 'RolePolicyList'),
      trust: role.document('AssumeRolePolicyDocument'),
      ...boundaryAndTags(role),
    })),
  };
}

/** Whether a policy is one that AWS manages: those are there already. */
export const isOfAws = (arn: string): boolean => arn.split(':')[4] === 'aws';

/** All that is not AWS's own is of one account. */
function accountOf(root: Member): string | undefined {
  const arns = ['Policies', 'GroupDetailList', 'UserDetailList', 'RoleDetailList']
    .flatMap((list) => root.list(list))
    .map((entity) => entity.text('Arn'))
    .filter((arn) => !isOfAws(arn));
  const accounts = new Set(arns.map((arn) => arn.split(':')[4] ?? ''));
  if (accounts.size > 1) throw new Error(`the file is of the accounts ${[...accounts].join(', ')}`);
  return [...accounts][0];
}

function holder(member: Member, name: string): Omit<Holder, 'inline'> {
  return {
    name: member.text(name),
    path: member.text('Path'),
    attached: member.list('AttachedManagedPolicies').map((policy) => policy.text('PolicyArn')),
  };
}

function inlinePolicies(member: Member, list: string): readonly InlinePolicy[] {
  return member.list(list).map((policy) => ({
    name: policy.text('PolicyName'),
    document: policy.document('PolicyDocument'),
  }));
}

function boundaryAndTags(member: Member): Pick<UserDetails, 'boundary' | 'tags'> {
  return {
    boundary: member.optional('PermissionsBoundary')?.text('PermissionsBoundaryArn'),
    tags: member.list('Tags').map((tag) => ({ Key: tag.text('Key'), Value: tag.text('Value') })),
  };
}

function defaultVersion(policy: Member): Member {
  const id = policy.text('DefaultVersionId');
  const found = policy
    .list('PolicyVersionList')
    .find((version) => version.text('VersionId') === id);
  if (found === undefined) throw new Error(`${policy.place} has no version ${id}`);
  return found;
}

/** A value with its place, for what is said where it is not what it must be. */
class Member {
  constructor(
    private readonly value: unknown,
    readonly place: string,
  ) {}

  optional(name: string): Member | undefined {
    const { value, place } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Error(`${place} is not an object`);
    }
    const member = (value as Record<string, unknown>)[name];
    return member === undefined ? undefined : new Member(member, `${place}, ${name}`);
  }

  private required(name: string): Member {
    const member = this.optional(name);
    if (member === undefined) throw new Error(`${this.place} has no ${name}`);
    return member;
  }

  text(name: string): string {
    return this.required(name).asText();
  }

  private asText(): string {
    if (typeof this.value !== 'string') throw new Error(`${this.place} is not a text`);
    return this.value;
  }

  /** AWS leaves out empty lists in places. */
  list(name: string): readonly Member[] {
    const member = this.optional(name);
    if (member === undefined) return [];
    if (!Array.isArray(member.value)) throw new Error(`${member.place} is not a list`);
    return member.value.map((element, index) => new Member(element, `${member.place}[${index}]`));
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((element) => element.asText());
  }

  /** The AWS CLI prints documents as objects, other clients as text that is percent-encoded. */
  document(name: string): string {
    const { value, place } = this.required(name);
    if (typeof value === 'string') return value.startsWith('{') ? value : decodeURIComponent(value);
    if (typeof value === 'object' && value !== null) return JSON.stringify(value);
    throw new Error(`${place} is not a policy`);
  }
}
