import type { HttpRequest } from './http';
import { malformed } from './parameters';

/** Lower case, as headers are read. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** 1 to 255 visible ASCII characters. */
export const IDEMPOTENCY_KEY_PATTERN = '^[!-~]{1,255}$';

const EXPRESSION = new RegExp(IDEMPOTENCY_KEY_PATTERN);

/**
 * The key under which a caller repeats a request; undefined where there is none.
 *
 * Errors: `MalformedInput` for a key that is none, and for two of them.
 * Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ for the header's name.
 */
export function readIdempotencyKey({ headers }: HttpRequest): string | undefined {
  const values = headers.get(IDEMPOTENCY_KEY_HEADER);
  if (values === undefined) {
    return undefined;
  }
  const [key = ''] = values;
  if (values.length !== 1 || !EXPRESSION.test(key)) {
    throw malformed(
      'The header Idempotency-Key must be given once, with 1 to 255 visible ASCII characters.',
    );
  }
  return key;
}
