import type { JWK } from 'jose';
import type { JsonNode } from '../../core/json';
import { IssuerUnavailable } from './issuer-errors';
import { membersOf, readObject, textOf, textsOf, type JsonMembers } from './strict-json';

/** Those of AWS. None is symmetric, and none says that there is no signature. */
export const SIGNATURE_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

const CURVES: Readonly<Record<string, SignatureAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
};

const RSA_ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'RS384', 'RS512'];

/** One public key of an issuer. */
export interface IssuerKey {
  readonly keyId: string;
  /** What it may verify: whether a token's algorithm fits is never the token's word alone. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Its public members alone. */
  readonly publicKey: JWK;
}

export const MAX_KEY_SET_BYTES = 256 * 1024;

/**
 * AWS reads a hundred RSA and a hundred EC keys.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
const MAX_KEYS = 200;

const MAX_KEY_ID_LENGTH = 512;
/** Base64url of 8192 bits: a longer modulus is work that somebody else orders. */
const MAX_MODULUS_LENGTH = 1366;
const MAX_EXPONENT_LENGTH = 12;

/**
 * The keys of a JSON Web Key Set that can verify a signature. Keys for something else, of another kind or without an id are passed
 * over, as the set may hold them for other readers.
 *
 * Errors: {@link IssuerUnavailable} where the text is no key set.
 * Source: RFC 7517
 */
export function readKeySet(text: string): readonly IssuerKey[] {
  const members = readObject(text, { maximumLength: MAX_KEY_SET_BYTES, maximumDepth: 8 });
  const keys = members?.get('keys');
  if (keys?.kind !== 'array' || keys.items.length > MAX_KEYS) {
    throw new IssuerUnavailable('the key set of the issuer cannot be read', false);
  }
  return keys.items.flatMap((item) => readKey(item) ?? []);
}

function readKey(node: JsonNode): IssuerKey | undefined {
  const members = membersOf(node);
  const keyId = textOf(members?.get('kid'));
  if (members === undefined || keyId === undefined || !isForSignatures(members)) {
    return undefined;
  }
  const key = textOf(members.get('kty')) === 'RSA' ? readRsaKey(members) : readCurveKey(members);
  const named = members.get('alg');
  const algorithms = key?.algorithms.filter(
    (algorithm) => named === undefined || textOf(named) === algorithm,
  );
  return key === undefined ||
    algorithms === undefined ||
    algorithms.length === 0 ||
    keyId.length > MAX_KEY_ID_LENGTH
    ? undefined
    : { keyId, algorithms, publicKey: key.publicKey };
}

function isForSignatures(members: JsonMembers): boolean {
  const use = members.get('use');
  const operations = members.get('key_ops');
  return (
    (use === undefined || textOf(use) === 'sig') &&
    (operations === undefined || textsOf(operations)?.includes('verify') === true)
  );
}

type PublicKey = Pick<IssuerKey, 'algorithms' | 'publicKey'>;

function readRsaKey(members: JsonMembers): PublicKey | undefined {
  const n = textOf(members.get('n'));
  const e = textOf(members.get('e'));
  return n === undefined ||
    e === undefined ||
    n.length > MAX_MODULUS_LENGTH ||
    e.length > MAX_EXPONENT_LENGTH
    ? undefined
    : { algorithms: RSA_ALGORITHMS, publicKey: { kty: 'RSA', n, e } };
}

function readCurveKey(members: JsonMembers): PublicKey | undefined {
  const crv = textOf(members.get('crv')) ?? '';
  const x = textOf(members.get('x'));
  const y = textOf(members.get('y'));
  const algorithm = Object.hasOwn(CURVES, crv) ? CURVES[crv] : undefined;
  return textOf(members.get('kty')) !== 'EC' ||
    algorithm === undefined ||
    x === undefined ||
    y === undefined
    ? undefined
    : { algorithms: [algorithm], publicKey: { kty: 'EC', crv, x, y } };
}
