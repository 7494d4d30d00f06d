import type { Service } from './schema';

/**
 * The segments of a path behind the service's own, as they were sent: `/prod/iam/users/alice` is `users`, `alice`. Undefined for the
 * service's own path, where the other protocols live, and for a path that does not lead to the service at all.
 *
 * In front of the service may be whatever stage or base path the gateway has, its name as well: no route begins with a service's name.
 */
export function restSegmentsOf(path: string, service: Service): readonly string[] | undefined {
  const segments = path.split('/');
  let index = segments.indexOf(service);
  if (index < 0) {
    return undefined;
  }
  while (segments[index] === service) {
    index += 1;
  }
  const below = segments.slice(index);
  return below.length === 0 || (below.length === 1 && below[0] === '') ? undefined : below;
}
