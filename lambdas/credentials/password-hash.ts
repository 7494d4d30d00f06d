import { scrypt, timingSafeEqual } from 'node:crypto';

/**
 * A password as it is kept. The parameters are those that this hash was made with, so that stronger ones can follow.
 *
 * Source: RFC 7914
 */
export interface PasswordHash {
  readonly Algorithm: 'scrypt';
  /** N: a power of two. */
  readonly Cost: number;
  /** r. */
  readonly BlockSize: number;
  /** p. */
  readonly Parallelization: number;
  readonly Salt: Uint8Array;
  readonly Hash: Uint8Array;
}

/** 32 MiB and about a tenth of a second for each guess. */
const PARAMETERS = {
  Algorithm: 'scrypt',
  Cost: 2 ** 15,
  BlockSize: 8,
  Parallelization: 1,
} as const;

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What a stored hash may make this process do. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

export async function hashPassword(
  password: string,
  randomBytes: (length: number) => Uint8Array,
): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  if (salt.byteLength !== SALT_BYTES) {
    throw new TypeError(`the source of randomness gave ${salt.byteLength} bytes of salt`);
  }
  const parameters = { ...PARAMETERS, Salt: salt };
  return { ...parameters, Hash: await derive(password, parameters, HASH_BYTES) };
}

/** Takes the same time for every wrong password. Errors: RangeError for parameters that no password was hashed with. */
export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  if (hash.Hash.byteLength !== HASH_BYTES || hash.Salt.byteLength !== SALT_BYTES) {
    throw new RangeError('a stored password hash is damaged');
  }
  return timingSafeEqual(await derive(password, hash, HASH_BYTES), hash.Hash);
}

function derive(
  password: string,
  { Cost, BlockSize, Parallelization, Salt }: Omit<PasswordHash, 'Hash'>,
  length: number,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { N: Cost, r: BlockSize, p: Parallelization, maxmem: MAX_MEMORY_BYTES };
    scrypt(Buffer.from(password, 'utf8'), Salt, length, options, (error, derived) => {
      if (error === null) resolve(new Uint8Array(derived));
      else reject(error);
    });
  });
}

/** The hash of nobody's password: what checking it costs is what checking any other costs, and nothing fits it. */
export function createUnfittingHash(randomBytes: (length: number) => Uint8Array): PasswordHash {
  return { ...PARAMETERS, Salt: randomBytes(SALT_BYTES), Hash: randomBytes(HASH_BYTES) };
}
