import type { DataKeys, KeyPurpose } from './data-key';
import { open, seal } from './sealed-box';

/** What tells one kind of token from every other. */
export interface TokenForm<Claims> {
  /** `pts_`: seen by whoever holds the token, and by what looks for leaked ones. */
  readonly prefix: string;
  /** No two forms share one: a token of another kind is sealed under another key. */
  readonly purpose: KeyPurpose;
  /** Characters; a longer text is not looked at. */
  readonly maximumLength: number;
  /** What was sealed, once it has been found to be what the form says; undefined for anything else. */
  readonly read: (claims: Readonly<Record<string, unknown>>) => Claims | undefined;
}

/**
 * Tokens that say all by themselves, and that only this deployment can read or make: a sealed box in base64url.
 *
 * Invariant: one token has one text. A letter more, less or other, and it does not open.
 */
export class SealedTokens<Claims extends object> {
  constructor(
    private readonly dataKeys: DataKeys,
    private readonly form: TokenForm<Claims>,
  ) {}

  /** Errors: RangeError for claims that make a token longer than its form allows; those of the data keys. */
  async seal(claims: Claims): Promise<string> {
    const { prefix, purpose, maximumLength } = this.form;
    const box = await seal(this.dataKeys, purpose, JSON.stringify(claims), [prefix]);
    const token = prefix + Buffer.from(box).toString('base64url');
    if (token.length > maximumLength) {
      throw new RangeError(`a token of ${token.length} characters is too long`);
    }
    return token;
  }

  /** undefined for every text that is not such a token. Errors: those of the data keys, which are outages. */
  async open(token: string): Promise<Claims | undefined> {
    const { prefix, purpose, maximumLength } = this.form;
    if (!token.startsWith(prefix) || token.length > maximumLength) {
      return undefined;
    }
    const encoded = token.slice(prefix.length);
    const box = Buffer.from(encoded, 'base64url');
    // Buffer skips what is not base64url, and the last letter's spare bits; only text that comes out the same again was ours.
    if (box.toString('base64url') !== encoded) {
      return undefined;
    }
    const text = await open(this.dataKeys, purpose, box, [prefix]);
    return text === undefined ? undefined : this.form.read(JSON.parse(text) as never);
  }
}
