import type { OperationSchema } from './schema';

/*
 * The shapes of Portcullis's own operations, in the form that AWS's clients export theirs in: members in order, the required ones first.
 */

/** What the service is called in its schemas. */
const NAMESPACE = 'portcullis';

/** A type of a member, as the schemas write it. */
type Type = number | (() => unknown);

export const STRING: Type = 0;
export const INTEGER: Type = 1;
export const BOOLEAN: Type = 2;
export const TIMESTAMP: Type = 4;
/** Any JSON value. */
export const DOCUMENT: Type = 15;
export const STRINGS: Type = 64;

type Members = Readonly<Record<string, Type>>;

/** A structure of its required members and of those that may be absent. */
export function structure(name: string, required: Members, optional: Members = {}): unknown {
  const members = { ...required, ...optional };
  return [
    3,
    NAMESPACE,
    name,
    0,
    Object.keys(members),
    Object.values(members),
    Object.keys(required).length,
  ];
}

/** A list of structures. */
export function listOf(name: string, element: () => unknown): Type {
  const list = [1, NAMESPACE, name, 0, element];
  return () => list;
}

export function operation(name: string, input: unknown, output: unknown): OperationSchema {
  return [9, NAMESPACE, name, 0, () => input, () => output] as unknown as OperationSchema;
}

/** What an operation without an answer answers. */
export const NOTHING = 'unit';
