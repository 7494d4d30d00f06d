import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expiredToken } from './authentication-errors';
import type { DataKeys } from './data-key';
import { openBytes, seal } from './sealed-box';
import { readSessionClaims, type SessionClaims } from './session-claims';

/**
 * API Gateway lets all headers of a request have 10,240 bytes together.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export const MAX_SESSION_TOKEN_LENGTH = 8192;

/** What is shorter is not worth the time that making it smaller takes. */
const COMPRESSED_FROM_BYTES = 3072;

/** What a token's claims can be at most once they are large again; what is sealed is ours, and never near it. */
const MAX_CLAIMS_BYTES = 256 * 1024;

const PLAIN = 0;
const COMPRESSED = 1;

const BINDING = ['session token'] as const;

/** Session tokens: claims sealed for whoever seals with the deployment's data keys. Nothing is written to issue one, or read to open one. */
export class SessionTokens {
  constructor(private readonly dataKeys: DataKeys) {}

  /**
   * A token of at least `minimumLength` characters.
   *
   * Errors: RangeError for claims that make it longer than {@link MAX_SESSION_TOKEN_LENGTH}; TypeError for claims that could not be
   * read again.
   */
  async seal(claims: SessionClaims, minimumLength = 0): Promise<string> {
    const text = JSON.stringify(claims);
    if (readSessionClaims(text) === undefined) {
      throw new TypeError('the claims of a session are not what they must be');
    }
    const box = await seal(
      this.dataKeys,
      'session',
      pack(text, Math.ceil((minimumLength * 3) / 4)),
      BINDING,
    );
    const token = Buffer.from(box).toString('base64url');
    if (token.length > MAX_SESSION_TOKEN_LENGTH) {
      throw new RangeError(`a session token of ${token.length} characters is too long`);
    }
    return token;
  }

  /** undefined for every text that was not sealed here as a session token. Errors: those of the data keys, which are outages. */
  async open(token: string): Promise<SessionClaims | undefined> {
    if (token.length > MAX_SESSION_TOKEN_LENGTH) {
      return undefined;
    }
    const box = Buffer.from(token, 'base64url');
    // Buffer skips what is not base64url; only text that comes out the same again was.
    if (box.toString('base64url') !== token) {
      return undefined;
    }
    const packed = await openBytes(this.dataKeys, 'session', box, BINDING);
    const text = packed === undefined ? undefined : unpack(packed);
    return text === undefined ? undefined : readSessionClaims(text);
  }

  /**
   * The session that an access key id and a token name together; undefined where the token is none, or is another key's.
   * `now` is epoch milliseconds. Errors: ExpiredToken.
   */
  async openFor(
    accessKeyId: string,
    token: string,
    now: number,
  ): Promise<SessionClaims | undefined> {
    const claims = await this.open(token);
    if (claims?.accessKeyId !== accessKeyId) {
      return undefined;
    }
    requireUnexpired(claims, now);
    return claims;
  }
}

/** `now` is epoch milliseconds. Errors: ExpiredToken. */
export function requireUnexpired(
  { expiresAt }: Pick<SessionClaims, 'expiresAt'>,
  now: number,
): void {
  // Written so that a time which is no number has passed.
  if (!(now < expiresAt * 1000)) {
    throw expiredToken();
  }
}

function pack(text: string, minimumBytes: number): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const compressed = bytes.byteLength < COMPRESSED_FROM_BYTES ? bytes : deflateRawSync(bytes);
  return compressed === bytes || compressed.byteLength < minimumBytes
    ? Buffer.concat([Buffer.of(PLAIN), Buffer.from(text.padEnd(minimumBytes), 'utf8')])
    : Buffer.concat([Buffer.of(COMPRESSED), compressed]);
}

function unpack(packed: Buffer): string | undefined {
  const [form] = packed;
  const bytes = packed.subarray(1);
  if (form === PLAIN) {
    return bytes.toString('utf8');
  }
  return form === COMPRESSED
    ? inflateRawSync(bytes, { maxOutputLength: MAX_CLAIMS_BYTES }).toString('utf8')
    : undefined;
}
