import { encodeAttributes } from './attribute-values';
import type { WireAttributes, WireValue } from './attribute-values';
import { conditionHolds } from './conditions';
import type { StoredState } from './conditions';
import type { Condition, Key, Write } from './store';

/*
 * How a write of the store's contract becomes an action of TransactWriteItems.
 *
 * An item is { pk, sk, rev, ttl?, attributes }: the record's attributes under one map, so that no name of theirs can be taken
 * for one of ours and a put replaces them whole while `rev` goes on counting.
 *
 * The clock is in no expression: the parameters of a call that is repeated under its token have to be the same, or DynamoDB
 * refuses it. What an expression says instead is in which state the item is assumed to be (`Assumption`). The first
 * assumption follows from the write alone; where the item turns out to be in another state, the old item tells which.
 */

/** The state in which an action finds its item, as far as its expressions depend on it. */
export type Assumption =
  | { readonly state: 'absent' }
  /** There, and without an expiry. */
  | { readonly state: 'lasting' }
  | { readonly state: 'absentOrLasting' }
  /** There, and alive until exactly this time. */
  | { readonly state: 'expiring'; readonly expiresAt: number };

/** An item as the tables hold it. */
export interface PhysicalItem extends StoredState {
  readonly partition: string;
  readonly sort: string;
  readonly expiresAt?: number;
}

/** Expression parameters of one action; absent where there are none. */
interface Parameters {
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, WireValue>;
}

type Guard = Parameters & {
  readonly TableName: string;
  readonly ConditionExpression: string;
  readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
};

/** One action of TransactWriteItems; structurally the SDK's `TransactWriteItem`. */
export type Action =
  | { readonly Put: Guard & { readonly Item: Record<string, WireValue> } }
  | {
      readonly Update: Guard & {
        readonly Key: Record<string, WireValue>;
        readonly UpdateExpression: string;
      };
    }
  | { readonly Delete: Guard & { readonly Key: Record<string, WireValue> } }
  | { readonly ConditionCheck: Guard & { readonly Key: Record<string, WireValue> } };

const number = (value: number): WireValue => ({ N: String(value) });

export const physicalKey = (key: Pick<Key, 'partition' | 'sort'>): Record<string, WireValue> => ({
  pk: { S: key.partition },
  sk: { S: key.sort },
});

/** Undefined where the item is not one that this store has written. */
export function parsePhysicalItem(item: WireAttributes): PhysicalItem | undefined {
  const { pk, sk, rev, ttl, attributes } = item;
  if (pk === undefined || sk === undefined || rev === undefined || attributes === undefined) {
    return undefined;
  }
  if (!('S' in pk) || !('S' in sk) || !('N' in rev) || !('M' in attributes)) return undefined;
  if (ttl !== undefined && !('N' in ttl)) return undefined;
  return {
    partition: pk.S,
    sort: sk.S,
    revision: Number(rev.N),
    attributes: attributes.M,
    ...(ttl === undefined ? {} : { expiresAt: Number(ttl.N) }),
  };
}

/** What is assumed of an item before anything of it is known. */
export function firstAssumption(write: Write): Assumption {
  if (write.condition.exists === false) return { state: 'absent' };
  // A condition that no absent item meets asks for an item without saying so.
  if (write.condition.exists === true || !conditionHolds(undefined, write.condition)) {
    return { state: 'lasting' };
  }
  // An update has one form that makes an item and another that changes one. Made first: a repetition of a call that made
  // the item is then the same call, which the token answers.
  return { state: write.kind === 'update' ? 'absent' : 'absentOrLasting' };
}

/** What to assume next of an item whose condition holds, but not the assumption. */
export function nextAssumption(write: Write, item: PhysicalItem | undefined): Assumption {
  if (item === undefined) return firstAssumption(write);
  if (item.expiresAt === undefined) return { state: 'lasting' };
  return { state: 'expiring', expiresAt: item.expiresAt };
}

/** Collects the placeholders of one action; an expression holds no name and no value itself. */
class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: WireValue[] = [];

  name(name: string): string {
    const known = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, known);
    return known;
  }

  /** The path of an attribute of the record. */
  path(name: string): string {
    return `${this.name('attributes')}.${this.name(name)}`;
  }

  value(value: WireValue): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }

  parameters(): Parameters {
    const ExpressionAttributeNames = Object.fromEntries(
      [...this.#names].map(([name, placeholder]) => [placeholder, name]),
    );
    // DynamoDB refuses an empty map of values.
    if (this.#values.length === 0) return { ExpressionAttributeNames };
    return {
      ExpressionAttributeNames,
      ExpressionAttributeValues: Object.fromEntries(
        this.#values.map((value, index) => [`:v${index}`, value]),
      ),
    };
  }
}

function assumptionClauses(assumption: Assumption, placeholders: Placeholders): string[] {
  // Named where they are used: DynamoDB refuses a placeholder that no expression has.
  const pk = (): string => placeholders.name('pk');
  const withoutExpiry = (): string => `attribute_not_exists(${placeholders.name('ttl')})`;
  switch (assumption.state) {
    case 'absent':
      return [`attribute_not_exists(${pk()})`];
    case 'lasting':
      return [`attribute_exists(${pk()})`, withoutExpiry()];
    case 'absentOrLasting':
      return [withoutExpiry()];
    case 'expiring':
      return [`${placeholders.name('ttl')} = ${placeholders.value(number(assumption.expiresAt))}`];
  }
}

function scalar(value: string | number | boolean): WireValue {
  const { value: wire } = encodeAttributes({ value });
  return wire as WireValue;
}

function conditionExpression(
  condition: Condition,
  assumption: Assumption,
  placeholders: Placeholders,
): string {
  const clauses = assumptionClauses(assumption, placeholders);
  if (assumption.state === 'absent') {
    // Nothing but the bounds can be asked of an absent item, and their answer is known.
    if (!conditionHolds(undefined, { ...condition, exists: 'any' })) {
      clauses.push(`attribute_exists(${placeholders.name('pk')})`);
    }
    return clauses.join(' AND ');
  }
  if (condition.revision !== undefined) {
    clauses.push(`${placeholders.name('rev')} = ${placeholders.value(number(condition.revision))}`);
  }
  for (const [name, bound] of Object.entries(condition.below ?? {})) {
    const path = placeholders.path(name);
    const below = `${path} < ${placeholders.value(number(bound))}`;
    clauses.push(bound > 0 ? `(attribute_not_exists(${path}) OR ${below})` : below);
  }
  for (const [name, wanted] of Object.entries(condition.equals ?? {})) {
    clauses.push(`${placeholders.path(name)} = ${placeholders.value(scalar(wanted))}`);
  }
  return clauses.join(' AND ');
}

type UpdateWrite = Extract<Write, { kind: 'update' }>;
type PutWrite = Extract<Write, { kind: 'put' }>;

function revisionPlusOne(placeholders: Placeholders): string {
  const rev = placeholders.name('rev');
  const zero = placeholders.value(number(0));
  return `${rev} = if_not_exists(${rev}, ${zero}) + ${placeholders.value(number(1))}`;
}

function replaceExpression(write: PutWrite, placeholders: Placeholders): string {
  const attributes = placeholders.value({ M: encodeAttributes(write.attributes) });
  const set = [`${placeholders.name('attributes')} = ${attributes}`, revisionPlusOne(placeholders)];
  const ttl = placeholders.name('ttl');
  if (write.expiresAt === undefined) return `SET ${set.join(', ')} REMOVE ${ttl}`;
  set.push(`${ttl} = ${placeholders.value(number(write.expiresAt))}`);
  return `SET ${set.join(', ')}`;
}

function changeExpression(write: UpdateWrite, placeholders: Placeholders): string {
  const set = [revisionPlusOne(placeholders)];
  for (const [name, value] of Object.entries(encodeAttributes(write.set ?? {}))) {
    set.push(`${placeholders.path(name)} = ${placeholders.value(value)}`);
  }
  for (const [name, amount] of Object.entries(write.add ?? {})) {
    const path = placeholders.path(name);
    const before = `if_not_exists(${path}, ${placeholders.value(number(0))})`;
    set.push(`${path} = ${before} + ${placeholders.value(number(amount))}`);
  }
  const remove = (write.remove ?? []).map((name) => placeholders.path(name));
  return `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`;
}

function newItem(write: PutWrite | UpdateWrite): Record<string, WireValue> {
  const attributes = write.kind === 'put' ? write.attributes : { ...write.set, ...write.add };
  const expiresAt = write.kind === 'put' ? write.expiresAt : undefined;
  return {
    ...physicalKey(write.key),
    rev: number(1),
    ...(expiresAt !== undefined && { ttl: number(expiresAt) }),
    attributes: { M: encodeAttributes(attributes) },
  };
}

/** The action that does `write` to an item in the state assumed, and fails on any other. */
export function buildAction(write: Write, assumption: Assumption, TableName: string): Action {
  const placeholders = new Placeholders();
  const condition = conditionExpression(write.condition, assumption, placeholders);
  const guard = (): Guard => ({
    TableName,
    ConditionExpression: condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...placeholders.parameters(),
  });
  const Key = physicalKey(write.key);
  switch (write.kind) {
    case 'put':
    case 'update': {
      if (assumption.state === 'absent') return { Put: { ...guard(), Item: newItem(write) } };
      const UpdateExpression =
        write.kind === 'put'
          ? replaceExpression(write, placeholders)
          : changeExpression(write, placeholders);
      return { Update: { ...guard(), Key, UpdateExpression } };
    }
    case 'delete':
      return { Delete: { ...guard(), Key } };
    case 'check':
      return { ConditionCheck: { ...guard(), Key } };
  }
}
