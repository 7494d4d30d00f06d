import { readName } from '../identity/records';
import type { Call } from '../operations/operation';
import { queryEntries, takePage, type PageEnd, type PageRequest } from '../operations/paging';
import { namePartition, principalKey, type PrincipalKind } from '../store/keys';
import type { Item } from '../store/store';

/**
 * A page of all users, groups or roles under a path, by name. `view` gives one view for each row, in their order.
 */
export async function listPrincipals<View>(
  call: Call,
  request: PageRequest & { readonly PathPrefix?: string | undefined },
  kind: PrincipalKind,
  view: (rows: readonly Item[]) => readonly View[] | Promise<readonly View[]>,
): Promise<{ readonly rows: View[]; readonly end: PageEnd }> {
  const names = namePartition(kind, call.accountId);
  return takePage(call, request, (after) =>
    queryEntries(call, { ...names, after }, request.MaxItems, async (items) => {
      const rows = await readInside(call, items, kind, request.PathPrefix ?? '/');
      const present = rows.filter((row) => row !== undefined);
      const views = new Map<Item, View>();
      for (const [index, shown] of (await view(present)).entries()) {
        const row = present[index];
        if (row !== undefined) views.set(row, shown);
      }
      return rows.map((row) => row && views.get(row));
    }),
  );
}

/** The rows of a page of names, undefined for those outside the path and those deleted since the names were read. */
async function readInside(
  call: Call,
  items: readonly Item[],
  kind: PrincipalKind,
  pathPrefix: string,
): Promise<readonly (Item | undefined)[]> {
  const names = items.map(readName);
  const inside = names.filter((name) => name.Path.startsWith(pathPrefix));
  const found = await call.store.getMany(
    inside.map((name) => principalKey(kind, call.accountId, name.Id)),
    { consistent: true },
  );
  const rows = new Map(inside.map((name, index) => [name.Id, found[index]] as const));
  return names.map((name) => rows.get(name.Id));
}
