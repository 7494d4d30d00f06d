import type { Tag } from '../identity/entities';
import { foldTagKey } from '../identity/tags';
import { duplicateTagKeys } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import { quotaExceeded } from '../protocol/error-messages';

/** Keys with this prefix are AWS's own. */
const RESERVED_PREFIX = 'aws:';

/**
 * The tags that a request gives an entity, in the order given; keys that differ in case only, and reserved keys, are refused.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
 */
export function readTags(
  tags: readonly { readonly Key: string; readonly Value: string }[] | undefined,
): readonly Tag[] {
  const read = (tags ?? []).map(({ Key, Value }) => ({ Key, Value }));
  if (new Set(read.map((tag) => foldTagKey(tag.Key))).size < read.length) {
    throw duplicateTagKeys();
  }
  refuseReserved(read.map((tag) => tag.Key));
  return read;
}

export function refuseReserved(keys: readonly string[]): void {
  if (keys.some((key) => foldTagKey(key).startsWith(RESERVED_PREFIX))) {
    throw new IamError('InvalidInput', 'Tag keys that begin with aws: are reserved.');
  }
}

/** `quota` is AWS's word for it, e.g. `TagsPerUser`. */
export function checkTagQuota(tags: readonly Tag[], quota: string, limit: number): void {
  if (tags.length > limit) {
    throw quotaExceeded(quota, limit);
  }
}
