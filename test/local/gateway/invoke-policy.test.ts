import { decideInvoke, parseInvokePolicy } from '../../../local/gateway/invoke-policy';

const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders/42';

function statement(more: object = {}): object {
  return { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: ARN, ...more };
}

function decide(...statements: readonly object[]): string | undefined {
  const policy = parseInvokePolicy({ Version: '2012-10-17', Statement: statements });
  return policy && decideInvoke(policy, ARN);
}

test('an Allow of the method allows it', () => {
  expect(decide(statement())).toBe('allowed');
  expect(
    decide(statement({ Resource: ['x', 'arn:aws:execute-api:*:*:a1b2c3d4e5/prod/*/orders/*'] })),
  ).toBe('allowed');
  expect(decide(statement({ Action: ['EXECUTE-API:invoke'] }))).toBe('allowed');
  expect(decide(statement({ Action: 'execute-api:*' }))).toBe('allowed');
});

test('a Deny anywhere wins', () => {
  expect(decide(statement(), statement({ Effect: 'Deny', Resource: '*' }))).toBe('explicitDeny');
});

test('what no statement allows is denied implicitly', () => {
  expect(decide(statement({ Resource: `${ARN}0` }))).toBe('implicitDeny');
  expect(decide(statement({ Resource: ARN.replace('GET', 'POST') }))).toBe('implicitDeny');
  expect(decide(statement({ Action: 'execute-api:ManageConnections' }))).toBe('implicitDeny');
  expect(decide(statement({ Resource: undefined, NotResource: ARN }))).toBe('implicitDeny');
});

test('one statement may stand without a list', () => {
  const policy = parseInvokePolicy({ Version: '2012-10-17', Statement: statement() });
  expect(policy && decideInvoke(policy, ARN)).toBe('allowed');
});

test.each([
  ['no object', 'text'],
  ['null', null],
  ['a list', []],
  ['no statement', { Version: '2012-10-17' }],
  ['an empty list of statements', { Version: '2012-10-17', Statement: [] }],
  ['an unknown version', { Version: '2013-01-01', Statement: [statement()] }],
  ['an unknown effect', { Statement: [statement({ Effect: 'allow' })] }],
  ['no action', { Statement: [{ Effect: 'Allow', Resource: '*' }] }],
  ['both Action and NotAction', { Statement: [statement({ NotAction: 'x' })] }],
  ['a resource that is no string', { Statement: [statement({ Resource: [1] })] }],
  ['an empty list of resources', { Statement: [statement({ Resource: [] })] }],
  [
    'a resource of more than 512 characters',
    { Statement: [statement({ Resource: `${ARN}${'x'.repeat(500)}` })] },
  ],
  ['a condition', { Statement: [statement({ Condition: {} })] }],
  ['one bad statement among good ones', { Statement: [statement(), { Effect: 'Allow' }] }],
])('a document with %s is no policy', (_what, document) => {
  expect(parseInvokePolicy(document)).toBeUndefined();
});
