/** Whom passkeys are made for: the pages on which people sign in. */
export interface RelyingParty {
  /** The host of the first origin: passkeys are bound to it. */
  readonly id: string;
  /** `https://console.example.com`; `http` for `localhost` alone, as browsers have it. */
  readonly origins: readonly [string, ...string[]];
}

const ORIGIN = /^(?:https:\/\/[a-z0-9.-]+|http:\/\/localhost)(?::[0-9]{1,5})?$/;

/**
 * Reads a list of origins, separated by commas; undefined for an empty one.
 *
 * Errors: Error for what is no origin, or not one of the first one's host or below it.
 * Source: https://www.w3.org/TR/webauthn-3/#rp-id
 */
export function readRelyingParty(text: string): RelyingParty | undefined {
  const origins = text.split(',').filter((origin) => origin !== '');
  const [first, ...others] = origins;
  if (first === undefined) {
    return undefined;
  }
  const id = hostOf(first);
  for (const origin of others) {
    const host = hostOf(origin);
    if (host !== id && !host.endsWith(`.${id}`)) {
      throw new Error(`${origin} is neither on ${id} nor below it`);
    }
  }
  return { id, origins: [first, ...others] };
}

function hostOf(origin: string): string {
  if (!ORIGIN.test(origin)) {
    throw new Error(`${origin} is not the origin of a page: https://host, without a path`);
  }
  return new URL(origin).hostname;
}
