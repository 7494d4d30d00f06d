import { generateKeyPair, type KeyObject } from 'node:crypto';

/** A new key of an issuer of ours. */
export interface SigningKeyPair {
  /** A JSON Web Key: the public members, `kid`, `alg` and `use`. */
  readonly publicKey: Readonly<Record<string, string>>;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
}

const RSA_BITS = 2048;

/** Source: RFC 7518 (RS256, ES384) */
export async function createSigningKeyPair(
  algorithm: 'RS256' | 'ES384',
  keyId: string,
): Promise<SigningKeyPair> {
  const { publicKey, privateKey } = await generate(algorithm);
  return {
    publicKey: {
      ...(publicKey.export({ format: 'jwk' }) as Record<string, string>),
      kid: keyId,
      alg: algorithm,
      use: 'sig',
    },
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function generate(algorithm: 'RS256' | 'ES384'): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void => {
      if (error === null) resolve({ publicKey, privateKey });
      else reject(error);
    };
    if (algorithm === 'RS256') generateKeyPair('rsa', { modulusLength: RSA_BITS }, done);
    else generateKeyPair('ec', { namedCurve: 'P-384' }, done);
  });
}
