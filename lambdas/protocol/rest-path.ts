import type { Service } from './schema';
import { SERVICE_DESCRIPTIONS } from './services';

/**
 * The segments of a path behind the service's own, as they were sent: `/prod/iam/users/alice` is `users`, `alice`. Undefined for the
 * service's own path, where the other protocols live, and for a path that does not lead to the service at all.
 *
 * In front of the service may be whatever stage or base path the gateway has, its name as well: no route begins with a service's name.
 * What a standard gives a path of its own is told by that: `/prod/access/v1/evaluation` is `access`, `v1`, `evaluation`.
 */
export function restSegmentsOf(path: string, service: Service): readonly string[] | undefined {
  const segments = path.split('/');
  const behindName = behind(segments, service);
  if (behindName > 0) {
    const below = segments.slice(behindName);
    return below.length === 0 || (below.length === 1 && below[0] === '') ? undefined : below;
  }
  const root = SERVICE_DESCRIPTIONS[service].standardRoots.find((name) => segments.includes(name));
  return root === undefined ? undefined : [root, ...segments.slice(behind(segments, root))];
}

/** Where it goes on behind a segment, however often that is repeated; 0 where it does not occur. */
function behind(segments: readonly string[], name: string): number {
  let index = segments.indexOf(name);
  if (index < 0) return 0;
  while (segments[index] === name) {
    index += 1;
  }
  return index;
}
