import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/*
 * An authenticator in software, and the browser around it: what `navigator.credentials` gives, as its `toJSON` writes it.
 *
 * Source: https://www.w3.org/TR/webauthn-3/ and RFC 8949
 */

type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>;

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length);
  if (length < 256) return Buffer.of((major << 5) | 24, length);
  const bytes = Buffer.of((major << 5) | 25, 0, 0);
  bytes.writeUInt16BE(length, 1);
  return bytes;
}

function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([head(3, text.length), text]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const members = [...value].flatMap(([name, member]) => [encode(name), encode(member)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

export interface Page {
  readonly origin: string;
  readonly rpId: string;
}

const USER_PRESENT = 0x01;
const CREDENTIAL_INCLUDED = 0x40;

export class Authenticator {
  readonly id = randomBytes(16);
  count = 0;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#privateKey = privateKey;
    this.#publicKey = encode(
      new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
  }

  create(challenge: string, page: Page): object {
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(this.id.length);
    const credential = Buffer.concat([Buffer.alloc(16), idLength, this.id, this.#publicKey]);
    const data = this.#authenticatorData(page, USER_PRESENT | CREDENTIAL_INCLUDED, credential);
    const attestation = new Map<string, Cbor>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', data],
    ]);
    return this.#credential({
      clientDataJSON: clientData('webauthn.create', challenge, page).toString('base64url'),
      attestationObject: encode(attestation).toString('base64url'),
      transports: ['internal'],
    });
  }

  get(challenge: string, page: Page): object {
    this.count += 1;
    const data = this.#authenticatorData(page, USER_PRESENT);
    const client = clientData('webauthn.get', challenge, page);
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.#privateKey);
    return this.#credential({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    });
  }

  #authenticatorData({ rpId }: Page, flags: number, credential = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.count);
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count, credential]);
  }

  #credential(response: object): object {
    const id = this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }
}

function clientData(type: string, challenge: string, { origin }: Page): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}
