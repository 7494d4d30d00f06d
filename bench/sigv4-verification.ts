import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { hashHex, writeCanonicalRequest } from '../lambdas/credentials/canonical-request';
import { parseSignature } from '../lambdas/credentials/signature-parts';
import { verifySignature, type SigningKeySource } from '../lambdas/credentials/signature-v4';
import { SigningKeyCache } from '../lambdas/credentials/signing-key-cache';
import type { HttpRequest } from '../lambdas/protocol/http';
import { signHeaders } from '../test/harness/signed-fetch';
import { describeTime, medianMicroseconds, type Work } from './medians';

/*
 * How long the verification of a signature takes (parsed, canonicalized, compared, its signing key held), beside one SHA-256 and one
 * HMAC over the same bytes; medians of one run, taken in turns.
 */

const CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const URL_TEXT = 'https://api.example.com/orders/42?expand=lines&limit=20';

/** What a client of a REST API sends; `token` in place of a session's. */
async function typicalRequest(token?: string): Promise<HttpRequest> {
  const url = new URL(URL_TEXT);
  const sent = {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'content-type': 'application/json',
    'user-agent': 'aws-sdk-js/3.1169.0 os/linux lang/js md/nodejs#20.20.2',
  };
  const signed = await signHeaders(URL_TEXT, {
    service: 'execute-api',
    method: 'GET',
    credentials: { ...CREDENTIALS, ...(token !== undefined && { sessionToken: token }) },
    headers: sent,
  });
  return {
    method: 'GET',
    path: url.pathname,
    query: [...url.searchParams],
    headers: new Map(
      Object.entries(signed).map(([name, value]) => [name.toLowerCase(), [value]] as const),
    ),
    body: undefined,
    sourceIp: '192.0.2.1',
    secureTransport: true,
    requestId: 'request',
  };
}

/** The two texts that are hashed and signed. */
function textsOf(request: HttpRequest): { canonical: string; toSign: string } {
  const parsed = parseSignature(request);
  const lines = parsed.signedHeaders.names
    .map((name) => `${name}:${(request.headers.get(name) ?? []).join(',')}\n`)
    .join('');
  const payloadHash = parsed.claimedPayloadHash ?? hashHex('');
  const canonical = writeCanonicalRequest(request, parsed, lines, payloadHash);
  const scope = parsed.credential.scope;
  const toSign = ['AWS4-HMAC-SHA256', parsed.timestamp, scope, hashHex(canonical)].join('\n');
  return { canonical, toSign };
}

async function main(): Promise<void> {
  const now = Date.now();
  const source: SigningKeySource = {
    keyVersion: '1',
    readSecretAccessKey: () => CREDENTIALS.secretAccessKey,
  };
  const options = {
    services: ['execute-api'],
    now,
    signingKeys: new SigningKeyCache(),
    findKey: () => Promise.resolve(source),
  };
  const key = createSecretKey(randomBytes(32));
  const requests = [await typicalRequest(), await typicalRequest('x'.repeat(400))];
  const works = requests.flatMap((request): Work[] => {
    const { canonical, toSign } = textsOf(request);
    return [
      () => {
        createHash('sha256').update(canonical).digest('hex');
        return createHmac('sha256', key).update(toSign).digest();
      },
      () => verifySignature(request, options),
    ];
  });
  const [bound = 0, verified = 0, boundOfSession = 0, verifiedOfSession = 0] =
    await medianMicroseconds(works);
  process.stdout.write(
    describeTime('one SHA-256 and one HMAC', bound, bound) +
      describeTime('a signature verified', verified, bound) +
      describeTime('the two over a session’s request', boundOfSession, boundOfSession) +
      describeTime('its signature verified', verifiedOfSession, boundOfSession),
  );
}

void main();
