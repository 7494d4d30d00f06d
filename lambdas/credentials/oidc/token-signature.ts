import { CompactSign } from 'jose/jws/compact/sign';
import { importPKCS8 } from 'jose/key/import';

/** A JSON Web Token with these claims, which are JSON already. Source: RFC 7519 */
export async function signToken(
  claims: string,
  key: {
    readonly algorithm: string;
    readonly keyId: string;
    /** PKCS #8 in PEM. */
    readonly privateKey: string;
  },
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(claims))
    .setProtectedHeader({ alg: key.algorithm, kid: key.keyId, typ: 'JWT' })
    .sign(await importPKCS8(key.privateKey, key.algorithm));
}
