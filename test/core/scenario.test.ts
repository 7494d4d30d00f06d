import {
  ScenarioRefused,
  evaluateScenario,
  readPrincipal,
  readScenario,
  readScenarioPolicies,
} from '../../lambdas/core/scenario';

const REQUEST = {
  principal: 'arn:aws:iam::111111111111:user/ana',
  action: 'orders:GetOrder',
  resource: 'arn:aws:orders:eu-west-1:111111111111:order/42',
  resourceAccount: '111111111111',
  context: { 'orders:Total': 5, 'orders:Gift': true, 'aws:TagKeys': ['a', 1] },
};
const ALLOW = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

function decisionOf(policies: object, request: object = {}): string {
  return evaluateScenario({ request: { ...REQUEST, ...request }, policies }).decision;
}

test('a policy may be an object or its text, and a list may be one policy', () => {
  expect(decisionOf({ identity: [ALLOW] })).toBe('allowed');
  expect(decisionOf({ identity: [JSON.stringify(ALLOW)] })).toBe('allowed');
  expect(decisionOf({ identity: ALLOW })).toBe('allowed');
  expect(decisionOf({ identity: [ALLOW], session: ALLOW, scps: [ALLOW] })).toBe('allowed');
});

test('an empty list, null and a missing layer all mean that a layer does not apply', () => {
  const none = {
    boundary: [],
    session: null,
    endpoint: undefined,
    scps: [],
    rcps: null,
    resource: null,
  };
  expect(decisionOf({ identity: [ALLOW], ...none })).toBe('allowed');
  expect(decisionOf(none)).toBe('implicitDeny');
});

test('null in a list is no policy, and denies', () => {
  expect(decisionOf({ identity: [ALLOW, null] })).toBe('implicitDeny');
  expect(decisionOf({ identity: [ALLOW], scps: [[ALLOW, null]] })).toBe('implicitDeny');
});

test('numbers and Booleans of a context are taken as texts', () => {
  const Condition = {
    NumericEquals: { 'orders:Total': '5' },
    Bool: { 'orders:Gift': 'true' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', '1'] },
  };
  const policy = { Version: '2012-10-17', Statement: [{ ...ALLOW.Statement[0], Condition }] };
  expect(decisionOf({ identity: [policy] })).toBe('allowed');
  expect(decisionOf({ identity: [policy] }, { context: undefined })).toBe('implicitDeny');
});

test('reasons say where a policy stands', () => {
  const deny = { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] };
  const { because } = evaluateScenario({
    request: REQUEST,
    policies: { identity: [ALLOW, deny], scps: [[ALLOW], [deny]] },
  });
  expect(because.map(({ policyId }) => policyId)).toEqual(['scps[1][0]', 'identity[1]']);
});

test('in text, duplicate members of a policy are seen, and positions are those of the policy', () => {
  const policy = '{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}';
  const text = `{"request":${JSON.stringify(REQUEST)},"policies":{"identity":[${policy}]}}`;
  expect(evaluateScenario(JSON.parse(text)).decision).toBe('allowed');
  expect(evaluateScenario(text).decision).toBe('implicitDeny');
  const sound = text.replace('"Effect":"Deny",', '');
  expect(evaluateScenario(sound)).toMatchObject({
    decision: 'allowed',
    because: [{ position: { start: { line: 1, column: 16 } } }],
  });
});

test('text and value are read alike', () => {
  const scenario = {
    id: 1,
    request: REQUEST,
    policies: { identity: ['{}'], scps: [['{}']], resource: null },
  };
  expect(readScenario(JSON.stringify(scenario))).toEqual(scenario);
});

test.each([
  ['no object', 'null'],
  ['a list', '[]'],
  ['no JSON', '{'],
  ['no request', '{"policies":{}}'],
  ['no policies', JSON.stringify({ request: REQUEST })],
  ['policies that are a list', JSON.stringify({ request: REQUEST, policies: [] })],
  ['a duplicate member of the request', `{"request":{"action":"a","action":"b"},"policies":{}}`],
  [
    'a layer that stands twice',
    `{"request":${JSON.stringify(REQUEST)},"policies":{"scps":[],"scps":[]}}`,
  ],
  ['a layer that does not exist', JSON.stringify({ request: REQUEST, policies: { sesion: [] } })],
  ['a policy that is a number', JSON.stringify({ request: REQUEST, policies: { identity: [1] } })],
  ['too many lists', JSON.stringify({ request: REQUEST, policies: { identity: [[ALLOW]] } })],
  [
    'too many lists of levels',
    JSON.stringify({ request: REQUEST, policies: { scps: [[[ALLOW]]] } }),
  ],
  [
    'a missing action',
    JSON.stringify({ request: { ...REQUEST, action: undefined }, policies: {} }),
  ],
  [
    'a principal that is a number',
    JSON.stringify({ request: { ...REQUEST, principal: 1 }, policies: {} }),
  ],
  ['a missing resource', JSON.stringify({ request: { ...REQUEST, resource: null }, policies: {} })],
  [
    'a missing account',
    JSON.stringify({ request: { ...REQUEST, resourceAccount: 1 }, policies: {} }),
  ],
  [
    'a context that is a list',
    JSON.stringify({ request: { ...REQUEST, context: [] }, policies: {} }),
  ],
  [
    'a context with an object',
    JSON.stringify({ request: { ...REQUEST, context: { a: {} } }, policies: {} }),
  ],
  [
    'a context with null in a list',
    JSON.stringify({ request: { ...REQUEST, context: { a: [null] } }, policies: {} }),
  ],
])('%s is refused', (_name, text) => {
  expect(() => readScenario(text)).toThrow(ScenarioRefused);
  expect(() => evaluateScenario(text)).toThrow(ScenarioRefused);
});

test('a resource has one policy', () => {
  const read = readScenario({ request: REQUEST, policies: { resource: [ALLOW, ALLOW] } });
  expect(() => readScenarioPolicies(read)).toThrow(ScenarioRefused);
});

const A = '111111111111';

test.each([
  ['anonymous', { type: 'Anonymous' }],
  ['*', { type: 'Anonymous' }],
  ['events.amazonaws.com', { type: 'Service', service: 'events.amazonaws.com' }],
  [
    'cognito-identity.amazonaws.com',
    { type: 'WebIdentityUser', provider: 'cognito-identity.amazonaws.com' },
  ],
  [A, { type: 'Root', arn: `arn:aws:iam::${A}:root`, accountId: A, uniqueId: A }],
  [
    `arn:aws:iam::${A}:root`,
    { type: 'Root', arn: `arn:aws:iam::${A}:root`, accountId: A, uniqueId: A },
  ],
  [`arn:aws:iam::${A}:user/a/b`, { type: 'User', arn: `arn:aws:iam::${A}:user/a/b`, accountId: A }],
  [`arn:aws:iam::${A}:role/a`, { type: 'Role', arn: `arn:aws:iam::${A}:role/a`, accountId: A }],
  [
    `arn:aws:sts::${A}:assumed-role/a/s`,
    { type: 'AssumedRole', arn: `arn:aws:sts::${A}:assumed-role/a/s`, accountId: A },
  ],
  [
    `arn:aws-cn:sts::${A}:federated-user/a`,
    {
      type: 'FederatedUser',
      arn: `arn:aws-cn:sts::${A}:federated-user/a`,
      accountId: A,
      userArn: `arn:aws-cn:iam::${A}:user/a`,
    },
  ],
  [
    `arn:aws:iam::${A}:oidc-provider/x.y`,
    { type: 'WebIdentityUser', provider: `arn:aws:iam::${A}:oidc-provider/x.y` },
  ],
  [
    `arn:aws:iam::${A}:saml-provider/x`,
    { type: 'SAMLUser', provider: `arn:aws:iam::${A}:saml-provider/x` },
  ],
  [`arn:aws:iam::${A}:group/x`, { type: 'Anonymous' }],
])('the principal %s', (text, principal) => {
  expect(readPrincipal(text)).toEqual(principal);
});

test("the path of a session's role is read from aws:PrincipalArn, where that is the role", () => {
  const roleOf = (arn: string | string[], session = `arn:aws:sts::${A}:assumed-role/a/s`) => {
    const principal = readPrincipal(session, { 'aws:PrincipalArn': arn });
    return principal.type === 'AssumedRole' ? principal.roleArn : 'no session';
  };
  expect(roleOf(`arn:aws:iam::${A}:role/p/a`)).toBe(`arn:aws:iam::${A}:role/p/a`);
  expect(roleOf(`arn:aws:iam::${A}:role/p/b`)).toBeUndefined();
  expect(roleOf(`arn:aws:iam::222222222222:role/p/a`)).toBeUndefined();
  expect(roleOf([`arn:aws:iam::${A}:role/p/a`])).toBeUndefined();
  const linked = `arn:aws:sts::${A}:assumed-role/AWSServiceRoleForX/s`;
  expect(roleOf('x', linked)).toBe(`arn:aws:iam::${A}:role/aws-service-role/AWSServiceRoleForX`);
});

test('a request has no members but those that are known', () => {
  expect(() => decisionOf({ identity: [ALLOW] }, { Context: {} })).toThrow(
    new ScenarioRefused('a request has no `Context`'),
  );
});
