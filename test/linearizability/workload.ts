import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  RemoveUserFromGroupCommand,
  UpdateUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { HARMLESS } from '../operations/scenery';
import { findViolation, type Observation, type Specification } from './checker';
import { KEYS, MEMBER, NAME } from './objects';
import type { KeysOperation, MemberOperation, NameOperation } from './objects';

export interface Report {
  readonly operations: number;
  /** Calls that others kept from succeeding, which claim nothing. */
  readonly contended: number;
  readonly objects: number;
  /** What no order of the calls explains. */
  readonly violations: readonly string[];
}

/** Few of each, so that callers meet. */
const NAMES = ['name-a', 'name-b', 'name-c', 'name-d'];
const USERS = ['user-a', 'user-b', 'user-c'];
const GROUPS = ['group-a', 'group-b'];
const POLICIES = ['policy-a', 'policy-b'];

/** `clients` callers, each with `operations` calls of its own, against an account that is empty. */
export async function runWorkload(
  clients: readonly IAMClient[],
  operations: number,
  random: (below: number) => number,
): Promise<Report> {
  const [first] = clients;
  if (first === undefined) throw new RangeError('at least one client');
  const workload = new Workload(await prepare(first), random);
  await Promise.all(
    clients.map(async (client) => {
      for (let done = 0; done < operations; done += 1) await workload.callAnything(client);
    }),
  );
  return workload.check(clients.length * operations);
}

async function prepare(client: IAMClient): Promise<readonly string[]> {
  for (const UserName of USERS) await client.send(new CreateUserCommand({ UserName }));
  for (const GroupName of GROUPS) await client.send(new CreateGroupCommand({ GroupName }));
  const arns: string[] = [];
  for (const PolicyName of POLICIES) {
    const made = await client.send(
      new CreatePolicyCommand({ PolicyName, PolicyDocument: HARMLESS }),
    );
    arns.push(made.Policy?.Arn ?? '');
  }
  return arns;
}

interface Times {
  readonly start: number;
  readonly end: number;
}

/** An answer, or the code of a refusal. */
type Outcome<Output> = Times & { readonly output?: Output; readonly code?: string };

class Workload {
  readonly #names = new Map<string, Observation<NameOperation>[]>();
  readonly #members = new Map<string, Observation<MemberOperation>[]>();
  readonly #keys = new Map<string, Observation<KeysOperation>[]>();
  readonly #knownKeys: string[] = [];
  #clock = 0;
  #contended = 0;

  constructor(
    private readonly policyArns: readonly string[],
    private readonly random: (below: number) => number,
  ) {}

  async callAnything(client: IAMClient): Promise<void> {
    const calls = [
      () => this.#create(client),
      () => this.#delete(client),
      () => this.#rename(client),
      () => this.#get(client),
      () => this.#changeMembership(client),
      () => this.#listGroups(client),
      () => this.#changeAttachment(client),
      () => this.#listAttachments(client),
      () => this.#createKey(client),
      () => this.#deleteKey(client),
      () => this.#listKeys(client),
    ];
    await this.#pick(calls)();
  }

  check(operations: number): Report {
    const violations = [
      ...explain(this.#names, NAME),
      ...explain(this.#members, MEMBER),
      ...explain(this.#keys, KEYS),
    ];
    const objects = this.#names.size + this.#members.size + this.#keys.size;
    return { operations, contended: this.#contended, objects, violations };
  }

  async #create(client: IAMClient): Promise<void> {
    const UserName = this.#pick(NAMES);
    const { output, code, ...times } = await this.#call(
      client.send(new CreateUserCommand({ UserName })),
    );
    const id = output?.User?.UserId;
    if (id !== undefined) this.#name(UserName, times, { kind: 'taken', id });
    else
      this.#expectCode(code, ['EntityAlreadyExists'], () => {
        this.#name(UserName, times, { kind: 'was taken' });
      });
  }

  async #delete(client: IAMClient): Promise<void> {
    const UserName = this.#pick(NAMES);
    const { code, ...times } = await this.#call(client.send(new DeleteUserCommand({ UserName })));
    if (code === undefined) this.#name(UserName, times, { kind: 'released' });
    else
      this.#expectCode(code, ['NoSuchEntity'], () => {
        this.#name(UserName, times, { kind: 'was free' });
      });
  }

  async #rename(client: IAMClient): Promise<void> {
    const UserName = this.#pick(NAMES);
    const NewUserName = this.#pick(NAMES.filter((name) => name !== UserName));
    const { code, ...times } = await this.#call(
      client.send(new UpdateUserCommand({ UserName, NewUserName })),
    );
    if (code === undefined) {
      this.#name(UserName, times, { kind: 'released' });
      this.#name(NewUserName, times, { kind: 'taken', id: '*' });
    } else if (code === 'EntityAlreadyExists') {
      this.#name(NewUserName, times, { kind: 'was taken' });
    } else
      this.#expectCode(code, ['NoSuchEntity'], () => {
        this.#name(UserName, times, { kind: 'was free' });
      });
  }

  async #get(client: IAMClient): Promise<void> {
    const UserName = this.#pick(NAMES);
    const { output, code, ...times } = await this.#call(
      client.send(new GetUserCommand({ UserName })),
    );
    const id = output?.User?.UserId;
    if (id !== undefined) this.#name(UserName, times, { kind: 'found', id });
    else
      this.#expectCode(code, ['NoSuchEntity'], () => {
        this.#name(UserName, times, { kind: 'was free' });
      });
  }

  async #changeMembership(client: IAMClient): Promise<void> {
    const membership = { UserName: this.#pick(USERS), GroupName: this.#pick(GROUPS) };
    const isAddition = this.random(2) === 0;
    const outcome = await this.#call<unknown>(
      isAddition
        ? client.send(new AddUserToGroupCommand(membership))
        : client.send(new RemoveUserFromGroupCommand(membership)),
    );
    this.#changed(`${membership.UserName} in ${membership.GroupName}`, isAddition, outcome);
  }

  async #listGroups(client: IAMClient): Promise<void> {
    const UserName = this.#pick(USERS);
    const { output, code, ...times } = await this.#call(
      client.send(new ListGroupsForUserCommand({ UserName })),
    );
    this.#expectCode(code, [undefined], () => {
      const listed = output?.Groups?.map(({ GroupName }) => GroupName) ?? [];
      for (const group of GROUPS)
        this.#listed(`${UserName} in ${group}`, times, listed.includes(group));
    });
  }

  async #changeAttachment(client: IAMClient): Promise<void> {
    const attachment = { UserName: this.#pick(USERS), PolicyArn: this.#pick(this.policyArns) };
    const isAddition = this.random(2) === 0;
    const outcome = await this.#call<unknown>(
      isAddition
        ? client.send(new AttachUserPolicyCommand(attachment))
        : client.send(new DetachUserPolicyCommand(attachment)),
    );
    this.#changed(`${attachment.PolicyArn} of ${attachment.UserName}`, isAddition, outcome);
  }

  async #listAttachments(client: IAMClient): Promise<void> {
    const UserName = this.#pick(USERS);
    const { output, code, ...times } = await this.#call(
      client.send(new ListAttachedUserPoliciesCommand({ UserName })),
    );
    this.#expectCode(code, [undefined], () => {
      const listed = output?.AttachedPolicies?.map(({ PolicyArn }) => PolicyArn) ?? [];
      for (const arn of this.policyArns) {
        this.#listed(`${arn} of ${UserName}`, times, listed.includes(arn));
      }
    });
  }

  async #createKey(client: IAMClient): Promise<void> {
    const UserName = this.#pick(USERS);
    const { output, code, ...times } = await this.#call(
      client.send(new CreateAccessKeyCommand({ UserName })),
    );
    const id = output?.AccessKey?.AccessKeyId;
    if (id !== undefined) {
      this.#knownKeys.push(`${UserName} ${id}`);
      this.#key(UserName, times, { kind: 'made', id });
    } else
      this.#expectCode(code, ['LimitExceeded'], () => {
        this.#key(UserName, times, { kind: 'was full' });
      });
  }

  async #deleteKey(client: IAMClient): Promise<void> {
    // The latest: those that somebody else may be deleting, too.
    const latest = this.#knownKeys.slice(-6);
    const [UserName, AccessKeyId] = latest.length === 0 ? [] : this.#pick(latest).split(' ');
    if (UserName === undefined || AccessKeyId === undefined) return this.#listKeys(client);
    const { code, ...times } = await this.#call(
      client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })),
    );
    if (code === undefined) this.#key(UserName, times, { kind: 'deleted', id: AccessKeyId });
    else
      this.#expectCode(code, ['NoSuchEntity'], () => {
        this.#key(UserName, times, { kind: 'was missing', id: AccessKeyId });
      });
  }

  async #listKeys(client: IAMClient): Promise<void> {
    const UserName = this.#pick(USERS);
    const { output, code, ...times } = await this.#call(
      client.send(new ListAccessKeysCommand({ UserName })),
    );
    this.#expectCode(code, [undefined], () => {
      const ids = output?.AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId ?? '') ?? [];
      this.#key(UserName, times, { kind: 'listed', ids });
    });
  }

  async #call<Output>(answer: Promise<Output>): Promise<Outcome<Output>> {
    const start = (this.#clock += 1);
    try {
      const output = await answer;
      return { output, start, end: (this.#clock += 1) };
    } catch (error) {
      const code = (error as Error).name.replace(/Exception$/, '');
      return { code, start, end: (this.#clock += 1) };
    }
  }

  /** A call that others kept from succeeding changed nothing; any other code is one that nobody foresaw. */
  #expectCode(
    code: string | undefined,
    expected: readonly (string | undefined)[],
    note: () => void,
  ): void {
    if (code === 'ConcurrentModification') this.#contended += 1;
    else if (expected.includes(code)) note();
    else throw new Error(`an answer that nothing explains: ${code ?? 'success'}`);
  }

  #changed(member: string, isAddition: boolean, { code, ...times }: Outcome<unknown>): void {
    if (code === undefined) this.#member(member, times, isAddition ? 'added' : 'removed');
    else
      this.#expectCode(code, isAddition ? [] : ['NoSuchEntity'], () => {
        this.#member(member, times, 'was missing');
      });
  }

  #listed(member: string, times: Times, isThere: boolean): void {
    this.#member(member, times, isThere ? 'is there' : 'is not there');
  }

  #name(name: string, times: Times, operation: NameOperation): void {
    note(this.#names, name, times, operation);
  }

  #member(member: string, times: Times, operation: MemberOperation): void {
    note(this.#members, member, times, operation);
  }

  #key(user: string, times: Times, operation: KeysOperation): void {
    note(this.#keys, user, times, operation);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.random(values.length)] as Value;
  }
}

function note<Operation>(
  histories: Map<string, Observation<Operation>[]>,
  object: string,
  { start, end }: Times,
  operation: Operation,
): void {
  const history = histories.get(object) ?? [];
  history.push({ start, end, operation });
  histories.set(object, history);
}

function explain<Operation>(
  histories: ReadonlyMap<string, readonly Observation<Operation>[]>,
  specification: Specification<Operation>,
): string[] {
  return [...histories].flatMap(([object, history]) => {
    const violation = findViolation(history, specification);
    return violation === undefined ? [] : [`${object}: ${JSON.stringify(violation)}`];
  });
}
