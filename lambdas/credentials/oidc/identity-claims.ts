import type { JsonNode } from '../../core/json';
import { TokenRefused } from './issuer-errors';
import { membersOf, oneOrMoreTextsOf, secondsOf, textOf, type JsonMembers } from './strict-json';

/**
 * Claims as the values of a condition key: a text, a number or a truth value as one text, a list of such as several. A claim of any
 * other form is there, and undefined.
 */
export type TokenClaims = ReadonlyMap<string, readonly string[] | undefined>;

/** What an identity provider says of somebody. Plain data. */
export interface IdentityClaims {
  readonly subject: string;
  /** The one client of the provider that the token is for: `azp` where it is there, else what `aud` shares with the clients. */
  readonly audience: string;
  /** Epoch seconds; without any tolerance. */
  readonly expiresAt: number;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** All that the token says, for the condition keys of a team's own service. */
  readonly tokenClaims: TokenClaims;
  /** By the names that condition keys end in: `sub`, `aud`, `amr`, … Never any other of the token's. */
  readonly conditions: Readonly<Record<string, string | readonly string[]>>;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

/** Of each text that is looked at. */
const MAX_SUBJECT_LENGTH = 1000;
const MAX_AUDIENCES = 100;

/**
 * Session tags and the source identity, as a token holds them.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
 */
const TAGS_CLAIM = 'https://aws.amazon.com/tags';
const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity';

/**
 * `url` is the provider's, without its scheme.
 *
 * Errors: TokenRefused `claims` for a member that is not of its type, `audience` for a token that is meant for nobody of `clientIds`.
 */
export function readIdentityClaims(
  claims: JsonMembers,
  { url, clientIds }: { readonly url: string; readonly clientIds: readonly string[] },
): IdentityClaims {
  const subject = requireText(claims, 'sub');
  if (subject === '' || subject.length > MAX_SUBJECT_LENGTH) {
    throw new TokenRefused('claims', 'the subject is empty or too long');
  }
  const { audience, conditions } = readAudience(claims, clientIds);
  const methods = claims.has('amr') ? requireTexts(claims, 'amr') : undefined;
  const sourceIdentity = claims.has(SOURCE_IDENTITY_CLAIM)
    ? requireText(claims, SOURCE_IDENTITY_CLAIM)
    : undefined;
  return {
    subject,
    audience,
    expiresAt: secondsOf(claims.get('exp')) ?? 0,
    issuedAt: secondsOf(claims.get('iat')) ?? 0,
    tokenClaims: new Map([...claims].map(([name, node]) => [name, valuesOf(node)])),
    conditions: {
      sub: subject,
      ...conditions,
      ...(methods !== undefined && { amr: methods }),
      ...readOwnClaims(claims, url),
    },
    ...readTags(claims),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}

function valuesOf(node: JsonNode): readonly string[] | undefined {
  const values = (node.kind === 'array' ? node.items : [node]).map(valueOf);
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** A number as the token writes it. */
function valueOf(node: JsonNode): string | undefined {
  switch (node.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return node.value;
    case 'null':
    case 'array':
    case 'object':
      return undefined;
  }
}

/**
 * Where a token has an authorized party, it is the audience, and what the token calls its audience is `oaud`: a token that somebody
 * else's client asked for is not for us, whatever its `aud`.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
function readAudience(
  claims: JsonMembers,
  clientIds: readonly string[],
): Pick<IdentityClaims, 'audience' | 'conditions'> {
  const audiences = requireTexts(claims, 'aud');
  if (audiences.length === 0 || audiences.length > MAX_AUDIENCES) {
    throw new TokenRefused('audience', 'the token has no audience, or too many');
  }
  const party = claims.has('azp') ? requireText(claims, 'azp') : undefined;
  const own = (party === undefined ? audiences : [party]).filter((name) =>
    clientIds.includes(name),
  );
  const [audience] = own;
  if (audience === undefined) {
    throw new TokenRefused('audience', 'the token is meant for no client of the provider');
  }
  return {
    audience,
    conditions:
      party === undefined
        ? { aud: own.length === 1 ? audience : own }
        : {
            aud: party,
            azp: party,
            oaud: audiences.length === 1 ? (audiences[0] ?? '') : audiences,
          },
  };
}

/** Claims of single issuers that AWS makes condition keys of, because a trust policy may have to look at them. */
const OWN_CLAIMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['token.actions.githubusercontent.com', ['job_workflow_ref']],
]);

function readOwnClaims(claims: JsonMembers, url: string): Readonly<Record<string, string>> {
  const names = OWN_CLAIMS.get(url)?.filter((name) => claims.has(name)) ?? [];
  return Object.fromEntries(names.map((name) => [name, requireText(claims, name)]));
}

/** Nested in one claim, or each in a claim of its own whose name holds the tag's key. */
function readTags(claims: JsonMembers): Pick<IdentityClaims, 'tags' | 'transitiveTagKeys'> {
  const nested = claims.has(TAGS_CLAIM) ? membersOf(claims.get(TAGS_CLAIM)) : new Map();
  if (nested === undefined) {
    throw new TokenRefused('claims', 'the tags are no object');
  }
  const tagNodes = nested.get('principal_tags') as JsonNode | undefined;
  const tagMembers = tagNodes === undefined ? new Map<string, JsonNode>() : membersOf(tagNodes);
  if (tagMembers === undefined) {
    throw new TokenRefused('claims', 'the tags of the principal are no object');
  }
  const prefix = `${TAGS_CLAIM}/principal_tags/`;
  const flat = [...claims]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const);
  const flatKeys = claims.get(`${TAGS_CLAIM}/transitive_tag_keys`);
  const nestedKeys = nested.get('transitive_tag_keys') as JsonNode | undefined;
  return {
    tags: [...tagMembers, ...flat].map(([Key, value]) => ({ Key, Value: tagValueOf(value) })),
    transitiveTagKeys: [nestedKeys, flatKeys].flatMap((node) => {
      const keys = node === undefined ? [] : oneOrMoreTextsOf(node);
      if (keys === undefined) {
        throw new TokenRefused('claims', 'the keys of transitive tags are no list of texts');
      }
      return keys;
    }),
  };
}

/** `["Automation"]` or `"Automation"`. */
function tagValueOf(node: JsonNode): string {
  const values = oneOrMoreTextsOf(node);
  const [value] = values ?? [];
  if (value === undefined || values?.length !== 1) {
    throw new TokenRefused('claims', 'a tag has not one value');
  }
  return value;
}

function requireText(claims: JsonMembers, name: string): string {
  const text = textOf(claims.get(name));
  if (text === undefined) {
    throw new TokenRefused('claims', `${name} is missing or is no text`);
  }
  return text;
}

function requireTexts(claims: JsonMembers, name: string): readonly string[] {
  const texts = oneOrMoreTextsOf(claims.get(name));
  if (texts === undefined) {
    throw new TokenRefused('claims', `${name} is missing or is no list of texts`);
  }
  return texts;
}
