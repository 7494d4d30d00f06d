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

/** `headers` are the signed ones with their canonical values. */
export function writeCanonicalRequest(
  request: HttpRequest,
  parsed: ParsedSignature,
  headers: ReadonlyMap<string, string>,
  payloadHash: string,
): string {
  const names = [...headers.keys()].sort();
  const lines = names.map((name) => `${name}:${headers.get(name) ?? ''}\n`).join('');
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query, parsed.form === 'query'),
    lines,
    names.join(';'),
    payloadHash,
  ].join('\n');
}

/**
 * The path as it was sent, without dot segments and repeated slashes, percent-encoded once more.
 *
 * Invariant: nothing is decoded. A second accepted form would let two paths share one signature.
 */
export function canonicalPath(path: string): string {
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
  return pairs
    .sort((left, right) => compare(left[0], right[0]) || compare(left[1], right[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Encoded text is ASCII, where the order of code units is that of bytes. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const UNRESERVED = /^[A-Za-z0-9._~-]*$/;

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

/** Values without outer spaces, inner runs as one space, several joined by commas. */
export function canonicalHeaderValue(values: readonly string[]): string {
  return values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}
