import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Session tokens of the instance metadata service: their end, and a proof that they were made here. */
export class MetadataTokens {
  readonly #key = randomBytes(32);

  constructor(private readonly now: () => number) {}

  create(ttlSeconds: number): string {
    const end = String(this.now() + ttlSeconds * 1000);
    return `${end}.${this.#prove(end)}`;
  }

  isGood(token: string): boolean {
    const [end = '', proof = '', ...others] = token.split('.');
    return (
      others.length === 0 &&
      /^\d{1,15}$/.test(end) &&
      isSameText(proof, this.#prove(end)) &&
      Number(end) > this.now()
    );
  }

  #prove(end: string): string {
    return createHmac('sha256', this.#key).update(end).digest('base64url');
  }
}

/** Takes as long for every wrong text. */
export function isSameText(given: string, wanted: string): boolean {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
