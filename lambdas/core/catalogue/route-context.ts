import { parseArn } from '../arn';
import { parseDate } from '../dates';
import { parseIpAddress } from '../ip-address';
import { parseNumber } from '../numbers';
import { CatalogueRefused } from './resource-template';
import type { ConditionKeyType } from './service-definition';

/** Where the value of a condition key comes from. */
export interface ContextSource {
  readonly from: 'path' | 'query' | 'header' | 'claim';
  /** Of a header in lower case; a claim is one of the token that an OIDC provider has signed. */
  readonly name: string;
}

/** Condition keys of a route, by their names. */
export type RouteContext = ReadonlyMap<string, ContextSource>;

const MAX_KEYS = 20;
/** Credentials: a policy never needs one, and a condition's value may be shown in reasons. */
const SECRET_HEADERS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];
const SOURCE = /^(path|query|header)\.([\w.-]{1,128})$/;
/** Names of claims are often URLs. */
const CLAIM = /^claim\.([!-~]{1,128})$/;

/**
 * Parses `{ "orders:Channel": "header.x-channel" }`: keys under the service's own prefix alone, so that no caller can set what AWS's
 * keys say. `parameters` are those that the route has.
 *
 * Throws {@link CatalogueRefused}.
 */
export function parseRouteContext(
  input: unknown,
  service: string,
  parameters: ReadonlyMap<string, unknown>,
): RouteContext {
  const entries: readonly [string, unknown][] = Object.entries(input ?? {});
  const folded = new Set(entries.map(([key]) => key.toLowerCase()));
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (!isObject || folded.size !== entries.length || folded.size > MAX_KEYS) {
    throw new CatalogueRefused(`ContextKeys is an object of at most ${MAX_KEYS} keys, each once`);
  }
  return new Map(
    entries.map(([key, text]) => {
      const own = key.startsWith(`${service}:`) ? key.slice(service.length + 1) : '';
      const source = /^[\w./-]{1,128}$/.test(own) ? parseSource(text, parameters) : undefined;
      if (source !== undefined) return [key, source];
      throw new CatalogueRefused(
        `ContextKeys has ${key}, but takes ${service}: and a name, from path., query., header. or claim. and a name that is no credential's`,
      );
    }),
  );
}

function parseSource(
  text: unknown,
  parameters: ReadonlyMap<string, unknown>,
): ContextSource | undefined {
  if (typeof text !== 'string') return undefined;
  const [, claim] = CLAIM.exec(text) ?? [];
  if (claim !== undefined) return { from: 'claim', name: claim };
  const [, from, name = ''] = SOURCE.exec(text) ?? [];
  if (from === 'path') return parameters.has(name) ? { from, name } : undefined;
  if (from === 'query') return { from, name };
  const lower = name.toLowerCase();
  return from !== 'header' || SECRET_HEADERS.includes(lower) ? undefined : { from, name: lower };
}

/**
 * Whether texts are values of a key of that type: a value that no operator could read would keep a Deny from matching, so whoever
 * sends one is refused. Of a key that is no array there is exactly one.
 */
export function areValuesOf(type: ConditionKeyType, values: readonly string[]): boolean {
  return (type.startsWith('ArrayOf') || values.length === 1) && values.every(READABLE[type]);
}

const isText = (): boolean => true;
const isArn = (text: string): boolean => parseArn(text) !== undefined;

const READABLE: Readonly<Record<ConditionKeyType, (text: string) => boolean>> = {
  ARN: isArn,
  ArrayOfARN: isArn,
  ArrayOfString: isText,
  Binary: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  Bool: (text) => text === 'true' || text === 'false',
  Date: (text) => parseDate(text) !== undefined,
  IPAddress: (text) => parseIpAddress(text) !== undefined,
  Numeric: (text) => parseNumber(text) !== undefined,
  String: isText,
};
