import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/*
 * RSA public keys as SSH and as PEM writes them.
 *
 * Source: RFC 4253, section 6.6, and https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html
 */

const ALGORITHM = 'ssh-rsa';

const MIN_MODULUS_BITS = 2048;

/** What stands in the way of a key. */
export type PublicKeyProblem = 'InvalidPublicKey' | 'UnrecognizedPublicKeyEncoding';

/** One key in both encodings. */
export interface SshPublicKey {
  /** `ssh-rsa AAAA…`, without a comment. */
  readonly ssh: string;
  /** SubjectPublicKeyInfo. */
  readonly pem: string;
  /** MD5 of the key as SSH writes it: sixteen pairs of hex digits with colons. */
  readonly fingerprint: string;
}

/** A key of either encoding. */
export function readSshPublicKey(body: string): SshPublicKey | PublicKeyProblem {
  const text = body.trim();
  const key = text.startsWith('-----BEGIN ')
    ? readPem(text)
    : text.startsWith(`${ALGORITHM} `)
      ? readSsh(text)
      : 'UnrecognizedPublicKeyEncoding';
  if (typeof key === 'string') {
    return key;
  }
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  return key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_MODULUS_BITS
    ? describe(key)
    : 'InvalidPublicKey';
}

function readPem(text: string): KeyObject | PublicKeyProblem {
  // A private key has a public one; whoever sends it has made a mistake that must not be kept.
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) {
    return 'UnrecognizedPublicKeyEncoding';
  }
  try {
    return createPublicKey({ key: text, format: 'pem' });
  } catch {
    return 'InvalidPublicKey';
  }
}

function readSsh(text: string): KeyObject | PublicKeyProblem {
  const [, base64 = ''] = /^ssh-rsa ([A-Za-z0-9+/]+={0,2})(?: [^\n]*)?$/.exec(text) ?? [];
  const fields = readFields(Buffer.from(base64, 'base64'));
  const [algorithm, exponent, modulus, ...others] = fields ?? [];
  if (
    algorithm?.toString('latin1') !== ALGORITHM ||
    exponent === undefined ||
    modulus === undefined ||
    others.length > 0
  ) {
    return 'InvalidPublicKey';
  }
  try {
    return createPublicKey({
      key: { kty: 'RSA', e: unsigned(exponent), n: unsigned(modulus) },
      format: 'jwk',
    });
  } catch {
    return 'InvalidPublicKey';
  }
}

/** Each field is preceded by its length. */
function readFields(blob: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.byteLength;) {
    if (at + 4 > blob.byteLength) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.byteLength) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** SSH puts a zero before a number whose first bit is set; a JWK does not. */
function unsigned(number: Buffer): string {
  const first = number.findIndex((byte) => byte !== 0);
  return number.subarray(Math.max(first, 0)).toString('base64url');
}

function describe(key: KeyObject): SshPublicKey {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  const blob = Buffer.concat([Buffer.from(ALGORITHM), signed(e), signed(n)].map(withLength));
  const digest = createHash('md5').update(blob).digest('hex');
  return {
    ssh: `${ALGORITHM} ${blob.toString('base64')}`,
    pem: key.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: (digest.match(/../g) ?? []).join(':'),
  };
}

function signed(base64url: string): Buffer {
  const number = Buffer.from(base64url, 'base64url');
  return (number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.alloc(1), number]);
}

function withLength(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.byteLength);
  return Buffer.concat([length, field]);
}
