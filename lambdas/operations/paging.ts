import type { Item, TableName } from '../store/store';
import type { Call } from './operation';

/** What every list of IAM takes. */
export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** What every list of IAM answers, besides its rows. */
export interface PageEnd {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** One row of a list and the position behind which a later page goes on. */
export interface Entry<Row> {
  readonly position: string;
  readonly row: Row;
}

/**
 * Source: "If you do not include this parameter, the number of items defaults to 100", on every list's page.
 */
const DEFAULT_MAX_ITEMS = 100;

/** What the store gives in one answer at most. */
const MAX_QUERY_LIMIT = 1000;

/** What the rows of a page are ordered by. */
export type OrderOf<Row> = (row: Row) => string | Date | undefined;

/**
 * One page of the rows that `entries` gives behind a position, or from the start. One row more than fits is asked for, so that
 * `IsTruncated` is never a guess. Pages go by position; where positions are ids that say nothing, `orderOf` gives the order within one.
 */
export async function takePage<Row>(
  call: Call,
  request: PageRequest,
  entries: (after: string | undefined) => AsyncIterable<Entry<Row>>,
  orderOf?: OrderOf<Row>,
): Promise<{ readonly rows: Row[]; readonly end: PageEnd }> {
  const maxItems = request.MaxItems ?? DEFAULT_MAX_ITEMS;
  const after = request.Marker === undefined ? undefined : await call.openMarker(request.Marker);
  const taken: Entry<Row>[] = [];
  for await (const entry of entries(after)) {
    const last = taken.at(-1);
    if (taken.length === maxItems && last !== undefined) {
      return {
        rows: inOrder(taken, orderOf),
        end: { IsTruncated: true, Marker: await call.sealMarker(last.position) },
      };
    }
    taken.push(entry);
  }
  return { rows: inOrder(taken, orderOf), end: { IsTruncated: false } };
}

function inOrder<Row>(entries: readonly Entry<Row>[], orderOf: OrderOf<Row> | undefined): Row[] {
  const rows = entries.map(({ row }) => row);
  if (orderOf === undefined) return rows;
  const ordered = rows.map((row) => ({ row, order: orderOf(row) ?? '' }));
  ordered.sort((left, right) => {
    if (left.order < right.order) return -1;
    return left.order > right.order ? 1 : 0;
  });
  return ordered.map(({ row }) => row);
}

/** One page of rows that are all in memory, sorted by a text that no two of them share. */
export function takePageOf<Row>(
  call: Call,
  request: PageRequest,
  rows: readonly Row[],
  positionOf: (row: Row) => string,
): Promise<{ readonly rows: Row[]; readonly end: PageEnd }> {
  const sorted = rows
    .map((row) => ({ position: positionOf(row), row }))
    .sort((left, right) => (left.position < right.position ? -1 : 1));
  return takePage(call, request, async function* (after) {
    for (const entry of sorted) {
      if (after === undefined || entry.position > after) yield await Promise.resolve(entry);
    }
  });
}

/**
 * The rows that the items of a partition stand for, in the order of their sort keys. `resolve` gives a row for each item, in their
 * order, and undefined for an item that is not to be shown.
 */
export async function* queryEntries<Row>(
  call: Call,
  range: {
    readonly table: TableName;
    readonly partition: string;
    readonly prefix?: string;
    readonly after: string | undefined;
  },
  maxItems: number | undefined,
  resolve: (
    items: readonly Item[],
  ) => Promise<readonly (Row | undefined)[]> | readonly (Row | undefined)[],
): AsyncGenerator<Entry<Row>> {
  let { after } = range;
  let limit = Math.min((maxItems ?? DEFAULT_MAX_ITEMS) + 1, MAX_QUERY_LIMIT);
  do {
    const page = await call.store.query(range.table, range.partition, {
      consistent: true,
      limit,
      ...(range.prefix === undefined ? {} : { prefix: range.prefix }),
      ...(after === undefined ? {} : { after }),
    });
    const rows = await resolve(page.items);
    for (const [index, item] of page.items.entries()) {
      const row = rows[index];
      if (row !== undefined) yield { position: item.key.sort, row };
    }
    after = page.next;
    // Where little of a page is wanted, much more of the next is looked at: a small page is no way to make many reads.
    limit = Math.min(limit * 4, MAX_QUERY_LIMIT);
  } while (after !== undefined);
}
