import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

type NodeHash = ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

type Data = string | ArrayBuffer | ArrayBufferView;

/**
 * Stands for the SDK's SHA-256, which brings one written in JavaScript for platforms without Node's own.
 */
export class Sha256 {
  readonly digestLength = 32;
  readonly #secret: Uint8Array | undefined;
  #hash: NodeHash;

  constructor(secret?: Data) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
    this.#hash = this.#start();
  }

  update(data: Data): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    // As the SDK's own: what has no secret can be asked again.
    const hash = 'copy' in this.#hash ? this.#hash.copy() : this.#hash;
    return Promise.resolve(new Uint8Array(hash.digest()));
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): NodeHash {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

/** Stands for the SDK's CRC-32, of which each event of a stream has two. */
export class Crc32 {
  #value = 0;

  update(data: Uint8Array): void {
    this.#value = crc32(data, this.#value);
  }

  digestSync(): number {
    return this.#value;
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
