import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import type { HttpRequest } from '../protocol/http';
import {
  incompleteSignature,
  invalidClientTokenId,
  signatureDoesNotMatch,
} from './authentication-errors';
import {
  canonicalHeaderValue,
  EMPTY_PAYLOAD_HASH,
  hashHex,
  writeCanonicalRequest,
} from './canonical-request';
import { formatTimestamp, parseSignature } from './signature-parts';
import type { ParsedSignature, SignatureForm } from './signature-parts';
import type { Credential, SignedHeaders } from './signature-scope';
import { deriveSigningKey } from './signing-key-cache';
import type { SigningKeyCache } from './signing-key-cache';

/** What is known of an access key, as far as its signatures are concerned. */
export interface SigningKeySource {
  /** Changes whenever the secret does, so that no signing key outlives its secret. */
  readonly keyVersion: string;
  /** The 40 characters; called only where no signing key is cached. */
  readonly readSecretAccessKey: () => Promise<string> | string;
}

export interface SignatureOptions<Source extends SigningKeySource> {
  /** Service names that are accepted in the credential scope, e.g. `['iam']`. */
  readonly services: readonly string[];
  /** Regions that are accepted; undefined accepts any: clients of global services sign with their own. */
  readonly regions?: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /**
   * The access key together with its session token, as one lookup; undefined where there is no such active key. May throw
   * `ExpiredToken` itself.
   */
  readonly findKey: (
    accessKeyId: string,
    sessionToken: string | undefined,
  ) => Promise<Source | undefined>;
  readonly signingKeys: SigningKeyCache;
  /** The longest that a presigned request is valid for, whatever it asks for. Default 900, as for AWS's IAM and STS. */
  readonly maximumPresignedSeconds?: number;
}

/** A request whose signature holds. */
export interface VerifiedSignature<Source> {
  readonly form: SignatureForm;
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  /** Lower-case names. */
  readonly signedHeaders: readonly string[];
  /** Epoch milliseconds. */
  readonly signedAt: number;
  /** Lower-case hexadecimal SHA-256 that the body has, or must have where it was not seen. */
  readonly payloadHash: string;
  readonly sessionToken: string | undefined;
  /** What `findKey` returned. */
  readonly credential: Source;
}

const SKEW_SECONDS = 900;

/**
 * Verifies a request signed with Signature Version 4, in its header or its query, in AWS's order of checks.
 *
 * A request whose body is not in the event (an authorizer's) must carry a signed `x-amz-content-sha256`, unless its method has no
 * body; whoever gets the body compares it with `payloadHash`.
 *
 * Errors: `MissingAuthenticationToken`, `IncompleteSignature`, `SignatureDoesNotMatch`, `InvalidClientTokenId`, and whatever
 * `findKey` throws.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function verifySignature<Source extends SigningKeySource>(
  request: HttpRequest,
  options: SignatureOptions<Source>,
): Promise<VerifiedSignature<Source>> {
  const parsed = parseSignature(request);
  const { credential, signedHeaders, timestamp, sessionToken } = parsed;
  checkTime(parsed, options.now, options.maximumPresignedSeconds ?? SKEW_SECONDS);
  checkScope(credential, timestamp, options);
  const headerLines = readHeaderLines(request, signedHeaders);
  const source = await options.findKey(credential.accessKeyId, sessionToken);
  if (source === undefined) {
    throw invalidClientTokenId();
  }
  const payloadHash = payloadHashOf(request, parsed);
  const hashed = hashHex(writeCanonicalRequest(request, parsed, headerLines, payloadHash));
  const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${credential.scope}\n${hashed}`;
  const held = options.signingKeys.get(credential.text, source.keyVersion);
  const key = held ?? deriveSigningKey(await source.readSecretAccessKey(), credential);
  if (!equalsSignature(parsed.signature, key, stringToSign)) {
    throw signatureDoesNotMatch();
  }
  if (held === undefined) {
    // Only now: nobody fills the cache who does not hold the secret.
    options.signingKeys.set(credential.text, source.keyVersion, key);
  }
  return {
    form: parsed.form,
    accessKeyId: credential.accessKeyId,
    region: credential.region,
    service: credential.service,
    signedHeaders: signedHeaders.names,
    signedAt: parsed.signedAt,
    payloadHash,
    sessionToken,
    credential: source,
  };
}

function checkTime(parsed: ParsedSignature, now: number, maximumPresignedSeconds: number): void {
  const lifetimeSeconds =
    parsed.expiresSeconds === undefined
      ? SKEW_SECONDS
      : Math.min(parsed.expiresSeconds, maximumPresignedSeconds);
  const earliest = now - lifetimeSeconds * 1000;
  const latest = now + SKEW_SECONDS * 1000;
  if (parsed.signedAt < earliest) {
    const span =
      lifetimeSeconds % 60 === 0 ? `${lifetimeSeconds / 60} min` : `${lifetimeSeconds} sec`;
    throw signatureDoesNotMatch(
      `Signature expired: ${parsed.timestamp} is now earlier than ${formatTimestamp(earliest)} (${formatTimestamp(now)} - ${span}.)`,
    );
  }
  if (parsed.signedAt > latest) {
    throw signatureDoesNotMatch(
      `Signature not yet current: ${parsed.timestamp} is still later than ${formatTimestamp(latest)} (${formatTimestamp(now)} + ${SKEW_SECONDS / 60} min.)`,
    );
  }
}

function checkScope(
  credential: Credential,
  timestamp: string,
  { services, regions }: Pick<SignatureOptions<never>, 'services' | 'regions'>,
): void {
  const { text, region, service, terminator, date } = credential;
  if (!credential.hasFiveParts) {
    throw incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${text}'`,
    );
  }
  const wrong: string[] = [];
  if (regions !== undefined && !regions.includes(region)) {
    wrong.push(`Credential should be scoped to a valid region, not '${region}'.`);
  }
  if (!services.includes(service)) {
    const names = services.map((name) => `'${name}'`).join(' or ');
    wrong.push(`Credential should be scoped to correct service: ${names}.`);
  }
  if (terminator !== 'aws4_request') {
    wrong.push(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`,
    );
  }
  if (!timestamp.startsWith(date) || date.length !== 8) {
    wrong.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    );
  }
  if (wrong.length > 0) {
    throw signatureDoesNotMatch(wrong.join(' '));
  }
}

/** Added to requests by CloudFront, which stands in front of an edge-optimized API; no client can sign it. */
const ADDED_BY_THE_GATEWAY = 'x-amz-cf-id';

/**
 * The lines of the signed headers. Each one must be there, and every `x-amz-` header must be among them: one that is not signed could be added by
 * anyone. `content-type` need not be, as on AWS: several clients let their HTTP library add it afterwards.
 */
function readHeaderLines(request: HttpRequest, { names }: SignedHeaders): string {
  let lines = '';
  let previous: string | undefined;
  for (const name of names) {
    const values = request.headers.get(name) ?? droppedHeader(request, name);
    if (values === undefined || name === previous) {
      throw signatureDoesNotMatch(
        `The signed header '${name}' must be in the request, and be listed once.`,
      );
    }
    lines += `${name}:${canonicalHeaderValue(values)}\n`;
    previous = name;
  }
  if ((request.headers.get('host') ?? []).length !== 1) {
    throw signatureDoesNotMatch("The header 'host' must be given once.");
  }
  for (const name of request.headers.keys()) {
    if (name.startsWith('x-amz-') && !names.includes(name) && name !== ADDED_BY_THE_GATEWAY) {
      throw signatureDoesNotMatch(`The header '${name}' must be signed.`);
    }
  }
  return lines;
}

/** REST APIs drop `Content-Length`; where the body is here, the header can be made again from it. */
function droppedHeader(request: HttpRequest, name: string): readonly string[] | undefined {
  return name === 'content-length' && request.body !== undefined
    ? [String(request.body.byteLength)]
    : undefined;
}

const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

const SHA256_HEX = /^[0-9a-f]{64}$/;

function payloadHashOf(request: HttpRequest, parsed: ParsedSignature): string {
  const claimed = parsed.claimedPayloadHash;
  // Also refuses UNSIGNED-PAYLOAD and the STREAMING- forms, which are S3's alone.
  if (claimed !== undefined && !SHA256_HEX.test(claimed)) {
    throw signatureDoesNotMatch(
      "The value of 'x-amz-content-sha256' must be the SHA-256 of the body in lower-case hexadecimal.",
    );
  }
  if (request.body !== undefined) {
    const actual = request.body.byteLength === 0 ? EMPTY_PAYLOAD_HASH : hashHex(request.body);
    if (claimed !== undefined && claimed !== actual) {
      throw signatureDoesNotMatch(
        "The value of 'x-amz-content-sha256' is not the SHA-256 of the body.",
      );
    }
    return actual;
  }
  if (claimed === undefined && !METHODS_WITHOUT_BODY.has(request.method)) {
    throw incompleteSignature(
      `A signed ${request.method} request must have the header 'x-amz-content-sha256', and sign it.`,
    );
  }
  return claimed ?? EMPTY_PAYLOAD_HASH;
}

/** What is compared, in hexadecimal: memory that is used again for each comparison. */
const EXPECTED = Buffer.alloc(64);
const GIVEN = Buffer.alloc(64);

function equalsSignature(signature: string, key: KeyObject, stringToSign: string): boolean {
  // Invariant: both are 64 characters, so that nothing of an earlier comparison is left.
  if (!SHA256_HEX.test(signature)) return false;
  EXPECTED.write(createHmac('sha256', key).update(stringToSign).digest('hex'), 'latin1');
  GIVEN.write(signature, 'latin1');
  return timingSafeEqual(EXPECTED, GIVEN);
}
