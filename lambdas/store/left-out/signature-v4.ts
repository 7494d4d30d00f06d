import { createHash, createHmac } from 'node:crypto';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Provided<Value> = Value | (() => Promise<Value>);

interface SignerOptions {
  readonly credentials: Provided<Credentials>;
  readonly region: Provided<string>;
  readonly service: string;
  /** Whether what is escaped in a path is escaped once more: for all services but S3. */
  readonly uriEscapePath?: boolean;
  readonly applyChecksum?: boolean;
}

/** As much of the SDK's request as a signature is about. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

interface SigningOptions {
  readonly signingDate?: Date;
  readonly signingRegion?: string;
  readonly signingService?: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const PAYLOAD_HEADER = 'x-amz-content-sha256';

/** What somebody on the way may change or add. */
const UNSIGNED = new Set(
  'authorization cache-control connection expect from keep-alive max-forwards pragma referer te trailer transfer-encoding upgrade user-agent x-amzn-trace-id'.split(
    ' ',
  ),
);

/**
 * Stands for the SDK's signer, which also signs links and streams of events: the clients of these functions send requests with a body
 * that is known, and nothing else.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class SignatureV4 {
  constructor(private readonly options: SignerOptions) {}

  async sign<Request extends SdkRequest>(
    request: Request,
    { signingDate = new Date(), signingRegion, signingService }: SigningOptions = {},
  ): Promise<Request> {
    const { options } = this;
    const credentials = await valueOf(options.credentials);
    const region = signingRegion ?? (await valueOf(options.region));
    const date = `${signingDate.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const scope = [date.slice(0, 8), region, signingService ?? options.service, 'aws4_request'];
    const headers = headersToSign(request, credentials, date);
    const payloadHash = headers[PAYLOAD_HEADER] ?? hashPayload(request.body);
    if (options.applyChecksum !== false) headers[PAYLOAD_HEADER] = payloadHash;
    const signed = canonicalHeaders(headers);
    const names = Object.keys(signed).sort().join(';');
    const canonicalRequest = [
      request.method,
      canonicalPath(request.path, options.uriEscapePath !== false),
      canonicalQuery(request.query ?? {}),
      ...Object.keys(signed)
        .sort()
        .map((name) => `${name}:${signed[name] ?? ''}`),
      '',
      names,
      payloadHash,
    ].join('\n');
    const text = [ALGORITHM, date, scope.join('/'), sha256(canonicalRequest)].join('\n');
    const key = scope.reduce<string | Buffer>(
      (secret, part) => hmac(secret, part),
      `AWS4${credentials.secretAccessKey}`,
    );
    headers['authorization'] =
      `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${hmac(key, text).toString('hex')}`;
    // Of the SDK's own class, as the next step looks at.
    const prototype = Object.getPrototypeOf(request) as object;
    return Object.assign(Object.create(prototype) as Request, request, { headers });
  }
}

/** Where the SDK looks for a signer of many regions' requests, and finds none, as where nobody has brought one. */
export const signatureV4aContainer = { SignatureV4a: null };

async function valueOf<Value>(given: Provided<Value>): Promise<Value> {
  return given instanceof Function ? given() : given;
}

/** The request's own, without what a signature for another time has left. */
function headersToSign(
  { headers }: SdkRequest,
  { sessionToken }: Credentials,
  date: string,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const folded = name.toLowerCase();
    if (value === undefined || ['authorization', 'x-amz-date', 'date'].includes(folded)) continue;
    kept[folded === PAYLOAD_HEADER ? folded : name] = value;
  }
  kept['x-amz-date'] = date;
  if (sessionToken !== undefined) kept['x-amz-security-token'] = sessionToken;
  return kept;
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !UNSIGNED.has(name) && !/^(?:proxy|sec)-/.test(name))
      .map(([name, value]) => [name, value.replaceAll(/[ \t\r\n]+/g, ' ').trim()]),
  );
}

/** The SDK's paths have no empty segments and no dots: the clients put them together. */
function canonicalPath(path: string, escapes: boolean): string {
  return escapes ? path.split('/').map(escape).join('/') : path;
}

function canonicalQuery(query: NonNullable<SdkRequest['query']>): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined
      ? []
      : [value].flat().map((one) => [escape(name), escape(one)] as const),
  );
  return parameters
    .sort(([name, value], [otherName, other]) => compare(name, otherName) || compare(value, other))
    .map((parameter) => parameter.join('='))
    .join('&');
}

function compare(left: string, right: string): number {
  return Number(left > right) - Number(left < right);
}

/** As RFC 3986 has it. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hashPayload(body: unknown): string {
  if (body === undefined || body === null) return sha256('');
  if (typeof body === 'string' || body instanceof Uint8Array) return sha256(body);
  // A stream's length and content are not known before it has been sent.
  return 'UNSIGNED-PAYLOAD';
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
