import type { Principal, RequestContext } from '../../lambdas/core/request-context';
import type { Choices } from './choices';

/*
 * Principals and requests over small alphabets, so that what policies name is often what requests hold.
 */

export const ACCOUNTS = ['111111111111', '222222222222'] as const;
const NAMES = ['alice', 'Alice', 'bob', 'team/carol'] as const;
const ROLES = ['reader', 'writer', 'ops/admin'] as const;
const SESSIONS = ['s1', 's2', 'alice'] as const;
export const SERVICES = ['events.amazonaws.com', 'logs.amazonaws.com'] as const;
export const PROVIDERS = [
  'accounts.google.com',
  'arn:aws:iam::111111111111:oidc-provider/id.example.com',
  'arn:aws:iam::111111111111:saml-provider/corporate',
] as const;
export const USER_IDS = ['AIDAALICEALICEALICE1', 'AIDABOBBOBBOBBOBBOB2'] as const;
export const ROLE_IDS = ['AROAREADERREADERREA1', 'AROAWRITERWRITERWRI2'] as const;

export type PrincipalKind = Principal['type'] | 'ServiceLinkedRole';

/** How often each kind of principal asks. */
export const PRINCIPAL_KINDS: readonly (readonly [number, PrincipalKind])[] = [
  [26, 'User'],
  [28, 'AssumedRole'],
  [7, 'Role'],
  [9, 'FederatedUser'],
  [6, 'Root'],
  [7, 'Service'],
  [4, 'WebIdentityUser'],
  [3, 'SAMLUser'],
  [7, 'Anonymous'],
  [3, 'ServiceLinkedRole'],
];

export function choosePrincipal(choices: Choices, kind: PrincipalKind): Principal {
  const accountId = choices.chance(80) ? ACCOUNTS[0] : ACCOUNTS[1];
  const iam = `arn:aws:iam::${accountId}`;
  const sts = `arn:aws:sts::${accountId}`;
  switch (kind) {
    case 'Root':
      return { type: 'Root', arn: `${iam}:root`, accountId };
    case 'User':
      return {
        type: 'User',
        arn: `${iam}:user/${choices.pick(NAMES)}`,
        accountId,
        ...(choices.chance(50) ? { uniqueId: choices.pick(USER_IDS) } : {}),
      };
    case 'Role':
      return { type: 'Role', arn: `${iam}:role/${choices.pick(ROLES)}`, accountId };
    case 'AssumedRole':
      return chooseSession(choices, accountId);
    case 'ServiceLinkedRole':
      return {
        type: 'AssumedRole',
        arn: `${sts}:assumed-role/reader/s1`,
        accountId,
        roleArn: `${iam}:role/aws-service-role/events.amazonaws.com/reader`,
      };
    case 'FederatedUser':
      return {
        type: 'FederatedUser',
        arn: `${sts}:federated-user/${choices.pick(SESSIONS)}`,
        accountId,
        ...(choices.chance(70) ? { userArn: `${iam}:user/${choices.pick(NAMES)}` } : {}),
      };
    case 'WebIdentityUser':
      return { type: 'WebIdentityUser', provider: choices.pick(PROVIDERS.slice(0, 2)) };
    case 'SAMLUser':
      return { type: 'SAMLUser', provider: PROVIDERS[2] };
    case 'Service':
      return { type: 'Service', service: choices.pick(SERVICES) };
    case 'Anonymous':
      return { type: 'Anonymous' };
  }
}

function chooseSession(choices: Choices, accountId: string): Principal {
  const role = choices.pick(ROLES);
  const [name = ''] = role.split('/').slice(-1);
  const isAtRootPath = name === role;
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${choices.pick(SESSIONS)}`,
    accountId,
    ...(isAtRootPath && choices.chance(50)
      ? {}
      : { roleArn: `arn:aws:iam::${accountId}:role/${role}` }),
    ...(choices.chance(50) ? { uniqueId: choices.pick(ROLE_IDS) } : {}),
  };
}

const ACTIONS = [
  'orders:GetOrder',
  'orders:ListOrders',
  'orders:CancelOrder',
  'docs:GetDocument',
  'docs:PutDocument',
] as const;

/** The last part of resource ARNs: slashes, colons, wildcard characters and a variable's text as they are. */
const ENTITIES = [
  'order/42',
  'order/alice/1',
  'order/bob/1',
  'order/a*',
  'order/1:2',
  'order/red',
  'order/abcabc',
  'order/${aws:username}',
  'order/$red',
  'doc/alice',
  'doc/*',
] as const;

export type ActionKind = 'ordinary' | 'assumeRole' | 'key' | 'callerIdentity';

/** What is asked for: an ordinary action, or one of those with a rule of their own. */
export const ACTION_KINDS: readonly (readonly [number, ActionKind])[] = [
  [84, 'ordinary'],
  [8, 'assumeRole'],
  [6, 'key'],
  [2, 'callerIdentity'],
];

interface Question {
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
}

export function chooseQuestion(choices: Choices, kind: ActionKind): Question {
  const resourceAccount = choices.chance(75) ? ACCOUNTS[0] : ACCOUNTS[1];
  switch (kind) {
    case 'assumeRole':
      return {
        action: choices.pick(['sts:AssumeRole', 'sts:AssumeRole', 'sts:TagSession']),
        resource: `arn:aws:iam::${resourceAccount}:role/${choices.pick(ROLES)}`,
        resourceAccount,
      };
    case 'key':
      return {
        action: choices.pick(['kms:Decrypt', 'kms:Encrypt']),
        resource: `arn:aws:kms:eu-west-1:${resourceAccount}:key/${choices.pick(['k1', 'k2'])}`,
        resourceAccount,
      };
    case 'callerIdentity':
      return { action: choices.recase('sts:GetCallerIdentity'), resource: '*', resourceAccount };
    case 'ordinary':
      return chooseOrdinary(choices, resourceAccount);
  }
}

function chooseOrdinary(choices: Choices, resourceAccount: string): Question {
  const action = choices.pick(ACTIONS);
  const [service = ''] = action.split(':');
  const region = choices.pick(['eu-west-1', 'eu-west-2', '']);
  const arn = `arn:aws:${service}:${region}:${resourceAccount}:${choices.pick(ENTITIES)}`;
  return {
    action: choices.chance(20) ? choices.recase(action) : action,
    resource: choices.chance(8) ? '*' : arn,
    resourceAccount,
  };
}

/** What kind of values a condition key has, and which. */
export type KeyType = 'text' | 'arn' | 'number' | 'instant' | 'boolean' | 'address' | 'binary';

export interface ConditionKey {
  readonly name: string;
  readonly type: KeyType;
  readonly multivalued?: boolean;
}

export const CONDITION_KEYS: readonly ConditionKey[] = [
  { name: 'aws:username', type: 'text' },
  { name: 'aws:PrincipalTag/Team', type: 'text' },
  { name: 'aws:ResourceTag/Team', type: 'text' },
  { name: 'orders:Status', type: 'text' },
  { name: 'aws:PrincipalArn', type: 'arn' },
  { name: 'aws:SourceArn', type: 'arn' },
  { name: 'orders:Total', type: 'number' },
  { name: 'aws:CurrentTime', type: 'instant' },
  { name: 'aws:SecureTransport', type: 'boolean' },
  { name: 'aws:SourceIp', type: 'address' },
  { name: 'orders:Digest', type: 'binary' },
  { name: 'aws:TagKeys', type: 'text', multivalued: true },
  { name: 'orders:Prices', type: 'number', multivalued: true },
  { name: 'orders:Sources', type: 'arn', multivalued: true },
];

/** The values of each type, the last ones of some types unreadable as that type. */
export const VALUES: Readonly<Record<KeyType, readonly string[]>> = {
  text: [
    'alice',
    'Alice',
    'bob',
    'red',
    'a*',
    '*',
    'a?c',
    'abcabc',
    '${aws:username}',
    'x:y/z',
    '$',
    '',
  ],
  arn: [
    'arn:aws:iam::111111111111:user/alice',
    'arn:aws:iam::111111111111:role/reader',
    'arn:aws:sns:eu-west-1:111111111111:topic:sub/x',
    'arn:aws:sns::222222222222:a*',
    'arn:aws:sns:eu-west-1:1111',
    'alice',
  ],
  number: ['5', '10', '10.0', '10.5', '-3', '0', '1e1', 'ten', ''],
  instant: [
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00+01:00',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00',
    '2026-01-01',
    '2026-01',
    '2026',
    '1767225600',
    '1767225601',
    '2026-06-30T12:00:00.5Z',
    '2026-02-30T00:00:00Z',
    'today',
  ],
  boolean: ['true', 'false', 'True', 'yes'],
  address: [
    '10.0.0.1',
    '10.0.1.255',
    '192.168.0.1',
    '2001:db8::1',
    '2001:0DB8:0:0:0:0:0:1',
    '2001:db8:1::',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '10.0.0',
    'localhost',
  ],
  binary: ['YWxpY2U=', 'Ym9i'],
};

/** A request by a principal of the kind, its context filled from the same small alphabets. */
export function chooseRequest(
  choices: Choices,
  kind: PrincipalKind,
  action: ActionKind,
): RequestContext {
  const principal = choosePrincipal(choices, kind);
  const question = chooseQuestion(choices, action);
  const context: Record<string, string | readonly string[]> = {};
  for (const key of CONDITION_KEYS) {
    if (choices.chance(35)) continue;
    const name = choices.chance(20) ? choices.recase(key.name) : key.name;
    context[name] = chooseValue(choices, key);
  }
  return { principal, ...question, context };
}

function chooseValue(
  choices: Choices,
  { type, multivalued }: ConditionKey,
): string | readonly string[] {
  if (multivalued !== true) return choices.pick(VALUES[type]);
  return choices.chance(15) ? [] : choices.some(VALUES[type]);
}
