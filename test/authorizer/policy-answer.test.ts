import fc from 'fast-check';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { writePolicyAnswer } from '../../lambdas/authorizer/answers/policy';
import type { DecisionType } from '../../lambdas/core/decision';
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

interface Answer {
  readonly methodArn: string;
  readonly caller: Caller;
  readonly decision: DecisionType;
  readonly action: string;
  readonly resource: string;
  readonly message: string | undefined;
  readonly payloadHash: string | undefined;
  readonly requestId: string;
}

function write(answer: Answer): APIGatewayAuthorizerResult {
  const { methodArn, caller: who, decision, action, resource, message, ...others } = answer;
  const route = {
    name: '/orders/{orderId}',
    keys: ['GET /orders/{orderId}'],
    parameters: new Map<string, string>(),
    unmapped: { action: 'execute-api:Invoke', arn: methodArn },
    arn: methodArn,
  };
  const routes = [{ route, action, resource, message, decision: { decision, because: [] } }];
  const written = writePolicyAnswer({ ...others, scheme: 'sigv4', caller: who, routes });
  expect(written.allowed).toEqual(effectOf(written.answer) === 'Allow' ? routes : []);
  return written.answer;
}

function effectOf({ policyDocument }: APIGatewayAuthorizerResult): 'Allow' | 'Deny' {
  return policyDocument.Statement.every(({ Effect }) => Effect === 'Allow') ? 'Allow' : 'Deny';
}

const allowed: Answer = {
  methodArn: METHOD_ARN,
  caller,
  decision: 'allowed',
  action: 'orders:GetOrder',
  resource: 'arn:aws:orders:eu-west-1:123456789012:order/42',
  message: undefined,
  payloadHash: 'e3b0',
  requestId: 'r-1',
};

describe('an answer as a policy', () => {
  test('allows exactly the method that was asked about', () => {
    expect(write(allowed)).toEqual({
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
    const answer = write({ ...allowed, decision, message: 'User: … is not authorized' });
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
    const answer = write({ ...allowed, caller: root });
    expect(answer.principalId).toBe('1');
    expect(answer.context).not.toHaveProperty('userName');
  });

  test.each(['/orders/*', '/orders/4?', '/orders/${aws:username}'])(
    'never allows a method that a gateway would read as a pattern: %s',
    (path) => {
      const answer = write({ ...allowed, methodArn: `${METHOD_ARN}${path}` });
      expect(effectOf(answer)).toBe('Deny');
      expect(answer.context).toMatchObject({ decision: 'implicitDeny' });
    },
  );

  test('denies everything for this call where the method is longer than a policy may name', () => {
    const answer = write({ ...allowed, methodArn: METHOD_ARN + 'x'.repeat(500) });
    expect(answer.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: '*' },
    ]);
  });

  test('leaves out what there is none of', () => {
    const { context } = write({ ...allowed, payloadHash: undefined, requestId: '' });
    expect(context).not.toHaveProperty('payloadHash');
    expect(context).not.toHaveProperty('requestId');
  });

  test('is for one route', () => {
    const answer = {
      caller,
      scheme: 'sigv4' as const,
      payloadHash: undefined,
      requestId: '',
      routes: [],
    };
    expect(() => writePolicyAnswer(answer)).toThrow(TypeError);
  });

  test('holds nothing that a gateway response would have to escape', () => {
    const answer = write({
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
          const answer = write({ ...allowed, methodArn, resource, message, decision });
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
    const answer = write({ ...allowed, resource: 'é'.repeat(5000) });
    expect(effectOf(answer)).toBe('Deny');
  });
});

test('the session of a user is told apart from the user', () => {
  const session = { kind: 'user' } as Caller['session'] & object;
  expect(write({ ...allowed, caller: { ...caller, session } }).context).toMatchObject({
    credential: 'session',
  });
  expect(write(allowed).context).not.toHaveProperty('credential');
});
