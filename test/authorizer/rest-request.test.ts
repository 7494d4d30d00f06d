import { readRestRequest } from '../../lambdas/authorizer/events/rest-request';
import { restEvent } from './rest-events';

describe('the event of a REST API', () => {
  test('becomes a request with its method, route and parameters', () => {
    const request = readRestRequest(restEvent({}, { Host: 'example' }));
    expect(request).toMatchObject({
      http: { method: 'GET' },
      gateway: {
        partition: 'aws',
        region: 'eu-west-1',
        accountId: '123456789012',
        apiId: 'a1b2c3d4e5',
        stage: 'prod',
      },
      routes: [
        { name: '/orders/{orderId}', keys: ['GET /orders/{orderId}', 'ANY /orders/{orderId}'] },
      ],
    });
    expect([...(request.routes[0]?.parameters ?? [])]).toEqual([['orderId', '42']]);
    expect(request.http.headers.get('host')).toEqual(['example']);
  });

  test('may have no path parameters', () => {
    const [route] = readRestRequest(restEvent({ pathParameters: null }, {})).routes;
    expect(route?.parameters.size).toBe(0);
  });

  test.each([
    ['no method ARN', { methodArn: undefined }],
    ['a method ARN of another service', { methodArn: 'arn:aws:sqs:eu-west-1:123456789012:q' }],
    [
      'a method ARN of a token event',
      { methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a/b' },
    ],
    ['another method', { httpMethod: 'POST' }],
    ['no resource', { resource: undefined }],
    ['no context', { requestContext: undefined }],
    ['the API of another', { requestContext: { ...restEvent({}, {}).requestContext, apiId: 'x' } }],
    ['another stage', { requestContext: { ...restEvent({}, {}).requestContext, stage: 'x' } }],
  ])('is refused with %s', (_what, change) => {
    const event = { ...restEvent({}, {}), ...change } as never;
    expect(() => readRestRequest(event)).toThrow(TypeError);
  });
});
