/**
 * Whether AWS accepts a text as a date when a policy is saved. That is wider than what can be compared with a request's date: a
 * year may be negative, a time may have one digit or be missing.
 */
export function isAcceptedDate(text: string): boolean {
  const lower = text.toLowerCase();
  if (!lower.includes('t') && !lower.includes('-')) {
    return INTEGER.test(lower) && isBetween(lower, 0n, 9_223_372_036_854_775_807n);
  }
  const separator = lower.indexOf('t');
  const date = separator < 0 ? lower : lower.slice(0, separator);
  return isAcceptedDay(date) && (separator < 0 || isAcceptedTime(lower.slice(separator + 1)));
}

const INTEGER = /^[+-]?\d+$/;

function isBetween(text: string, least: bigint, greatest: bigint): boolean {
  if (!INTEGER.test(text)) return false;
  const value = BigInt(text.replace('+', ''));
  return value >= least && value <= greatest;
}

function isAcceptedDay(date: string): boolean {
  const negative = date.startsWith('-');
  const [year = '', month, day, ...rest] = (negative ? date.slice(1) : date).split('-');
  return (
    rest.length === 0 &&
    isBetween(negative ? `-${year}` : year, -292_275_054n, 292_278_993n) &&
    (month === undefined || isBetween(month, 1n, 12n)) &&
    (day === undefined || isBetween(day, 1n, 31n))
  );
}

function isAcceptedTime(time: string): boolean {
  const match = /^([^:]*)(?::([^:]*)(?::([^:z+-]*)(.*))?)?$/.exec(time);
  if (match === null) return false;
  const [, hours = '', minutes, seconds, offset = ''] = match;
  if (hours !== '' && !isBetween(hours, 0n, 23n)) return false;
  if (minutes !== undefined && !isBetween(minutes, 0n, 59n)) return false;
  if (seconds === undefined) return true;
  const [whole = '', fraction] = seconds.split('.');
  if (!isBetween(whole, 0n, 59n)) return false;
  if (fraction !== undefined && !isBetween(fraction, 0n, 999_999_999n)) return false;
  return /^(?:z|[+-](?:[01]\d|2[0-3])(?::[0-5]\d)?)?$/.test(offset);
}
