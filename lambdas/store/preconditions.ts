import { assertThat } from './assertion';
import { attributesSizeBytes, encodeAttributes, isWellFormed } from './attribute-values';
import type { WireAttributes } from './attribute-values';
import type { Key, QueryOptions, Write } from './store';

/*
 * What every implementation asserts before it does any work.
 * The numbers are DynamoDB's: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */

const MAX_WRITES = 100;
const MAX_PARTITION_BYTES = 2048;
const MAX_SORT_BYTES = 1024;
const MAX_ITEM_BYTES = 400 * 1024;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
const MAX_QUERY_LIMIT = 1000;
const MAX_TOKEN_LENGTH = 1024;

function assertKeyPart(text: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  assertThat(bytes >= 1 && bytes <= maxBytes, `a key part is not 1 to ${maxBytes} bytes long`);
  assertThat(isWellFormed(text), 'a key part holds a lone surrogate');
}

export function assertKey(key: Key): void {
  assertKeyPart(key.partition, MAX_PARTITION_BYTES);
  assertKeyPart(key.sort, MAX_SORT_BYTES);
}

export function assertQuery(partition: string, options: QueryOptions): void {
  assertKeyPart(partition, MAX_PARTITION_BYTES);
  if (options.after !== undefined) assertKeyPart(options.after, MAX_SORT_BYTES);
  // An empty prefix is every sort key.
  if (options.prefix !== undefined && options.prefix !== '') {
    assertKeyPart(options.prefix, MAX_SORT_BYTES);
  }
  const { limit } = options;
  assertThat(
    limit === undefined || (Number.isInteger(limit) && limit >= 1 && limit <= MAX_QUERY_LIMIT),
    `a query's limit is not 1 to ${MAX_QUERY_LIMIT}`,
  );
}

/** The physical item as the tables hold it, in the sizes that count towards DynamoDB's limit. */
export function itemSizeBytes(
  key: Key,
  attributes: WireAttributes,
  expiresAt: number | undefined,
): number {
  return attributesSizeBytes({
    pk: { S: key.partition },
    sk: { S: key.sort },
    rev: { N: '1' },
    ...(expiresAt === undefined ? {} : { ttl: { N: String(expiresAt) } }),
    attributes: { M: attributes },
  });
}

export function assertItemSize(sizeBytes: number): void {
  assertThat(sizeBytes <= MAX_ITEM_BYTES, `an item of ${sizeBytes} bytes is too large`);
}

function assertUpdate(write: Extract<Write, { kind: 'update' }>): void {
  const names = [
    ...Object.keys(write.set ?? {}),
    ...(write.remove ?? []),
    ...Object.keys(write.add ?? {}),
  ];
  assertThat(new Set(names).size === names.length, 'an update names an attribute twice');
  for (const amount of Object.values(write.add ?? {})) {
    assertThat(Number.isSafeInteger(amount), `${amount} is not an integer that can be added`);
  }
}

function assertCondition({ condition }: Write): void {
  const bounds = Object.values(condition.below ?? {});
  assertThat(bounds.every(Number.isSafeInteger), 'a bound is not an integer');
  // A condition that names what an absent item cannot have, on an absent item, is a slip of the pen.
  assertThat(
    condition.exists !== false ||
      (condition.revision === undefined && condition.equals === undefined),
    'a condition asks for an absent item and for what it holds',
  );
}

/** The size of one write as it counts towards a transaction's limit. */
function writeSizeBytes(write: Write): number {
  switch (write.kind) {
    case 'put': {
      const { expiresAt } = write;
      assertThat(
        expiresAt === undefined || (Number.isSafeInteger(expiresAt) && expiresAt > 0),
        'an expiry is not in whole epoch seconds',
      );
      const sizeBytes = itemSizeBytes(write.key, encodeAttributes(write.attributes), expiresAt);
      assertItemSize(sizeBytes);
      return sizeBytes;
    }
    case 'update':
      assertUpdate(write);
      return itemSizeBytes(write.key, encodeAttributes(write.set ?? {}), undefined);
    case 'delete':
    case 'check':
      return itemSizeBytes(write.key, {}, undefined);
  }
}

export function assertTransaction(writes: readonly Write[], token: string): void {
  assertThat(
    writes.length >= 1 && writes.length <= MAX_WRITES,
    `a transaction has 1 to ${MAX_WRITES} writes, not ${writes.length}`,
  );
  assertThat(
    token.length >= 1 && token.length <= MAX_TOKEN_LENGTH && isWellFormed(token),
    'a token is missing or too long',
  );
  const keys = writes.map(({ key }) => JSON.stringify([key.table, key.partition, key.sort]));
  assertThat(new Set(keys).size === keys.length, 'a transaction names a key twice');
  let sizeBytes = 0;
  for (const write of writes) {
    assertKey(write.key);
    assertCondition(write);
    sizeBytes += writeSizeBytes(write);
  }
  assertThat(
    sizeBytes <= MAX_TRANSACTION_BYTES,
    `a transaction of ${sizeBytes} bytes is too large`,
  );
}
