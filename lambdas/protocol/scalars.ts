import { malformed } from './parameters';

/*
 * The text forms of scalar values that requests carry. Each has one strict reader: what is not exactly of the form is refused, never
 * rounded, trimmed or defaulted.
 */

const INTEGER = /^[+-]?[0-9]{1,20}$/;

const INT32 = { lowest: -2_147_483_648, highest: 2_147_483_647 } as const;

/** A 32-bit integer in decimal digits; a sign and leading zeros are allowed, as AWS allows them. Errors: `MalformedInput`. */
export function parseInteger(text: string, name: string): number {
  if (!INTEGER.test(text)) {
    throw malformed(`The value of ${name} is not an integer.`);
  }
  return checkInteger(Number(text), name);
}

/** Errors: `MalformedInput` for what is not a 32-bit integer. */
export function checkInteger(value: number, name: string): number {
  if (!Number.isInteger(value) || value < INT32.lowest || value > INT32.highest) {
    throw malformed(`The value of ${name} is not a 32-bit integer.`);
  }
  return value === 0 ? 0 : value;
}

/** `true` or `false`. Errors: `MalformedInput`. */
export function parseBoolean(text: string, name: string): boolean {
  if (text !== 'true' && text !== 'false') {
    throw malformed(`The value of ${name} is neither true nor false.`);
  }
  return text === 'true';
}

/** Standard base64 with its padding. Errors: `MalformedInput`. */
export function parseBase64(text: string, name: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is not base64; only text that comes out the same again was.
  if (bytes.toString('base64') !== text) {
    throw malformed(`The value of ${name} is not base64.`);
  }
  return new Uint8Array(bytes);
}

export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** An ISO 8601 date and time with its zone. A day that does not exist is refused. Errors: `MalformedInput`. */
export function parseTimestamp(text: string, name: string): Date {
  const match = DATE_TIME.exec(text);
  if (match === null) {
    throw malformed(`The value of ${name} is not an ISO 8601 date and time.`);
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds));
  const exists =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  if (!exists) {
    throw malformed(`The value of ${name} is not a date and time that exists.`);
  }
  const offsetMinutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  return new Date(date.getTime() + (match[8] === '-' ? offsetMinutes : -offsetMinutes) * 60_000);
}

/** `2026-01-01T00:00:00Z`: to the second, as AWS writes it in XML. */
export function formatTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`;
}
