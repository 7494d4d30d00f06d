import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { AccountDetails, GroupDetails, RoleDetails, UserDetails } from './account-details';

/** One thing that is imported, and what has become of it. */
export interface Outcome {
  readonly kind: string;
  readonly name: string;
  readonly outcome: string;
  readonly isFailure: boolean;
}

export interface ImportOptions {
  readonly client: IAMClient;
  /** The twelve digits of the account that is imported into. */
  readonly accountId: string;
  /** Without it nothing is written. */
  readonly isApplied: boolean;
}

interface Step {
  readonly kind: string;
  readonly name: string;
  /** Rejects with NoSuchEntity where it is not there; false where it is not among what is. */
  readonly find: () => Promise<unknown>;
  readonly create: () => Promise<unknown>;
}

/**
 * Makes what the details say: policies, then groups, users and roles with what belongs to them. What is there already is left as it is,
 * so that an import can be repeated. A role that trusts another is tried again when that one is there.
 */
export async function importAccount(
  details: AccountDetails,
  options: ImportOptions,
): Promise<readonly Outcome[]> {
  const importer = new Importer({ ...options, sourceAccountId: details.accountId });
  const [own, ofServices] = partition(details.roles);
  return [
    ...(await importer.run(details.policies.map((policy) => importer.policy(policy)))),
    ...(await importer.run(details.groups.flatMap((group) => importer.group(group)))),
    ...(await importer.run(details.users.flatMap((user) => importer.user(user)))),
    ...(await importer.roles(own)),
    ...ofServices.map(({ name }) => ({
      kind: 'role',
      name,
      outcome: "left out: it is a service of AWS's own",
      isFailure: false,
    })),
  ];
}

function partition(roles: readonly RoleDetails[]): [own: RoleDetails[], ofServices: RoleDetails[]] {
  const isOfService = ({ path }: RoleDetails): boolean =>
    path.startsWith('/aws-service-role/') || path.startsWith('/aws-reserved/');
  return [roles.filter((role) => !isOfService(role)), roles.filter(isOfService)];
}

class Importer {
  constructor(
    private readonly options: ImportOptions & { readonly sourceAccountId: string | undefined },
  ) {}

  async run(steps: readonly Step[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const step of steps) outcomes.push(await this.take(step));
    return outcomes;
  }

  /** Until a round makes none: trust in a role that is not there yet is refused. */
  async roles(roles: readonly RoleDetails[]): Promise<readonly Outcome[]> {
    const made: Outcome[] = [];
    let left = roles;
    for (;;) {
      const failed: [RoleDetails, readonly Outcome[]][] = [];
      for (const role of left) {
        const outcomes = await this.run([this.role(role)]);
        if (outcomes.some(({ isFailure }) => isFailure)) failed.push([role, outcomes]);
        else made.push(...outcomes, ...(await this.run(this.partsOfRole(role))));
      }
      if (failed.length === 0 || failed.length === left.length) {
        return [...made, ...failed.flatMap(([, outcomes]) => outcomes)];
      }
      left = failed.map(([role]) => role);
    }
  }

  policy({ name, path, arn, document }: AccountDetails['policies'][number]): Step {
    const { client } = this.options;
    return {
      kind: 'policy',
      name,
      find: () => client.send(new GetPolicyCommand({ PolicyArn: this.here(arn) })),
      create: () =>
        client.send(
          new CreatePolicyCommand({
            PolicyName: name,
            Path: path,
            PolicyDocument: this.document(document),
          }),
        ),
    };
  }

  group({ name, path, inline, attached }: GroupDetails): readonly Step[] {
    const { client } = this.options;
    const GroupName = name;
    return [
      {
        kind: 'group',
        name,
        find: () => client.send(new GetGroupCommand({ GroupName })),
        create: () => client.send(new CreateGroupCommand({ GroupName, Path: path })),
      },
      ...inline.map(({ name: PolicyName, document }) => ({
        kind: 'group policy',
        name: `${name}/${PolicyName}`,
        find: () => client.send(new GetGroupPolicyCommand({ GroupName, PolicyName })),
        create: () =>
          client.send(
            new PutGroupPolicyCommand({
              GroupName,
              PolicyName,
              PolicyDocument: this.document(document),
            }),
          ),
      })),
      ...attached.map((arn) =>
        this.attachment(
          name,
          arn,
          () => client.send(new ListAttachedGroupPoliciesCommand({ GroupName, MaxItems: 1000 })),
          (PolicyArn) => client.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn })),
        ),
      ),
    ];
  }

  user(details: UserDetails): readonly Step[] {
    const { client } = this.options;
    const { name: UserName, path: Path, inline, attached, groups, tags } = details;
    return [
      {
        kind: 'user',
        name: UserName,
        find: () => client.send(new GetUserCommand({ UserName })),
        create: () =>
          client.send(
            new CreateUserCommand({
              UserName,
              Path,
              Tags: [...tags],
              PermissionsBoundary: this.boundary(details),
            }),
          ),
      },
      ...inline.map(({ name: PolicyName, document }) => ({
        kind: 'user policy',
        name: `${UserName}/${PolicyName}`,
        find: () => client.send(new GetUserPolicyCommand({ UserName, PolicyName })),
        create: () =>
          client.send(
            new PutUserPolicyCommand({
              UserName,
              PolicyName,
              PolicyDocument: this.document(document),
            }),
          ),
      })),
      ...attached.map((arn) =>
        this.attachment(
          UserName,
          arn,
          () => client.send(new ListAttachedUserPoliciesCommand({ UserName, MaxItems: 1000 })),
          (PolicyArn) => client.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
        ),
      ),
      ...groups.map((GroupName) => ({
        kind: 'membership',
        name: `${UserName} in ${GroupName}`,
        find: async () => {
          const { Users = [] } = await client.send(
            new GetGroupCommand({ GroupName, MaxItems: 1000 }),
          );
          return Users.some((user) => user.UserName === UserName);
        },
        create: () => client.send(new AddUserToGroupCommand({ UserName, GroupName })),
      })),
    ];
  }

  private role(details: RoleDetails): Step {
    const { client } = this.options;
    const { name: RoleName, path: Path, trust, tags } = details;
    return {
      kind: 'role',
      name: RoleName,
      find: () => client.send(new GetRoleCommand({ RoleName })),
      create: () =>
        client.send(
          new CreateRoleCommand({
            RoleName,
            Path,
            AssumeRolePolicyDocument: this.document(trust),
            Tags: [...tags],
            PermissionsBoundary: this.boundary(details),
          }),
        ),
    };
  }

  private partsOfRole({ name: RoleName, inline, attached }: RoleDetails): readonly Step[] {
    const { client } = this.options;
    return [
      ...inline.map(({ name: PolicyName, document }) => ({
        kind: 'role policy',
        name: `${RoleName}/${PolicyName}`,
        find: () => client.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
        create: () =>
          client.send(
            new PutRolePolicyCommand({
              RoleName,
              PolicyName,
              PolicyDocument: this.document(document),
            }),
          ),
      })),
      ...attached.map((arn) =>
        this.attachment(
          RoleName,
          arn,
          () => client.send(new ListAttachedRolePoliciesCommand({ RoleName, MaxItems: 1000 })),
          (PolicyArn) => client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
        ),
      ),
    ];
  }

  private attachment(
    holder: string,
    arn: string,
    list: () => Promise<{ AttachedPolicies?: { PolicyArn?: string | undefined }[] | undefined }>,
    attach: (policyArn: string) => Promise<unknown>,
  ): Step {
    const here = this.here(arn);
    return {
      kind: 'attachment',
      name: `${holder} has ${here}`,
      find: async () => {
        const { AttachedPolicies = [] } = await list();
        return AttachedPolicies.some(({ PolicyArn }) => PolicyArn === here);
      },
      create: () => attach(here),
    };
  }

  private async take({ kind, name, find, create }: Step): Promise<Outcome> {
    try {
      if (await isThere(find)) return { kind, name, outcome: 'is there already', isFailure: false };
      if (!this.options.isApplied) {
        return { kind, name, outcome: 'would be created', isFailure: false };
      }
      await create();
      return { kind, name, outcome: 'created', isFailure: false };
    } catch (error) {
      const { name: code, message } = error as Error;
      return { kind, name, outcome: `failed: ${code}: ${message}`, isFailure: true };
    }
  }

  private boundary({ boundary }: UserDetails | RoleDetails): string | undefined {
    return boundary === undefined ? undefined : this.here(boundary);
  }

  /** A policy of the account that is imported, as one of the account that is imported into. */
  private here(arn: string): string {
    return this.moved(arn) as string;
  }

  /** Users, roles and policies that the document names are those that have been imported. */
  private document(text: string): string {
    return JSON.stringify(this.moved(JSON.parse(text) as unknown));
  }

  private moved(value: unknown): unknown {
    if (typeof value === 'string') {
      const { accountId, sourceAccountId } = this.options;
      if (value === sourceAccountId) return accountId;
      // Other accounts are trusted, or not, as they were.
      const parts = /^(arn:[a-z-]+:(?:iam|sts)::)([0-9]{12})(:.*)$/s.exec(value);
      return parts?.[2] === sourceAccountId && parts !== null
        ? `${parts[1] ?? ''}${accountId}${parts[3] ?? ''}`
        : value;
    }
    if (Array.isArray(value)) return value.map((element) => this.moved(element));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.moved(member)]),
    );
  }
}

async function isThere(find: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await find()) !== false;
  } catch (error) {
    if ((error as Error).name.startsWith('NoSuchEntity')) return false;
    throw error;
  }
}
