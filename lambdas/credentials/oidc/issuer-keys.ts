import { IssuerUnavailable } from './issuer-errors';
import type { DocumentRequestOptions } from './document-request';
import { issuerOf, type IssuerReach } from './issuer-url';
import { MAX_KEY_SET_BYTES, readKeySet, type IssuerKey } from './key-set';
import { readObject, textOf } from './strict-json';
import { requestTrustedDocument } from './trusted-document';

export interface IssuerKeysOptions
  extends IssuerReach, Pick<DocumentRequestOptions, 'findAddresses' | 'certificateAuthorities'> {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Of both documents together. Default: four seconds. */
  readonly timeoutMilliseconds?: number;
}

/** What is needed of a provider to find its keys. */
export interface IssuerIdentity {
  /** Without its scheme. */
  readonly url: string;
  /** SHA-1, lower-case hexadecimal, of the authorities that its servers' certificates may lead to. */
  readonly thumbprints: readonly string[];
}

interface KeySet {
  readonly readAt: number;
  readonly keys: readonly IssuerKey[];
}

const MAX_CONFIGURATION_BYTES = 64 * 1024;

const DEFAULT_TIMEOUT_MILLISECONDS = 4000;

/** For this long a key set is used without looking again: so long does a key that was withdrawn still count. */
const LIFETIME_MILLISECONDS = 5 * 60 * 1000;

/** At most so often does somebody else's token with an unknown key make us ask the issuer. */
const COOL_DOWN_MILLISECONDS = 30 * 1000;

/** Issuers whose keys are held; the one that was read longest ago makes way. */
const MAX_ISSUERS = 100;

/**
 * The keys of issuers, found by OpenID Connect Discovery and held in memory.
 *
 * Invariant: a failure is not held as if it were a key set, and keys that are too old are not used because newer ones cannot be had.
 */
export class IssuerKeys {
  readonly #sets = new Map<string, KeySet>();
  readonly #flights = new Map<string, Promise<KeySet>>();
  /** When an issuer was asked last, whatever it answered. */
  readonly #askedAt = new Map<string, number>();

  constructor(private readonly options: IssuerKeysOptions) {}

  /**
   * The keys with an id: none where the issuer has none, and several where the issuer names two alike.
   *
   * Errors: {@link IssuerUnavailable}.
   */
  async find(issuer: IssuerIdentity, keyId: string): Promise<readonly IssuerKey[]> {
    const name = JSON.stringify([issuer.url, issuer.thumbprints]);
    const held = this.#sets.get(name);
    const known = held !== undefined && this.#isFresh(held) ? select(held, keyId) : [];
    if (known.length > 0) {
      return known;
    }
    if (held !== undefined && this.#isFresh(held) && this.#isCoolingDown(name)) {
      return [];
    }
    return select(await this.#fetch(name, issuer), keyId);
  }

  #isFresh({ readAt }: KeySet): boolean {
    const age = this.options.now() - readAt;
    return age >= 0 && age < LIFETIME_MILLISECONDS;
  }

  #isCoolingDown(name: string): boolean {
    const age = this.options.now() - (this.#askedAt.get(name) ?? -Infinity);
    return age >= 0 && age < COOL_DOWN_MILLISECONDS;
  }

  /** Callers that come meanwhile wait for the same answer. */
  #fetch(name: string, issuer: IssuerIdentity): Promise<KeySet> {
    const flight = this.#flights.get(name);
    if (flight !== undefined) {
      return flight;
    }
    const fetching = this.#read(name, issuer).finally(() => {
      this.#flights.delete(name);
    });
    this.#flights.set(name, fetching);
    return fetching;
  }

  async #read(name: string, issuer: IssuerIdentity): Promise<KeySet> {
    const readAt = this.options.now();
    this.#askedAt.set(name, readAt);
    const keys = await readIssuerKeys(issuer, this.options);
    const set = { readAt, keys };
    // Behind the others, so that the first is the oldest.
    this.#sets.delete(name);
    this.#sets.set(name, set);
    this.#makeRoom();
    return set;
  }

  #makeRoom(): void {
    for (const name of this.#sets.keys()) {
      if (this.#sets.size <= MAX_ISSUERS) break;
      this.#sets.delete(name);
    }
    for (const name of this.#askedAt.keys()) {
      if (!this.#sets.has(name)) this.#askedAt.delete(name);
    }
  }
}

function select({ keys }: KeySet, keyId: string): readonly IssuerKey[] {
  return keys.filter((key) => key.keyId === keyId);
}

/**
 * Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 */
async function readIssuerKeys(
  { url, thumbprints }: IssuerIdentity,
  options: IssuerKeysOptions,
): Promise<readonly IssuerKey[]> {
  const request = {
    ...options,
    signal: AbortSignal.timeout(options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS),
  };
  const issuer = issuerOf(url, options);
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  const configuration = await requestTrustedDocument(
    parseUrl(`${base}/.well-known/openid-configuration`),
    thumbprints,
    { ...request, maximumBytes: MAX_CONFIGURATION_BYTES },
  );
  const keySetUrl = readKeySetUrl(configuration, issuer);
  const keySet = await requestTrustedDocument(keySetUrl, thumbprints, {
    ...request,
    maximumBytes: MAX_KEY_SET_BYTES,
  });
  return readKeySet(keySet);
}

function readKeySetUrl(configuration: string, issuer: string): URL {
  const members = readObject(configuration, {
    maximumLength: MAX_CONFIGURATION_BYTES,
    maximumDepth: 8,
  });
  if (members === undefined) {
    throw new IssuerUnavailable(`the configuration of ${issuer} cannot be read`, false);
  }
  // Letter by letter: whoever serves the keys of one issuer must not serve them as those of another.
  if (textOf(members.get('issuer')) !== issuer) {
    throw new IssuerUnavailable(`the configuration of ${issuer} is another issuer's`, false);
  }
  return parseUrl(textOf(members.get('jwks_uri')) ?? '');
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    throw new IssuerUnavailable('the issuer names no URL of its keys', false);
  }
  return url;
}
