/** Where an issuer may be, besides on the internet. */
export interface IssuerReach {
  /**
   * Whether issuers on this machine are trusted over plain http: in a local run alone. The hosts `localhost`, `127.0.0.1` and `[::1]`
   * are then always meant so.
   */
  readonly allowLoopback: boolean;
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?(?=\/|$)/;

/** The one `iss` of a provider, whose URL is kept without its scheme. */
export function issuerOf(providerUrl: string, { allowLoopback }: IssuerReach): string {
  return allowLoopback && LOOPBACK_HOST.test(providerUrl)
    ? `http://${providerUrl}`
    : `https://${providerUrl}`;
}

/** The URL, without its scheme, of the provider whose tokens have this `iss`; undefined where none can have it. */
export function providerUrlOf(issuer: string, reach: IssuerReach): string | undefined {
  const [, providerUrl] = /^https?:\/\/(.+)$/.exec(issuer) ?? [];
  return providerUrl !== undefined && issuerOf(providerUrl, reach) === issuer
    ? providerUrl
    : undefined;
}
