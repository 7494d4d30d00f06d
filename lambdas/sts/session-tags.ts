import type { SessionTag } from '../credentials/session-claims';
import type { CallerSession } from '../identity/caller';
import { foldTagKey, mergeTags } from '../identity/tags';
import { IamError } from '../protocol/errors';

/*
 * The tags of a new session: those that it is asked with, and the transitive ones of the session that asks.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */

export interface AskedTags {
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_limits */
const MAX_TAGS = 50;

/** The tags that the sessions of another session get without being asked. */
export function inheritedTags(session: CallerSession | undefined): readonly SessionTag[] {
  const transitive = new Set((session?.transitiveTagKeys ?? []).map(foldTagKey));
  return (session?.tags ?? []).filter(({ Key }) => transitive.has(foldTagKey(Key)));
}

/** Errors: InvalidParameterValue in AWS's words. */
export function combineTags(asked: AskedTags, session: CallerSession | undefined): AskedTags {
  const inherited = inheritedTags(session);
  const own = checkTags(asked.tags);
  const inheritedKeys = new Set(inherited.map(({ Key }) => foldTagKey(Key)));
  const tags = mergeTags(inherited, asked.tags);
  if (asked.transitiveTagKeys.some((key) => !own.has(foldTagKey(key)))) {
    throw invalid('The specified transitive tag key must be included in the requested tags.');
  }
  if ([...own].some((key) => inheritedKeys.has(key))) {
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  if (tags.length > MAX_TAGS) {
    throw invalid(`A session can have at most ${MAX_TAGS} tags.`);
  }
  const keys = [...inherited.map(({ Key }) => Key), ...asked.transitiveTagKeys];
  return { tags, transitiveTagKeys: [...new Set(keys)] };
}

/** The keys as they are compared. */
function checkTags(tags: readonly SessionTag[]): ReadonlySet<string> {
  const keys = new Set(tags.map(({ Key }) => foldTagKey(Key)));
  if (keys.size < tags.length) {
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if ([...keys].some((key) => key.startsWith('aws:'))) {
    throw invalid('Tag keys that begin with aws: are reserved.');
  }
  return keys;
}

const invalid = (message: string): IamError => new IamError('InvalidParameterValue', message);
