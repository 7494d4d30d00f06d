import { hash } from 'node:crypto';

import type { HttpRequest } from '../protocol/http';
import type { ParsedSignature } from './signature-parts';

/*
 * The canonical request of Signature Version 4.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

/** Lower-case hexadecimal SHA-256 of nothing. */
export const EMPTY_PAYLOAD_HASH =
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export function hashHex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** `headerLines` are `name:value\n` of each signed header, in the order of the names. */
export function writeCanonicalRequest(
  request: HttpRequest,
  { form, signedHeaders }: ParsedSignature,
  headerLines: string,
  payloadHash: string,
): string {
  const path = canonicalPath(request.path);
  const query = canonicalQuery(request.query, form === 'query');
  return `${request.method}\n${path}\n${query}\n${headerLines}\n${signedHeaders.text}\n${payloadHash}`;
}

/** What is its own canonical form: unreserved characters, no segment that is empty or begins with a dot. */
const CANONICAL_PATH = /^\/(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?$/;

/**
 * The path as it was sent, without dot segments and repeated slashes, percent-encoded once more.
 *
 * Invariant: nothing is decoded. A second accepted form would let two paths share one signature.
 */
export function canonicalPath(path: string): string {
  if (CANONICAL_PATH.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') {
      segments.pop();
    } else if (segment !== '' && segment !== '.') {
      segments.push(encode(segment));
    }
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

function canonicalQuery(
  query: readonly (readonly [name: string, value: string])[],
  presigned: boolean,
): string {
  const pairs: (readonly [string, string])[] = [];
  for (const [name, value] of query) {
    // The one parameter that cannot sign itself.
    if (!presigned || name !== 'X-Amz-Signature') {
      pairs.push([encode(name), encode(value)]);
    }
  }
  if (pairs.length > 1) {
    pairs.sort((left, right) => compare(left[0], right[0]) || compare(left[1], right[1]));
  }
  let text = '';
  for (const [name, value] of pairs) {
    text += text === '' ? `${name}=${value}` : `&${name}=${value}`;
  }
  return text;
}

/** Encoded text is ASCII, where the order of code units is that of bytes. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const UNRESERVED = /^[\w.~-]*$/;

/** Percent-encoding of everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  if (UNRESERVED.test(text)) {
    return text;
  }
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Nothing that could be a space. */
const VISIBLE = /^[!-~]*$/;

/** Values without outer spaces, inner runs as one space, several joined by commas. */
export function canonicalHeaderValue(values: readonly string[]): string {
  const [value] = values;
  return value !== undefined && values.length === 1 && VISIBLE.test(value)
    ? value
    : values.map((each) => each.trim().replace(/\s+/g, ' ')).join(',');
}
