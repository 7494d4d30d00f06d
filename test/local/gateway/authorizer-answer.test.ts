import { readAuthorizerAnswer } from '../../../local/gateway/authorizer-answer';

const GOOD = {
  principalId: 'alice',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  },
};

test('context values reach the backend as text', () => {
  const answer = readAuthorizerAnswer(
    JSON.stringify({ ...GOOD, context: { a: 'x', b: 1.5, c: false } }),
  );
  expect(answer).toMatchObject({ principalId: 'alice', context: { a: 'x', b: '1.5', c: 'false' } });
});

test.each([
  ['a boolean in place of a policy', { principalId: 'alice', policyDocument: true }],
  ['the string false', 'false'],
  ['no principalId', { policyDocument: GOOD.policyDocument }],
  ['an empty principalId', { ...GOOD, principalId: '' }],
  ['a principalId that is a number', { ...GOOD, principalId: 7 }],
  ['an answer of HTTP APIs', { isAuthorized: true }],
  ['null', null],
  ['a list', [GOOD]],
  ['a context that is a list', { ...GOOD, context: ['x'] }],
  ['a list in the context', { ...GOOD, context: { roles: ['x'] } }],
  ['a map in the context', { ...GOOD, context: { claims: {} } }],
  ['null in the context', { ...GOOD, context: { x: null } }],
  ['more than 8 KB', { ...GOOD, context: { x: 'x'.repeat(8192) } }],
])('%s is refused', (_what, answer) => {
  expect(typeof readAuthorizerAnswer(JSON.stringify(answer))).toBe('string');
});
