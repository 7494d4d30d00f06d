import type { Tag } from '../identity/entities';
import type { Found } from '../identity/lookup';
import { toAttributes } from '../identity/records';
import { mergeTags, removeTags } from '../identity/tags';
import { commit } from '../operations/commit';
import type { Call } from '../operations/operation';
import { checkTagQuota, refuseReserved } from './requested-tags';

/** An entity whose row has tags. */
export type Tagged = Found<{ readonly Tags: readonly Tag[] }>;

/** `quota` in AWS's word, e.g. `TagsPerUser`. Errors: LimitExceeded. */
export async function addTags(
  call: Call,
  entity: Tagged,
  added: readonly Tag[],
  quota: { readonly name: string; readonly limit: number },
): Promise<void> {
  const tags = mergeTags(entity.entity.Tags, added);
  checkTagQuota(tags, quota.name, quota.limit);
  await writeTags(call, entity, tags);
}

export async function dropTags(call: Call, entity: Tagged, keys: readonly string[]): Promise<void> {
  refuseReserved(keys);
  await writeTags(call, entity, removeTags(entity.entity.Tags, keys));
}

/** The revision: a tag that somebody else sets at the same time is not lost. */
async function writeTags(call: Call, entity: Tagged, tags: readonly Tag[]): Promise<void> {
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: entity.key,
        set: toAttributes({ Tags: tags }),
        condition: { exists: true, revision: entity.revision },
      },
    },
  ]);
}
