import type { Tag } from '@aws-sdk/client-iam';
import type { Quotas } from '../identity/quotas';
import { requestTagContext } from '../identity/tags';
import type { Authorization, Call, Checked, Operation } from '../operations/operation';
import type { AnyOperation } from '../operations/operation-table';
import { takePageOf, type PageEnd, type PageRequest } from '../operations/paging';
import type { OperationSchema } from '../protocol/schema';
import { readTags } from './requested-tags';
import { addTags, dropTags, type Tagged } from './tag-writes';
import { viewTags } from './views';

/** An input that says in one member what it is about. */
type Naming<Member extends string> = Readonly<Record<Member, string | undefined>>;

type Details<Input> = Partial<Pick<Authorization<Input>, 'conditionKeys' | 'context'>>;

/** A kind of entity that has tags. */
export interface TaggedKind<Member extends string> {
  /** As in `TagUser`. */
  readonly kind: string;
  /** What names one, e.g. `UserName`. */
  readonly member: Member;
  /** `/users/{UserName}`. */
  readonly path: `/${string}`;
  readonly schemas: Readonly<Record<'tag' | 'untag' | 'list', OperationSchema>>;
  readonly authorization: <Input extends Naming<Member>>(
    action: string,
    details?: Details<Input>,
  ) => Authorization<Input>;
  /** Errors: NoSuchEntity. */
  readonly require: (call: Call, name: string) => Promise<Tagged>;
  /** Where more can be read than changed. */
  readonly requireReadable?: (call: Call, name: string) => Promise<Tagged>;
  readonly quota: Extract<keyof Quotas, `TagsPer${string}`>;
  /** What AWS calls the quota, where it spells it in another way. */
  readonly quotaName?: string;
  /** Whether AWS's model has InvalidInput also where tags are removed or listed. */
  readonly knowsInvalidInput: boolean;
}

type TagInput<Member extends string> = Naming<Member> & { Tags: Tag[] | undefined };
type UntagInput<Member extends string> = Naming<Member> & { TagKeys: string[] | undefined };
type ListInput<Member extends string> = Naming<Member> & PageRequest;

/** The rows that set, remove and list the tags of one kind of entity. */
export function tagOperations<Member extends string>(
  kind: TaggedKind<Member>,
): readonly AnyOperation[] {
  return [tagOperation(kind), untagOperation(kind), listOperation(kind)];
}

/** The compiler does not look into the members of a checked input whose type is open. */
const tagsIn = (input: unknown) => readTags((input as Checked<TagInput<never>>).Tags);
const keysIn = (input: unknown) => (input as Checked<UntagInput<never>>).TagKeys;
const nameIn = (input: unknown, member: string) => (input as Record<string, string>)[member] ?? '';

function tagOperation<Member extends string>(
  kind: TaggedKind<Member>,
): Operation<TagInput<Member>, void> {
  const name = `Tag${kind.kind}`;
  return {
    name,
    schema: kind.schemas.tag,
    accessLevel: 'Tagging',
    route: `POST ${kind.path}/tags`,
    authorization: kind.authorization(`iam:${name}`, {
      conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
      context: (input) => requestTagContext(tagsIn(input)),
    }),
    errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
    run: async (input, call) => {
      await addTags(call, await kind.require(call, nameIn(input, kind.member)), tagsIn(input), {
        name: kind.quotaName ?? kind.quota,
        limit: call.quotas[kind.quota],
      });
    },
  };
}

function untagOperation<Member extends string>(
  kind: TaggedKind<Member>,
): Operation<UntagInput<Member>, void> {
  const name = `Untag${kind.kind}`;
  return {
    name,
    schema: kind.schemas.untag,
    accessLevel: 'Tagging',
    route: `DELETE ${kind.path}/tags`,
    authorization: kind.authorization(`iam:${name}`, {
      conditionKeys: ['aws:TagKeys'],
      context: (input) => ({ 'aws:TagKeys': keysIn(input) }),
    }),
    errors: kind.knowsInvalidInput
      ? ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity']
      : ['ConcurrentModification', 'NoSuchEntity'],
    run: async (input, call) => {
      await dropTags(call, await kind.require(call, nameIn(input, kind.member)), keysIn(input));
    },
  };
}

function listOperation<Member extends string>(
  kind: TaggedKind<Member>,
): Operation<ListInput<Member>, { readonly Tags: Tag[] } & PageEnd> {
  const name = `List${kind.kind}Tags`;
  return {
    name,
    schema: kind.schemas.list,
    accessLevel: 'List',
    route: `GET ${kind.path}/tags`,
    authorization: kind.authorization(`iam:${name}`),
    errors: kind.knowsInvalidInput ? ['InvalidInput', 'NoSuchEntity'] : ['NoSuchEntity'],
    run: async (input, call) => {
      const read = kind.requireReadable ?? kind.require;
      const { entity } = await read(call, nameIn(input, kind.member));
      const request = input as PageRequest;
      const { rows, end } = await takePageOf(call, request, viewTags(entity.Tags), (tag) =>
        String(tag.Key),
      );
      return { Tags: rows, ...end };
    },
  };
}
