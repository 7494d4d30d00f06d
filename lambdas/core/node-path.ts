import type { JsonNode } from './json';
import type { Path } from './policy-reader';

/** Where a statement stands: a policy with one statement need not have a list. */
export function statementPath(root: JsonNode, index: number): Path {
  const member =
    root.kind === 'object' ? root.members.find(({ name }) => name === 'Statement') : undefined;
  return member?.value.kind === 'array' ? ['Statement', index] : ['Statement'];
}

/** Where the value at a path begins, or the nearest value around it. */
export function offsetOf(root: JsonNode, path: Path): number {
  let node = root;
  for (const step of path) {
    const next =
      node.kind === 'object'
        ? node.members.find(({ name }) => name === step)?.value
        : node.kind === 'array' && typeof step === 'number'
          ? node.items[step]
          : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node.start;
}
