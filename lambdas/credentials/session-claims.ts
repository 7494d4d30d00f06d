/**
 * Whose session it is: a role's, that of a user or of root with a token of its own (GetSessionToken), that of a user's guest
 * (GetFederationToken), or that of a member account's root (AssumeRoot).
 */
export type SessionKind = 'role' | 'user' | 'root' | 'federatedUser' | 'assumedRoot';

export interface SessionTag {
  readonly Key: string;
  readonly Value: string;
}

/** A managed policy by its id: one that is made again under the old name is another one. */
export interface SessionPolicyReference {
  readonly AccountId: string;
  readonly PolicyId: string;
  readonly PolicyArn: string;
}

/** A union: what neither the inline nor any managed policy allows is not allowed. Without any policy, nothing is. */
export interface SessionPolicies {
  readonly inline?: string | undefined;
  readonly managed: readonly SessionPolicyReference[];
}

/** All that is known of a session; it is kept nowhere but in its token. */
export interface SessionClaims {
  readonly kind: SessionKind;
  /** Twelve digits, of the principal. */
  readonly accountId: string;
  /** `AROA…` of the role; `AIDA…` of the user, also for a federated user: whoever asked; the account id for root. */
  readonly principalId: string;
  /** The role session's name, the federated user's name. */
  readonly sessionName?: string | undefined;
  /** `ASIA…`. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Epoch seconds; from then on the session is over. */
  readonly expiresAt: number;
  /** The long-term key that asked for the session of a user, root or federated user: without it the session is over. */
  readonly issuingAccessKeyId?: string | undefined;
  /** Absent where no session policy applies. */
  readonly policies?: SessionPolicies | undefined;
  readonly tags: readonly SessionTag[];
  /** Keys of `tags` that go on to the sessions which this session asks for. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string | undefined;
  /** Epoch seconds at which a second factor was proven. */
  readonly multiFactorAt?: number | undefined;
  /** The ARN of the provider, or its host name. */
  readonly federatedProvider?: string | undefined;
  /** Whether it was another session of a role that asked for this one. */
  readonly isChained: boolean;
  /** Condition keys of the identity provider (`<issuer>:sub`, `saml:sub`, …). Invariant: none is AWS's own. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/*
 * The strict reading of what a session token holds. A token that opens was sealed here, perhaps by an older or newer version: what is not
 * understood to the last member is no session.
 */

type Check = (value: unknown) => boolean;
type Checks<Value> = { readonly [Member in keyof Value]-?: Check };

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isSeconds: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isFlag: Check = (value) => typeof value === 'boolean';
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** Every member as it must be, and no other. */
function isStructure(checks: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(checks);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const members = value as Readonly<Record<string, unknown>>;
    return (
      Object.keys(members).every((name) => Object.hasOwn(checks, name)) &&
      names.every((name) => checks[name]?.(members[name]) === true)
    );
  };
}

const KINDS: readonly SessionKind[] = ['role', 'user', 'root', 'federatedUser', 'assumedRoot'];

const isTag = isStructure({
  Key: isText,
  Value: (value) => typeof value === 'string',
} satisfies Checks<SessionTag>);

const isReference = isStructure({
  AccountId: isText,
  PolicyId: isText,
  PolicyArn: isText,
} satisfies Checks<SessionPolicyReference>);

/** Condition keys that say who somebody is, and that nobody else may set. */
const OWN_KEY = /^(?:aws|sts|iam):/i;

const isContext: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([key, entry]: [string, unknown]) =>
      !OWN_KEY.test(key) &&
      (typeof entry === 'string' ||
        (Array.isArray(entry) && entry.every((one) => typeof one === 'string'))),
  );
};

const isClaims = isStructure({
  kind: (value) => KINDS.includes(value as SessionKind),
  accountId: (value) => typeof value === 'string' && /^\d{12}$/.test(value),
  principalId: isText,
  sessionName: orAbsent(isText),
  accessKeyId: isText,
  secretAccessKey: isText,
  issuedAt: isSeconds,
  expiresAt: isSeconds,
  issuingAccessKeyId: orAbsent(isText),
  policies: orAbsent(
    isStructure({
      inline: orAbsent(isText),
      managed: isListOf(isReference),
    } satisfies Checks<SessionPolicies>),
  ),
  tags: isListOf(isTag),
  transitiveTagKeys: isListOf(isText),
  sourceIdentity: orAbsent(isText),
  multiFactorAt: orAbsent(isSeconds),
  federatedProvider: orAbsent(isText),
  isChained: isFlag,
  context: isContext,
} satisfies Checks<SessionClaims>);

/** undefined for every text that is not a session's claims. */
export function readSessionClaims(text: string): SessionClaims | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isClaims(value)) {
    return undefined;
  }
  const claims = value as SessionClaims;
  const isNamed = claims.kind === 'role' || claims.kind === 'federatedUser';
  return isNamed === (claims.sessionName !== undefined) ? claims : undefined;
}
