import type { HttpRequest } from '../protocol/http';
import {
  incompleteSignature,
  invalidClientTokenId,
  missingAuthenticationToken,
  signatureDoesNotMatch,
} from './authentication-errors';
import {
  readCredential,
  readSignedHeaders,
  type Credential,
  type SignedHeaders,
} from './signature-scope';

/*
 * What a request says about its signature, from its Authorization header or from its query, read strictly and from one place.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */

/** Where the signature stands. */
export type SignatureForm = 'header' | 'query';

export interface ParsedSignature {
  readonly form: SignatureForm;
  readonly credential: Credential;
  readonly signedHeaders: SignedHeaders;
  /** As sent; not yet looked at. */
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  /** Epoch milliseconds of the timestamp. */
  readonly signedAt: number;
  /** Seconds that a presigned request asks to be valid for. */
  readonly expiresSeconds: number | undefined;
  readonly sessionToken: string | undefined;
  /** `x-amz-content-sha256`, as sent. */
  readonly claimedPayloadHash: string | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Seven days: AWS's own limit for presigned requests. */
const MAX_EXPIRES_SECONDS = 604_800;

/** The parts as text, before any of them is understood. */
interface RawParts {
  readonly form: SignatureForm;
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly timestamp: string;
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  readonly claimedPayloadHash: string | undefined;
}

/**
 * The parts of a request's signature, in AWS's order of checks up to the date's format. Nothing in them is proven yet.
 *
 * Errors: `MissingAuthenticationToken`, `IncompleteSignature`, `SignatureDoesNotMatch`, `InvalidClientTokenId`.
 */
export function parseSignature(request: HttpRequest): ParsedSignature {
  const parts = readParts(request);
  const signedHeaders = readSignedHeaders(parts.signedHeaders);
  if (!signedHeaders.includesHost) {
    throw signatureDoesNotMatch(
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  const signedAt = parseTimestamp(parts.timestamp);
  return {
    form: parts.form,
    credential: readCredential(parts.credential),
    signedHeaders,
    signature: parts.signature,
    timestamp: parts.timestamp,
    signedAt,
    expiresSeconds: parts.expires === undefined ? undefined : parseExpires(parts.expires),
    sessionToken: parts.sessionToken,
    claimedPayloadHash: parts.claimedPayloadHash,
  };
}

function readParts(request: HttpRequest): RawParts {
  const authorization = onlyHeader(request, 'authorization');
  const inQuery = request.query.some(([name]) => AUTHENTICATION_PARAMETERS.has(name));
  if (authorization !== undefined && inQuery) {
    throw signatureDoesNotMatch(
      'Only one way of authentication is allowed: the Authorization header or the X-Amz-Algorithm query parameter.',
    );
  }
  if (authorization !== undefined) {
    return readHeader(request, authorization);
  }
  if (inQuery) {
    return readQuery(request);
  }
  throw missingAuthenticationToken();
}

/** The parameters any of which makes a request a presigned one. */
const AUTHENTICATION_PARAMETERS: ReadonlySet<string> = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
]);

/** A header's value, where a second one would make it unclear which counts. Errors: `IncompleteSignature`. */
function onlyHeader(request: HttpRequest, name: string): string | undefined {
  const values = request.headers.get(name);
  if (values !== undefined && values.length > 1) {
    throw incompleteSignature(`The header '${name}' must be given once.`);
  }
  return values?.[0];
}

/** A query parameter's value; see {@link onlyHeader}. Errors: `IncompleteSignature`. */
function onlyParameter(request: HttpRequest, name: string): string | undefined {
  let found: string | undefined;
  for (const [other, value] of request.query) {
    if (other === name) {
      if (found !== undefined) {
        throw incompleteSignature(`The query-string parameter '${name}' must be given once.`);
      }
      found = value;
    }
  }
  return found;
}

function readHeader(request: HttpRequest, authorization: string): RawParts {
  const space = authorization.indexOf(' ');
  const algorithm = space < 0 ? authorization : authorization.slice(0, space);
  if (algorithm !== ALGORITHM) {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const fields = readFields(space < 0 ? '' : authorization.slice(space + 1));
  const credential = fields.get('Credential') ?? '';
  const signature = fields.get('Signature') ?? '';
  const signedHeaders = fields.get('SignedHeaders') ?? '';
  const timestamp = onlyHeader(request, 'x-amz-date') ?? onlyHeader(request, 'date') ?? '';
  if (credential === '' || signature === '' || signedHeaders === '' || timestamp === '') {
    throw incompleteSignature(describeMissing({ credential, signature, signedHeaders, timestamp }));
  }
  return {
    form: 'header',
    credential,
    signature,
    signedHeaders,
    timestamp,
    expires: undefined,
    sessionToken: sessionTokenOf(request, 'header'),
    claimedPayloadHash: onlyHeader(request, 'x-amz-content-sha256'),
  };
}

function describeMissing(
  parts: Pick<RawParts, 'credential' | 'signature' | 'signedHeaders' | 'timestamp'>,
): string {
  const requirements: readonly (readonly [part: string, sentence: string])[] = [
    [parts.credential, "Authorization header requires 'Credential' parameter."],
    [parts.signature, "Authorization header requires 'Signature' parameter."],
    [parts.signedHeaders, "Authorization header requires 'SignedHeaders' parameter."],
    [
      parts.timestamp,
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ],
  ];
  return requirements
    .filter(([part]) => part === '')
    .map(([, sentence]) => sentence)
    .join(' ');
}

/** `Name=value` fields, separated by commas and spaces. Errors: `IncompleteSignature`. */
function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let start = 0; start < text.length;) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? text.length : comma;
    const field = text.slice(start, end).trim();
    start = end + 1;
    if (field === '') {
      continue;
    }
    const equals = field.indexOf('=');
    if (equals < 0) {
      throw incompleteSignature(
        'The Authorization header has a part that is not a key=value pair (missing equal-sign).',
      );
    }
    const name = field.slice(0, equals);
    if (fields.has(name)) {
      throw incompleteSignature(`The Authorization header has '${name}' more than once.`);
    }
    fields.set(name, field.slice(equals + 1));
  }
  return fields;
}

function readQuery(request: HttpRequest): RawParts {
  const names = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Date',
  ] as const;
  const values = new Map(names.map((name) => [name, onlyParameter(request, name) ?? '']));
  const value = (name: (typeof names)[number]): string => values.get(name) ?? '';
  const algorithm = value('X-Amz-Algorithm');
  if (algorithm !== '' && algorithm !== ALGORITHM) {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const missing = names.filter((name) => value(name) === '');
  if (missing.length > 0) {
    throw incompleteSignature(
      [
        ...missing.map((name) => `AWS query-string parameters must include '${name}'.`),
        'Re-examine the query-string parameters.',
      ].join(' '),
    );
  }
  return {
    form: 'query',
    credential: value('X-Amz-Credential'),
    signature: value('X-Amz-Signature'),
    signedHeaders: value('X-Amz-SignedHeaders'),
    timestamp: value('X-Amz-Date'),
    expires: onlyParameter(request, 'X-Amz-Expires'),
    sessionToken: sessionTokenOf(request, 'query'),
    claimedPayloadHash: payloadHashOfQuery(request),
  };
}

/** From the place where the signature stands; a second token anywhere else is refused. */
function sessionTokenOf(request: HttpRequest, form: SignatureForm): string | undefined {
  const header = onlyHeader(request, 'x-amz-security-token');
  const parameter = onlyParameter(request, 'X-Amz-Security-Token');
  const [token, other] = form === 'header' ? [header, parameter] : [parameter, header];
  if (other !== undefined || token === '') {
    throw invalidClientTokenId();
  }
  return token;
}

/** Some clients move every x-amz- header into the query when they presign. */
function payloadHashOfQuery(request: HttpRequest): string | undefined {
  const header = onlyHeader(request, 'x-amz-content-sha256');
  const parameter = onlyParameter(request, 'X-Amz-Content-Sha256');
  if (header !== undefined && parameter !== undefined) {
    throw incompleteSignature(`The header 'x-amz-content-sha256' must be given once.`);
  }
  return header ?? parameter;
}

const TIMESTAMP = /^\d{8}T\d{6}Z$/;

function parseTimestamp(text: string): number {
  if (TIMESTAMP.test(text)) {
    const day = digitsOf(text, 6);
    const [year, month] = [digitsOf(text, 0) * 100 + digitsOf(text, 2), digitsOf(text, 4)];
    const [hour, minute, second] = [digitsOf(text, 9), digitsOf(text, 11), digitsOf(text, 13)];
    // What does not exist (30 February, 25 o'clock) would be read as something else.
    const exists = day > 0 && day <= daysOf(year, month) && hour < 24 && minute < 60 && second < 60;
    if (exists) return Date.UTC(year, month - 1, day, hour, minute, second);
  }
  throw incompleteSignature(
    `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

/** The number of two digits. */
function digitsOf(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + (text.charCodeAt(at + 1) - 48);
}

/** None in a month that does not exist. */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30;
  return month >= 1 && month <= 12 ? 31 : 0;
}

/** `YYYYMMDDTHHMMSSZ`. */
export function formatTimestamp(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function parseExpires(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_EXPIRES_SECONDS) {
    throw incompleteSignature(
      `X-Amz-Expires must be a number of seconds between 1 and ${MAX_EXPIRES_SECONDS}.`,
    );
  }
  return seconds;
}
