import { assertThat } from './assertion';
import type { Attributes, AttributeValue } from './store';

/**
 * A value as DynamoDB carries it. Numbers are decimal text; sets are not used.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export type WireValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly B: Uint8Array }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireAttributes };

export interface WireAttributes {
  readonly [name: string]: WireValue;
}

/** DynamoDB nests 32 levels deep; the map that holds a record's attributes is one, and one is kept in reserve. */
const MAX_DEPTH = 30;

/** A lone surrogate has no UTF-8 form: two different texts would become one. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function encodeNumber(value: number): WireValue {
  const magnitude = Math.abs(value);
  assertThat(
    Number.isInteger(value) ? Number.isSafeInteger(value) : magnitude > 1e-120 && magnitude < 1e120,
    `the number ${value} cannot be stored exactly`,
  );
  return { N: String(value) };
}

function encodeValue(value: AttributeValue, depth: number): WireValue {
  assertThat(depth <= MAX_DEPTH, 'an attribute is nested too deep');
  if (typeof value === 'string') {
    assertThat(isWellFormed(value), 'a text holds a lone surrogate');
    return { S: value };
  }
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Uint8Array.from(value) };
  if (Array.isArray(value)) {
    return { L: value.map((element: AttributeValue) => encodeValue(element, depth + 1)) };
  }
  // Data that came through a cast may be anything: undefined, a Date, a Map.
  assertThat(
    Object.prototype.toString.call(value) === '[object Object]',
    'an attribute is neither plain data nor bytes',
  );
  return { M: encodeMap(value as Attributes, depth + 1) };
}

function encodeMap(attributes: Attributes, depth: number): WireAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      assertThat(name !== '', 'an attribute has no name');
      assertThat(isWellFormed(name), 'the name of an attribute holds a lone surrogate');
      return [name, encodeValue(value, depth)];
    }),
  );
}

/** A deep copy in DynamoDB's form. Whatever could not be read back exactly is an assertion. */
export function encodeAttributes(attributes: Attributes): WireAttributes {
  return encodeMap(attributes, 1);
}

function decodeValue(value: WireValue): AttributeValue {
  if ('S' in value) return value.S;
  if ('N' in value) return Number(value.N);
  if ('BOOL' in value) return value.BOOL;
  if ('NULL' in value) return null;
  if ('B' in value) return Uint8Array.from(value.B);
  if ('L' in value) return value.L.map(decodeValue);
  return decodeAttributes(value.M);
}

/** A deep copy of what {@link encodeAttributes} was given. */
export function decodeAttributes(attributes: WireAttributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, decodeValue(value)]),
  );
}

const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8');

function valueSizeBytes(value: WireValue): number {
  if ('S' in value) return utf8Length(value.S);
  if ('N' in value) return Math.ceil(value.N.replace(/[^0-9]/g, '').length / 2) + 1;
  if ('BOOL' in value || 'NULL' in value) return 1;
  if ('B' in value) return value.B.length;
  if ('L' in value) return value.L.reduce((sum, element) => sum + 1 + valueSizeBytes(element), 3);
  return 3 + Object.keys(value.M).length + attributesSizeBytes(value.M);
}

/**
 * What DynamoDB counts towards an item's 400 KB: names and values.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function attributesSizeBytes(attributes: WireAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + utf8Length(name) + valueSizeBytes(value),
    0,
  );
}
