import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  PutGroupPolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagPolicyCommand,
  TagUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { Credentials } from './deployment';

/** A document that allows an action nobody else asks for. */
export const HARMLESS = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'orders:GetOrder', Resource: '*' },
});

/** Entities made by the root user, each with a name of its own. */
export class Scenery {
  #made = 0;

  constructor(readonly root: IAMClient) {}

  newName(kind: string): string {
    this.#made += 1;
    return `${kind}-${this.#made}`;
  }

  async user(Path = '/team/'): Promise<string> {
    const UserName = this.newName('user');
    await this.root.send(new CreateUserCommand({ UserName, Path }));
    return UserName;
  }

  async group(Path = '/team/'): Promise<string> {
    const GroupName = this.newName('group');
    await this.root.send(new CreateGroupCommand({ GroupName, Path }));
    return GroupName;
  }

  async policy(PolicyDocument = HARMLESS): Promise<string> {
    const PolicyName = this.newName('policy');
    const { Policy } = await this.root.send(
      new CreatePolicyCommand({ PolicyName, PolicyDocument }),
    );
    return String(Policy?.Arn);
  }

  /** A policy whose default version is `v1`, and that has a `v2`. */
  async policyOfTwoVersions(): Promise<string> {
    const PolicyArn = await this.policy();
    await this.root.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: HARMLESS }));
    return PolicyArn;
  }

  async attachedToUser(): Promise<{ UserName: string; PolicyArn: string }> {
    const attachment = { UserName: await this.user(), PolicyArn: await this.policy() };
    await this.root.send(new AttachUserPolicyCommand(attachment));
    return attachment;
  }

  async attachedToGroup(): Promise<{ GroupName: string; PolicyArn: string }> {
    const attachment = { GroupName: await this.group(), PolicyArn: await this.policy() };
    await this.root.send(new AttachGroupPolicyCommand(attachment));
    return attachment;
  }

  async userWithInlinePolicy(): Promise<{ UserName: string; PolicyName: string }> {
    const policy = { UserName: await this.user(), PolicyName: this.newName('inline') };
    await this.root.send(new PutUserPolicyCommand({ ...policy, PolicyDocument: HARMLESS }));
    return policy;
  }

  async groupWithInlinePolicy(): Promise<{ GroupName: string; PolicyName: string }> {
    const policy = { GroupName: await this.group(), PolicyName: this.newName('inline') };
    await this.root.send(new PutGroupPolicyCommand({ ...policy, PolicyDocument: HARMLESS }));
    return policy;
  }

  async userWithBoundary(): Promise<{ UserName: string; PermissionsBoundary: string }> {
    const bound = { UserName: await this.user(), PermissionsBoundary: await this.policy() };
    await this.root.send(new PutUserPermissionsBoundaryCommand(bound));
    return bound;
  }

  async taggedUser(): Promise<string> {
    const UserName = await this.user();
    await this.root.send(new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'blue' }] }));
    return UserName;
  }

  async taggedPolicy(): Promise<string> {
    const PolicyArn = await this.policy();
    await this.root.send(
      new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'team', Value: 'blue' }] }),
    );
    return PolicyArn;
  }

  async member(): Promise<{ UserName: string; GroupName: string }> {
    const membership = { UserName: await this.user(), GroupName: await this.group() };
    await this.root.send(new AddUserToGroupCommand(membership));
    return membership;
  }

  async keyOf(UserName: string): Promise<Credentials> {
    const { AccessKey } = await this.root.send(new CreateAccessKeyCommand({ UserName }));
    return {
      accessKeyId: String(AccessKey?.AccessKeyId),
      secretAccessKey: String(AccessKey?.SecretAccessKey),
    };
  }

  /** A user that may do what the statements say, by an inline policy. */
  async caller(
    ...Statement: readonly object[]
  ): Promise<{ UserName: string; credentials: Credentials }> {
    const UserName = await this.user('/callers/');
    await this.permit(UserName, ...Statement);
    return { UserName, credentials: await this.keyOf(UserName) };
  }

  /** Puts other statements in the place of those that a caller has. */
  async permit(UserName: string, ...Statement: readonly object[]): Promise<void> {
    if (Statement.length === 0) return;
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await this.root.send(
      new PutUserPolicyCommand({ UserName, PolicyName: 'permissions', PolicyDocument }),
    );
  }
}
