import { TokenRefused } from './issuer-errors';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './key-set';
import { readObject, textOf, type JsonMembers } from './strict-json';

/**
 * Of `WebIdentityToken`, in characters.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export const MAX_TOKEN_LENGTH = 20_000;

const MAX_HEADER_LENGTH = 4096;
const MAX_DEPTH = 12;

/** A token as it says of itself; nothing of it is proven. */
export interface UnverifiedToken {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  readonly claims: JsonMembers;
}

/** What a token may say that it is. Logout tokens, proofs of possession and others of an issuer are signed with the same keys. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'jose', 'at+jwt', 'application/at+jwt']);

/** Members of the header that change how the rest is to be read. Keys and their addresses (`jwk`, `jku`, `x5c`, `x5u`) are not read at all. */
const REFUSED_MEMBERS = ['crit', 'b64', 'enc', 'zip'] as const;

/**
 * Reads a JSON Web Token of the compact form, signed and not encrypted, so that no other reader can see another one in it: canonical
 * base64url, no member twice.
 *
 * Errors: {@link TokenRefused}.
 * Source: RFC 7515, RFC 7519
 */
export function readToken(token: string): UnverifiedToken {
  if (token.length > MAX_TOKEN_LENGTH) {
    throw malformed('the token is too long');
  }
  // One more than there may be: what follows makes no work.
  const parts = token.split('.', 4);
  const [headerPart, claimsPart, signaturePart] = parts;
  if (
    parts.length !== 3 ||
    headerPart === undefined ||
    claimsPart === undefined ||
    signaturePart === undefined
  ) {
    throw malformed('the token has not three parts');
  }
  if (headerPart.length > MAX_HEADER_LENGTH) {
    throw malformed('the header is too long');
  }
  if (decode(signaturePart).byteLength === 0) {
    throw malformed('the token is not signed');
  }
  const { algorithm, keyId } = readHeader(readPart(headerPart));
  return { algorithm, keyId, claims: readPart(claimsPart) };
}

function readHeader(header: JsonMembers): Omit<UnverifiedToken, 'claims'> {
  const named = textOf(header.get('alg'));
  const algorithm = SIGNATURE_ALGORITHMS.find((candidate) => candidate === named);
  if (algorithm === undefined) {
    throw malformed('the algorithm is none that tokens are signed with here');
  }
  const keyId = textOf(header.get('kid'));
  if (keyId === undefined) {
    throw new TokenRefused('unknownKey', 'the token names no key');
  }
  const type = header.get('typ');
  if (type !== undefined && !TYPES.has((textOf(type) ?? '').toLowerCase())) {
    throw malformed('the token is of another type');
  }
  const refused = REFUSED_MEMBERS.find((name) => header.has(name));
  if (refused !== undefined) {
    throw malformed(`the header has ${refused}`);
  }
  return { algorithm, keyId };
}

function readPart(part: string): JsonMembers {
  const members = readObject(decodeText(decode(part)), {
    maximumLength: MAX_TOKEN_LENGTH,
    maximumDepth: MAX_DEPTH,
  });
  if (members === undefined) {
    throw malformed('a part of the token is no JSON object, or has a member twice');
  }
  return members;
}

function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  // Buffer skips what is not base64url, and bits that mean nothing; only text that comes out the same again was.
  if (bytes.toString('base64url') !== part) {
    throw malformed('a part of the token is no base64url');
  }
  return bytes;
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('a part of the token is no text');
  }
}

function malformed(message: string): TokenRefused {
  return new TokenRefused('malformed', message);
}
