import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { hashHex } from '../credentials/canonical-request';
import { ENCRYPTION_CONTEXT, type KeyEncryption } from '../credentials/key-encryption';
import { formatTimestamp } from '../credentials/signature-parts';
import { deriveSigningKey } from '../credentials/signing-key-cache';

export interface KmsDecryptionOptions {
  /** The ARN of the key that data keys are under. */
  readonly keyId: string;
  readonly region: string;
  /** `https://kms.eu-west-1.amazonaws.com/`. */
  readonly endpoint: URL;
  /** The function's own credentials, which Lambda renews with its sandbox. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | undefined;
  };
  readonly timeoutMilliseconds: number;
}

const MAX_ATTEMPTS = 2;
/** A data key's plaintext is 44 characters; nothing that KMS says is as long as this. */
const MAX_ANSWER_BYTES = 64 * 1024;

const agent = new Agent({ keepAlive: true });

/**
 * KMS's Decrypt and nothing else. The whole client is a tenth of the authorizer's bundle, which every cold start pays for, and this
 * is the one call that the authorizer makes, about once an hour.
 *
 * Errors: an Error for whatever is no plaintext: an outage, never a caller's fault.
 * Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 */
export function createKmsDecryption(options: KmsDecryptionOptions): KeyEncryption {
  return {
    generateDataKey: async () => Promise.reject(new Error('the authorizer makes no data keys')),
    decrypt: async (encrypted) => {
      const body = JSON.stringify({
        KeyId: options.keyId,
        CiphertextBlob: Buffer.from(encrypted).toString('base64'),
        EncryptionContext: ENCRYPTION_CONTEXT,
      });
      for (let attempt = 1; ; attempt += 1) {
        try {
          return readPlaintext(await send(options, body));
        } catch (error) {
          if (attempt === MAX_ATTEMPTS) {
            throw error;
          }
        }
      }
    },
  };
}

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

function readPlaintext({ statusCode, body }: Answer): Uint8Array {
  if (statusCode !== 200) {
    // The body names the error, and never a key.
    throw new Error(`KMS answered ${statusCode}: ${body.slice(0, 200)}`);
  }
  const { Plaintext: plaintext } = JSON.parse(body) as { readonly Plaintext?: unknown };
  if (typeof plaintext !== 'string' || plaintext === '') {
    throw new Error('KMS gave no plaintext');
  }
  return new Uint8Array(Buffer.from(plaintext, 'base64'));
}

async function send(options: KmsDecryptionOptions, body: string): Promise<Answer> {
  const { endpoint, timeoutMilliseconds } = options;
  const headers = sign(options, body, Date.now());
  const isHttps = endpoint.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const init = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // Of the whole call, not of a silence in it.
      signal: AbortSignal.timeout(timeoutMilliseconds),
    };
    const sent = isHttps ? requestHttps(endpoint, { ...init, agent }) : requestHttp(endpoint, init);
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        chunks.push(chunk);
        if (bytes > MAX_ANSWER_BYTES) {
          sent.destroy(new Error('KMS answered at too great a length'));
        }
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        resolve({ statusCode, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.end(body);
  });
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function sign(options: KmsDecryptionOptions, body: string, now: number): Record<string, string> {
  const { credentials, endpoint, region } = options;
  const timestamp = formatTimestamp(now);
  const date = timestamp.slice(0, 8);
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host: endpoint.host,
    'x-amz-date': timestamp,
    ...(credentials.sessionToken === undefined
      ? {}
      : { 'x-amz-security-token': credentials.sessionToken }),
    'x-amz-target': 'TrentService.Decrypt',
  };
  const names = Object.keys(headers).sort();
  const canonicalRequest = [
    'POST',
    endpoint.pathname,
    '',
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    hashHex(body),
  ].join('\n');
  const scope = `${date}/${region}/kms/aws4_request`;
  const stringToSign = ['AWS4-HMAC-SHA256', timestamp, scope, hashHex(canonicalRequest)].join('\n');
  const key = deriveSigningKey(credentials.secretAccessKey, { date, region, service: 'kms' });
  const signature = createHmac('sha256', key).update(stringToSign).digest('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}
