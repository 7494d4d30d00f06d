import { parseNumber } from './numbers';

/**
 * Seconds since 1970 of a date as condition values have it: epoch seconds, or the W3C profile of ISO 8601 (`2025`-`2025-03-01T10:00:00.5+01:00`).
 * A time without an offset is taken as UTC. Undefined for anything else, and for days that no calendar has.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
 */
export function parseDate(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return parseNumber(text);
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '1', day = '1', hours = '0', minutes = '0', seconds = '0'] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
  const date = new Date(midnight * 1000);
  // `Date` carries what overflows: the 30th of February becomes the 2nd of March.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return undefined;
  }
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) return undefined;
  const offset = parseOffset(match[7]);
  if (offset === undefined) return undefined;
  return midnight + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - offset;
}

const EPOCH_SECONDS = /^-?\d+(?:\.\d+)?$/;

const ISO_8601 =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?)?$/;

/** In seconds east of Greenwich. */
function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined || text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}
