import fc from 'fast-check';

/*
 * Values for the raw schemas of the official clients. Written against the schema format itself and not against `protocol/schema.ts`,
 * so that a member which that module overlooks is missed by a test.
 */

interface Options {
  readonly text: fc.Arbitrary<string>;
  /** Lists within lists; some shapes contain themselves. */
  readonly depth?: number;
}

const MAX_DEPTH = 4;

const dereference = (schema: unknown): unknown =>
  typeof schema === 'function' ? dereference((schema as () => unknown)()) : schema;

/** A value of the shape; undefined where the operation has none. */
export function valueOf(schema: unknown, options: Options): fc.Arbitrary<unknown> {
  const target = dereference(schema);
  if (target === 'unit') {
    return fc.constant(undefined);
  }
  if (typeof target === 'number') {
    return simpleValue(target, options);
  }
  const parts = target as readonly unknown[];
  if (parts.length === 2) {
    return valueOf(parts[0], options);
  }
  switch (parts[0]) {
    case 0:
      return valueOf(parts[4], options);
    case 1:
      return listOf(parts[4], options);
    case 2:
      return fc.dictionary(options.text, valueOf(parts[5], options), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      });
    case 3:
      return structure(parts, options);
    case 4:
      return fc.oneof(
        ...members(parts, options).map(([name, value]) => value.map((item) => ({ [name]: item }))),
      );
    default:
      throw new TypeError(`no values for the schema ${String(parts[2])}`);
  }
}

function listOf(element: unknown, options: Options): fc.Arbitrary<unknown> {
  const depth = (options.depth ?? 0) + 1;
  return depth > MAX_DEPTH
    ? fc.constant([])
    : fc.array(valueOf(element, { ...options, depth }), { maxLength: 3 });
}

function members(
  parts: readonly unknown[],
  options: Options,
): [name: string, value: fc.Arbitrary<unknown>][] {
  return (parts[4] as readonly string[]).map((name, position) => [
    name,
    fc
      .constant(undefined)
      .chain(() => valueOf((parts[5] as readonly unknown[])[position], options)),
  ]);
}

/** Any of the members, but at least the first: a nested structure without members has no form on the wire. */
function structure(parts: readonly unknown[], options: Options): fc.Arbitrary<unknown> {
  const all = Object.fromEntries(members(parts, options));
  const required = Math.max(Number(parts[6] ?? 0), 1);
  return fc.record(all, {
    requiredKeys: (parts[4] as readonly string[]).slice(0, required),
    noNullPrototype: true,
  });
}

function simpleValue(kind: number, options: Options): fc.Arbitrary<unknown> {
  if (kind >= 128) {
    return fc.dictionary(options.text, simpleValue(kind - 128, options), {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    });
  }
  if (kind >= 64) {
    return fc.array(simpleValue(kind - 64, options), { maxLength: 3 });
  }
  switch (kind) {
    case 0:
      return options.text;
    case 1:
      return fc.integer();
    case 2:
      return fc.boolean();
    case 4:
    case 5:
    case 7:
      return fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => new Date(seconds * 1000));
    case 21:
      return fc.uint8Array({ maxLength: 20 });
    default:
      throw new TypeError(`no values for the schema ${kind}`);
  }
}

/** Text that XML can hold. */
export const xmlText = fc.string({ unit: 'binary', maxLength: 12 }).map((text) =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, 'x'),
);

export const anyText = fc.string({ unit: 'binary', maxLength: 12 });
