import { readRestToken } from '../../lambdas/authorizer/events/rest-token';
import { findGuardedResource } from '../../lambdas/authorizer/guarded-resource';
import { parseRouteCatalogue } from '../../lambdas/core/catalogue/route-catalogue';
import { createGatewayWorld } from './gateway-world';

const METHOD = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET';
const token = (path: string, authorizationToken = 'Bearer x') =>
  ({ type: 'TOKEN', authorizationToken, methodArn: `${METHOD}${path}` }) as const;

function find(path: string, catalogue?: ReturnType<typeof parseRouteCatalogue>) {
  const request = readRestToken(token(path));
  const [route] = request.routes;
  if (route === undefined) throw new Error('a call asks for something');
  return findGuardedResource(request, route, catalogue);
}

describe('the event of a TOKEN authorizer', () => {
  test('asks for the method that its ARN names', () => {
    expect(find('/orders/42')).toMatchObject({
      action: 'execute-api:Invoke',
      resource: `${METHOD}/orders/42`,
    });
    expect(find('/')).toMatchObject({ resource: `${METHOD}/` });
  });

  test('has no resource where a catalogue might mean another route than the gateway did', () => {
    const catalogue = parseRouteCatalogue({ Service: 'orders', Routes: [] });
    expect(find('/orders/42', catalogue)).toMatchObject({
      resource: undefined,
      refusal: expect.stringContaining('TOKEN') as unknown,
    });
  });

  test.each(['/orders/*', '/a/../b', '/a%2Fb', '/a%252Fb', '//', '/a//b'])(
    'has no resource where the path is ambiguous: %s',
    (path) => {
      expect(find(path).resource).toBeUndefined();
    },
  );

  test('has no address, so that a condition on it finds none', () => {
    expect(readRestToken(token('/')).http.sourceIp).toBeUndefined();
  });

  test.each([
    '',
    'Bearer nobody',
    `AWS4-HMAC-SHA256 Credential=AKIAALICEALICEALICE1/20260102/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=${'a'.repeat(64)}`,
  ])('never holds a signature: %s', async (authorizationToken) => {
    const world = await createGatewayWorld();
    await world.allow('*');
    const answer = world.authorizer.authorize(token('/', authorizationToken));
    await expect(answer).rejects.toThrow(/^Unauthorized$/);
  });

  test('is down for an event without a token or without a method', async () => {
    const world = await createGatewayWorld();
    const event = token('/');
    for (const broken of [
      { ...event, authorizationToken: undefined },
      { ...event, methodArn: 'arn:aws:sqs:eu-west-1:123456789012:q' },
      { ...event, methodArn: METHOD.replace('GET', '$default') },
    ]) {
      await expect(world.authorizer.authorize(broken)).rejects.toThrow('could not decide');
    }
  });
});
