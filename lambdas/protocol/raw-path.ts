/*
 * Paths and queries of gateways that hand them over as one text, decoded or not.
 */

/** What RFC 3986 lets stand in a segment of a path, and `encodeURIComponent` escapes nevertheless. */
const PLAIN_IN_PATH = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

/**
 * A decoded path as a client sends it: everything escaped that RFC 3986 does not let stand in a path, and nothing else.
 *
 * Invariant: there is one form. A client that escaped more or less has signed another path, and is refused; so is one whose `%2F` a
 * gateway has made a slash.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
 */
export function encodePath(decoded: string): string {
  return decoded.split('/').map(encodeSegment).join('/');
}

function encodeSegment(decoded: string): string {
  return encodeURIComponent(decoded.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    PLAIN_IN_PATH,
    decodeURIComponent,
  );
}

/** The pairs of a query as it was sent, decoded; undefined where it does not decode to text. */
export function parseRawQuery(text: string): [name: string, value: string][] | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split('&')) {
    if (part === '') {
      continue;
    }
    const equals = part.indexOf('=');
    const name = decodePart(equals < 0 ? part : part.slice(0, equals));
    const value = decodePart(equals < 0 ? '' : part.slice(equals + 1));
    if (name === undefined || value === undefined) {
      return undefined;
    }
    pairs.push([name, value]);
  }
  return pairs;
}

/** A part of a query, decoded once; `+` is a space, as REST APIs and backends read it. */
export function decodePart(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
