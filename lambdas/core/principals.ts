import type { PrincipalElement, PrincipalKind } from './document';
import type { Principal } from './request-context';

/**
 * How a statement names a principal: bits, as one statement may name it in several ways.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export const NAMED = {
  /** By its account: this only delegates, the account's own policies must allow as well. */
  account: 1,
  /** By what stands behind the session: the role, or the user of a federated session. */
  behindSession: 2,
  /** By its own ARN or id, its host name, its provider. */
  itself: 4,
  /** By `*`. */
  everyone: 8,
} as const;

/**
 * What a resource-based Allow is worth in the same account, by how it names the principal.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-req-intersection.html
 */
export const RANK = {
  none: 0,
  /** The identity side must allow too. */
  delegated: 1,
  /** Grants by itself, limited by permissions boundary and session policy. */
  limited: 2,
  /** Grants by itself. */
  unlimited: 3,
} as const;

export type Rank = (typeof RANK)[keyof typeof RANK];

type PrincipalTest = (principal: Principal) => number;

const ACCOUNT = /^\d{12}$/;
const PRINCIPAL_ARN =
  /^arn:(aws[a-z-]*):(?:iam::(\d{12}):(root|(?:user|role)\/[^*?\s]*[^*?\s/])|sts::(\d{12}):(assumed-role\/[^*?\s/]+\/[^*?\s/]+|federated-user\/[^*?\s/]+))$/;
/** How a distribution names itself in the policy of a bucket; nobody signs as it here. */
const ORIGIN_ACCESS_IDENTITY =
  /^arn:aws[a-z-]*:iam::cloudfront:user\/CloudFront Origin Access Identity [A-Z0-9]+$/;
const UNIQUE_ID = /^A[A-Z]{3}[A-Z0-9]{12,124}(?::[\w+=,.@-]{2,64})?$/;
const HOST_NAME = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const PROVIDER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:(?:saml|oidc)-provider\/[^*?\s]+$/;

/** The only wildcard is the whole `*`, and only under AWS. */
const FORMS: Readonly<Record<PrincipalKind, (text: string) => boolean>> = {
  AWS: (text) =>
    text === '*' ||
    ACCOUNT.test(text) ||
    PRINCIPAL_ARN.test(text) ||
    UNIQUE_ID.test(text) ||
    ORIGIN_ACCESS_IDENTITY.test(text),
  Service: (text) => HOST_NAME.test(text),
  Federated: (text) => HOST_NAME.test(text) || PROVIDER_ARN.test(text),
  CanonicalUser: (text) => /^[A-Za-z0-9]+$/.test(text),
};

/** Whether a text can be a principal of its kind. */
export function isPrincipal(kind: PrincipalKind, text: string): boolean {
  return FORMS[kind](text);
}

/** Compiles a Principal element to the ways in which it names whoever asks; 0 where it does not. */
export function compilePrincipals(element: PrincipalElement): PrincipalTest {
  const tests: PrincipalTest[] = [];
  for (const text of element.AWS ?? []) tests.push(compileAws(text));
  for (const text of element.Service ?? []) {
    tests.push((principal) =>
      principal.type === 'Service' && principal.service === text ? NAMED.itself : 0,
    );
  }
  for (const text of element.Federated ?? []) {
    tests.push((principal) =>
      (principal.type === 'WebIdentityUser' || principal.type === 'SAMLUser') &&
      principal.provider === text
        ? NAMED.itself
        : 0,
    );
  }
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (principal) => {
    let named = 0;
    for (const test of tests) named |= test(principal);
    return named;
  };
}

const EVERYONE: PrincipalTest = () => NAMED.everyone;

function compileAws(text: string): PrincipalTest {
  if (text === '*') return EVERYONE;
  if (ACCOUNT.test(text)) {
    return (principal) => ('arn' in principal && principal.accountId === text ? NAMED.account : 0);
  }
  const [, partition = '', iamAccount, iamName = '', , stsName] = PRINCIPAL_ARN.exec(text) ?? [];
  if (iamName === 'root') {
    const prefix = `arn:${partition}:`;
    return (principal) =>
      'arn' in principal && principal.accountId === iamAccount && principal.arn.startsWith(prefix)
        ? NAMED.account
        : 0;
  }
  if (stsName !== undefined) {
    return (principal) => ('arn' in principal && principal.arn === text ? NAMED.itself : 0);
  }
  if (iamName.startsWith('user/')) return compileUser(text);
  if (iamName.startsWith('role/')) {
    const role = iamName.slice('role/'.length);
    // The ARN of a session has no path: without the role's own ARN, only a role without a path can be told.
    const sessions = `arn:${partition}:sts::${iamAccount ?? ''}:assumed-role/${role}/`;
    return compileRole(text, role.includes('/') ? undefined : sessions);
  }
  return compileUniqueId(text);
}

function compileUser(arn: string): PrincipalTest {
  return (principal) => {
    if (principal.type === 'User') return principal.arn === arn ? NAMED.itself : 0;
    if (principal.type !== 'FederatedUser') return 0;
    return principal.userArn === arn ? NAMED.behindSession : 0;
  };
}

function compileRole(arn: string, sessions: string | undefined): PrincipalTest {
  return (principal) => {
    if (principal.type === 'Role') return principal.arn === arn ? NAMED.behindSession : 0;
    if (principal.type !== 'AssumedRole') return 0;
    const named =
      principal.roleArn === undefined
        ? sessions !== undefined && principal.arn.startsWith(sessions)
        : principal.roleArn === arn;
    return named ? NAMED.behindSession : 0;
  };
}

/** What AWS stores in place of an ARN, so that who is deleted and made again is somebody else. */
function compileUniqueId(text: string): PrincipalTest {
  const [id, session] = text.split(':');
  return (principal) => {
    if (!('uniqueId' in principal) || principal.uniqueId !== id) return 0;
    if (principal.type === 'User') return session === undefined ? NAMED.itself : 0;
    if (principal.type === 'Role') return session === undefined ? NAMED.behindSession : 0;
    if (principal.type !== 'AssumedRole') return 0;
    if (session === undefined) return NAMED.behindSession;
    return principal.arn.endsWith(`/${session}`) ? NAMED.itself : 0;
  };
}

export function rankOf(named: number): Rank {
  if ((named & (NAMED.itself | NAMED.everyone)) !== 0) return RANK.unlimited;
  if ((named & NAMED.behindSession) !== 0) return RANK.limited;
  return named === 0 ? RANK.none : RANK.delegated;
}

/** All that a NotPrincipal must name for a principal to be left out of a Deny. */
const WHOLE_NAME: Readonly<Record<Principal['type'], number>> = {
  Root: NAMED.account,
  User: NAMED.account | NAMED.itself,
  Role: NAMED.account | NAMED.behindSession,
  AssumedRole: NAMED.account | NAMED.behindSession | NAMED.itself,
  FederatedUser: NAMED.account | NAMED.itself,
  WebIdentityUser: NAMED.itself,
  SAMLUser: NAMED.itself,
  Service: NAMED.itself,
  Anonymous: NAMED.everyone,
};

/**
 * Whether a NotPrincipal names a principal wholly: its account, its role and its session. A Deny spares only whom it names wholly.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isWhollyNamed(principal: Principal, named: number): boolean {
  const whole = WHOLE_NAME[principal.type];
  return (named & NAMED.everyone) !== 0 || (named & whole) === whole;
}
