import type { ConditionContext } from '../core/request-context';
import type { Tag } from './entities';

/*
 * Tag keys keep their case and are compared without it: `Team` and `team` are one tag.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
 */

/** `added` replace what has the same key; the rest keeps its order. */
export function mergeTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const merged = new Map(present.map((tag) => [foldTagKey(tag.Key), tag]));
  for (const tag of added) {
    merged.set(foldTagKey(tag.Key), tag);
  }
  return [...merged.values()];
}

/** A key that is not there is no error. */
export function removeTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const removed = new Set(keys.map(foldTagKey));
  return present.filter((tag) => !removed.has(foldTagKey(tag.Key)));
}

/** `aws:RequestTag/KEY` and `aws:TagKeys` of a request that sets tags. */
export function requestTagContext(tags: readonly Tag[] | undefined): ConditionContext {
  return tags === undefined || tags.length === 0
    ? {}
    : {
        ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.Key}`, tag.Value])),
        'aws:TagKeys': tags.map((tag) => tag.Key),
      };
}

/** The tags of the entity that a request is about, under both names that AWS gives them. */
export function resourceTagContext(tags: readonly Tag[]): ConditionContext {
  return Object.fromEntries(
    tags.flatMap((tag) => [
      [`aws:ResourceTag/${tag.Key}`, tag.Value],
      [`iam:ResourceTag/${tag.Key}`, tag.Value],
    ]),
  );
}

/**
 * All letters are folded, not ASCII's alone as where condition keys are looked up: stricter than needed, so that no two tags of an
 * entity can ever answer to one condition key.
 */
export function foldTagKey(key: string): string {
  return key.toLowerCase();
}
