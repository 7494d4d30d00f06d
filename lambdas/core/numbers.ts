/**
 * An integer or a decimal number, with an exponent if it likes; undefined for anything else. Not `Number(text)`, for which the
 * empty text is 0 and `0x10` is 16.
 */
export function parseNumber(text: string): number | undefined {
  const { length } = text;
  if (length > 0 && length < 16) {
    let value = 0;
    let index = 0;
    for (; index < length; index += 1) {
      const digit = text.charCodeAt(index) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (index === length) return value;
  }
  return DECIMAL.test(text) ? Number(text) : undefined;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
