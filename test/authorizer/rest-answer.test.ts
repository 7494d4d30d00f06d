import fc from 'fast-check';
import {
  effectOf,
  writeRestAnswer,
  type GuardedAnswer,
} from '../../lambdas/authorizer/answers/rest';
import type { Caller } from '../../lambdas/identity/caller';

const caller: Caller = {
  principal: {
    type: 'User',
    arn: 'arn:aws:iam::123456789012:user/alice',
    accountId: '123456789012',
    uniqueId: 'AIDAALICE',
  },
  accountId: '123456789012',
  userId: 'AIDAALICE',
  userName: 'alice',
  accessKeyId: 'AKIAALICE',
  context: {},
};

const METHOD_ARN = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/orders/42';

const allowed: GuardedAnswer = {
  methodArn: METHOD_ARN,
  caller,
  decision: 'allowed',
  action: 'orders:GetOrder',
  resource: 'arn:aws:orders:eu-west-1:123456789012:order/42',
  message: undefined,
  payloadHash: 'e3b0',
  requestId: 'r-1',
};

describe('the answer to a REST API', () => {
  test('allows exactly the method that was asked about', () => {
    expect(writeRestAnswer(allowed)).toEqual({
      principalId: 'AIDAALICE',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: METHOD_ARN }],
      },
      context: {
        principalArn: 'arn:aws:iam::123456789012:user/alice',
        principalId: 'AIDAALICE',
        principalType: 'User',
        accountId: '123456789012',
        userName: 'alice',
        decision: 'allowed',
        action: 'orders:GetOrder',
        resource: 'arn:aws:orders:eu-west-1:123456789012:order/42',
        payloadHash: 'e3b0',
        requestId: 'r-1',
      },
    });
  });

  test.each(['implicitDeny', 'explicitDeny'] as const)('denies an %s and says why', (decision) => {
    const answer = writeRestAnswer({ ...allowed, decision, message: 'User: … is not authorized' });
    expect(effectOf(answer)).toBe('Deny');
    expect(answer.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: METHOD_ARN },
    ]);
    expect(answer.context).toMatchObject({ decision, message: 'User: … is not authorized' });
  });

  test('has no user name for the root user', () => {
    const root: Caller = {
      ...caller,
      principal: { type: 'Root', arn: 'arn:aws:iam::1:root', accountId: '1', uniqueId: '1' },
      userName: undefined,
    };
    const answer = writeRestAnswer({ ...allowed, caller: root });
    expect(answer.principalId).toBe('1');
    expect(answer.context).not.toHaveProperty('userName');
  });

  test.each(['/orders/*', '/orders/4?', '/orders/${aws:username}'])(
    'never allows a method that a gateway would read as a pattern: %s',
    (path) => {
      const answer = writeRestAnswer({ ...allowed, methodArn: `${METHOD_ARN}${path}` });
      expect(effectOf(answer)).toBe('Deny');
      expect(answer.context).toMatchObject({ decision: 'implicitDeny' });
    },
  );

  test('denies everything for this call where the method is longer than a policy may name', () => {
    const answer = writeRestAnswer({ ...allowed, methodArn: METHOD_ARN + 'x'.repeat(500) });
    expect(answer.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: '*' },
    ]);
  });

  test('holds nothing that a gateway response would have to escape', () => {
    const answer = writeRestAnswer({
      ...allowed,
      decision: 'implicitDeny',
      message: 'say "no"\\\n\u0000\u2028\ud800 é',
    });
    expect(answer.context?.['message']).toBe("say 'no'/     é");
  });

  test('keeps within the 8 KB that API Gateway takes, never by allowing, and stays safe in a template', () => {
    const text = fc.string({ unit: 'binary', maxLength: 2500 });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.constantFrom('allowed' as const, 'implicitDeny' as const, 'explicitDeny' as const),
        (path, resource, message, decision) => {
          const methodArn = METHOD_ARN + path;
          const answer = writeRestAnswer({ ...allowed, methodArn, resource, message, decision });
          expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(8192);
          for (const value of Object.values(answer.context ?? {})) {
            expect(JSON.parse(`"${String(value)}"`)).toBe(value);
          }
          if (decision !== 'allowed') expect(effectOf(answer)).toBe('Deny');
          if (effectOf(answer) === 'Allow') {
            expect(answer.policyDocument.Statement).toMatchObject([{ Resource: methodArn }]);
            expect(answer.context).toMatchObject({ decision: 'allowed' });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is a Deny where it would not fit otherwise', () => {
    const answer = writeRestAnswer({ ...allowed, resource: 'é'.repeat(5000) });
    expect(effectOf(answer)).toBe('Deny');
  });
});
