import type { PrincipalKind } from '../../lambdas/core/document';
import {
  NAMED,
  RANK,
  compilePrincipals,
  isPrincipal,
  isWhollyNamed,
  rankOf,
} from '../../lambdas/core/principals';
import type { Principal } from '../../lambdas/core/request-context';

const ACCOUNT = '111111111111';
const USER: Principal = {
  type: 'User',
  arn: `arn:aws:iam::${ACCOUNT}:user/a/ana`,
  accountId: ACCOUNT,
  uniqueId: 'AIDAAAAAAAAAAAAAAAAA',
};
const ROLE: Principal = {
  type: 'Role',
  arn: `arn:aws:iam::${ACCOUNT}:role/clerk`,
  accountId: ACCOUNT,
  uniqueId: 'AROAAAAAAAAAAAAAAAAA',
};
const SESSION: Principal = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/clerk/monday`,
  accountId: ACCOUNT,
  uniqueId: 'AROAAAAAAAAAAAAAAAAA',
};
const PATH_SESSION: Principal = { ...SESSION, roleArn: `arn:aws:iam::${ACCOUNT}:role/shop/clerk` };
const FEDERATED: Principal = {
  type: 'FederatedUser',
  arn: `arn:aws:sts::${ACCOUNT}:federated-user/ana`,
  accountId: ACCOUNT,
  userArn: USER.arn,
  uniqueId: 'AIDAAAAAAAAAAAAAAAAA',
};
const ROOT: Principal = { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT };
const SERVICE: Principal = { type: 'Service', service: 'events.amazonaws.com' };
const WEB: Principal = {
  type: 'WebIdentityUser',
  provider: 'accounts.google.com',
  accountId: ACCOUNT,
};
const SAML: Principal = {
  type: 'SAMLUser',
  provider: `arn:aws:iam::${ACCOUNT}:saml-provider/corp`,
};
const ANONYMOUS: Principal = { type: 'Anonymous' };
const ALL = { USER, ROLE, SESSION, PATH_SESSION, FEDERATED, ROOT, SERVICE, WEB, SAML, ANONYMOUS };

function namedBy(text: string, kind: 'AWS' | 'Service' | 'Federated' | 'CanonicalUser' = 'AWS') {
  const test = compilePrincipals({ [kind]: [text] });
  return Object.fromEntries(
    Object.entries(ALL)
      .map(([name, principal]) => [name, test(principal)] as const)
      .filter(([, named]) => named !== 0),
  );
}

const IN_ACCOUNT = { USER: 1, ROLE: 1, SESSION: 1, PATH_SESSION: 1, FEDERATED: 1, ROOT: 1 };

test.each([
  [ACCOUNT, IN_ACCOUNT],
  [ROOT.arn, IN_ACCOUNT],
  ['222222222222', {}],
  ['arn:aws:iam::222222222222:root', {}],
  [`arn:aws-cn:iam::${ACCOUNT}:root`, {}],
  [USER.arn, { USER: NAMED.itself, FEDERATED: NAMED.behindSession }],
  [`arn:aws:iam::${ACCOUNT}:user/a/Ana`, {}],
  [ROLE.arn, { ROLE: NAMED.behindSession, SESSION: NAMED.behindSession }],
  [`arn:aws:iam::${ACCOUNT}:role/shop/clerk`, { PATH_SESSION: NAMED.behindSession }],
  [`arn:aws:iam::${ACCOUNT}:role/cler`, {}],
  [SESSION.arn, { SESSION: NAMED.itself, PATH_SESSION: NAMED.itself }],
  [FEDERATED.arn, { FEDERATED: NAMED.itself }],
  ['AIDAAAAAAAAAAAAAAAAA', { USER: NAMED.itself }],
  [
    'AROAAAAAAAAAAAAAAAAA',
    { ROLE: NAMED.behindSession, SESSION: NAMED.behindSession, PATH_SESSION: NAMED.behindSession },
  ],
  ['AROAAAAAAAAAAAAAAAAA:monday', { SESSION: NAMED.itself, PATH_SESSION: NAMED.itself }],
  ['AROAAAAAAAAAAAAAAAAA:day', {}],
  ['AIDAAAAAAAAAAAAAAAAA:monday', {}],
  ['AIDABBBBBBBBBBBBBBBB', {}],
])('%s names', (text, expected) => {
  expect(namedBy(text)).toEqual(expected);
});

test('a star names everyone', () => {
  expect(Object.values(namedBy('*'))).toEqual(Object.keys(ALL).map(() => NAMED.everyone));
});

test('services and providers are named by their own names', () => {
  expect(namedBy('events.amazonaws.com', 'Service')).toEqual({ SERVICE: NAMED.itself });
  expect(namedBy('accounts.google.com', 'Federated')).toEqual({ WEB: NAMED.itself });
  expect(namedBy('arn:aws:iam::111111111111:saml-provider/corp', 'Federated')).toEqual({
    SAML: NAMED.itself,
  });
  expect(namedBy('events.amazonaws.com', 'Federated')).toEqual({});
  expect(namedBy('accounts.google.com', 'Service')).toEqual({});
  expect(namedBy('abc', 'CanonicalUser')).toEqual({});
});

test('several names are put together', () => {
  const test = compilePrincipals({ AWS: [ACCOUNT, SESSION.arn], Service: ['x.y'] });
  expect(test(SESSION)).toBe(NAMED.account | NAMED.itself);
  expect(test(SERVICE)).toBe(0);
});

test.each([
  ['AWS', '*', true],
  ['AWS', ACCOUNT, true],
  ['AWS', '11111111111', false],
  ['AWS', ROOT.arn, true],
  ['AWS', 'arn:aws-us-gov:iam::111111111111:role/a/b', true],
  ['AWS', 'arn:aws:iam::111111111111:role/', false],
  ['AWS', 'arn:aws:iam::111111111111:role/a/', false],
  ['AWS', 'arn:aws:iam::111111111111:role/*', false],
  ['AWS', 'arn:aws:iam::111111111111:role/a?', false],
  ['AWS', 'arn:aws:iam::111111111111:user/a b', false],
  ['AWS', 'arn:aws:iam::*:root', false],
  ['AWS', 'arn:aws:iam::111111111111:group/a', false],
  ['AWS', 'arn:aws:iam::111111111111:rootx', false],
  ['AWS', 'arn:aws:sts::111111111111:assumed-role/a', false],
  ['AWS', 'arn:aws:sts::111111111111:assumed-role/a/b', true],
  ['AWS', 'arn:aws:sts::111111111111:assumed-role/a/*', false],
  ['AWS', 'arn:aws:sts::111111111111:federated-user/a', true],
  ['AWS', 'arn:other:iam::111111111111:root', false],
  ['AWS', 'xarn:aws:iam::111111111111:root', false],
  ['AWS', 'ana', false],
  ['AWS', 'AROAAAAAAAAAAAAAAAAA:a', false],
  ['AWS', 'AROAAAAAAAAAAAAAAAAA:ab', true],
  ['AWS', '', false],
  ['Service', 'events.amazonaws.com', true],
  ['Service', '*', false],
  ['Service', '*.amazonaws.com', false],
  ['Service', 'events', false],
  ['Federated', 'accounts.google.com', true],
  ['Federated', 'arn:aws:iam::111111111111:oidc-provider/a.b/c', true],
  ['Federated', 'arn:aws:iam::111111111111:oidc-provider/*', false],
  ['Federated', '*', false],
  ['CanonicalUser', '79a59df900b949e5', true],
  ['CanonicalUser', '*', false],
] as const)('%s %j: %s', (kind, text, expected) => {
  expect(isPrincipal(kind, text)).toBe(expected);
});

test.each([
  [0, RANK.none],
  [NAMED.account, RANK.delegated],
  [NAMED.behindSession, RANK.limited],
  [NAMED.account | NAMED.behindSession, RANK.limited],
  [NAMED.account | NAMED.itself, RANK.unlimited],
  [NAMED.everyone, RANK.unlimited],
])('named in the ways %i is worth %i', (named, rank) => {
  expect(rankOf(named)).toBe(rank);
});

test.each([
  ['ROOT', NAMED.account],
  ['USER', NAMED.account | NAMED.itself],
  ['ROLE', NAMED.account | NAMED.behindSession],
  ['SESSION', NAMED.account | NAMED.behindSession | NAMED.itself],
  ['FEDERATED', NAMED.account | NAMED.itself],
  ['SERVICE', NAMED.itself],
  ['WEB', NAMED.itself],
  ['SAML', NAMED.itself],
  ['ANONYMOUS', NAMED.everyone],
] as const)('%s is wholly named by no less than its whole name', (name, whole) => {
  for (let named = 0; named < 16; named += 1) {
    const expected = (named & NAMED.everyone) !== 0 || (named & whole) === whole;
    expect(isWhollyNamed(ALL[name], named)).toBe(expected);
  }
});

test.each<[PrincipalKind, string, boolean]>([
  ['AWS', '*', true],
  ['AWS', '111111111111', true],
  ['AWS', '1111111111111', false],
  ['AWS', 'x111111111111', false],
  ['AWS', 'AIDAALICEALICEALICE1', true],
  ['AWS', 'xAIDAALICEALICEALICE1', false],
  ['AWS', 'A1DAALICEALICEALICE1', false],
  ['AWS', 'AB1234567890123456', false],
  ['AWS', 'AROAREADERREADERREA1:s-1', true],
  ['AWS', 'AROAREADERREADERREA1:s', false],
  ['AWS', 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2A', true],
  ['AWS', 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2A*', false],
  ['AWS', 'arn:aws:iam::cloudfront:user/ana', false],
  ['AWS', 'xarn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2A', false],
  ['Service', 'events.amazonaws.com', true],
  ['Service', 'events.amazonaws.com/', false],
  ['Service', 'events', false],
  ['Federated', 'accounts.google.com', true],
  ['Federated', 'arn:aws-cn:iam::111111111111:saml-provider/ab', true],
  ['Federated', 'arn:aws:iam::111111111111:oidc-provider/id.example.com/x', true],
  ['Federated', 'xarn:aws:iam::111111111111:saml-provider/ab', false],
  ['Federated', 'arn:aws:iam::111111111111:saml-provider/a*', false],
  ['Federated', 'arn:aws:iam::111111111111:saml-provider/a b', false],
  ['Federated', '*', false],
  ['CanonicalUser', '79a59df900b949e5', true],
  ['CanonicalUser', '-79a59', false],
  ['CanonicalUser', '79a59-', false],
])('under %s, whether %s can be a principal: %p', (kind, name, can) => {
  expect(isPrincipal(kind, name)).toBe(can);
});
