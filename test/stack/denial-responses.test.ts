import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Template } from 'aws-cdk-lib/assertions';
import { DenialResponses } from '../../lib';
import { createApp } from './synthesize';

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode: string;
  readonly ResponseParameters: Record<string, string>;
  readonly ResponseTemplates: Record<string, string>;
}

function denials(allowOrigin?: string): GatewayResponse[] {
  const stack = new Stack(createApp(), 'Orders');
  const restApi = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultIntegration: new MockIntegration(),
  });
  restApi.root.addMethod('GET');
  new DenialResponses(stack, 'DenialResponses', { restApi, allowOrigin });
  const found = Template.fromStack(stack).findResources('AWS::ApiGateway::GatewayResponse');
  return Object.values(found as Record<string, { Properties: GatewayResponse }>).map(
    (resource) => resource.Properties,
  );
}

const bodyOf = (response: GatewayResponse | undefined): unknown =>
  JSON.parse(response?.ResponseTemplates['application/json'] ?? 'null');

describe('refusals of a guarded API', () => {
  const byType = new Map(denials().map((denial) => [denial.ResponseType, denial]));

  test('a 403 carries the authorizer’s sentence', () => {
    expect(byType.get('ACCESS_DENIED')?.StatusCode).toBe('403');
    expect(bodyOf(byType.get('ACCESS_DENIED'))).toEqual({
      message: '$context.authorizer.message',
      encodedMessage: '$context.authorizer.encodedMessage',
      requestId: '$context.requestId',
    });
  });

  test('a 401 says nothing about why', () => {
    expect(byType.get('UNAUTHORIZED')?.StatusCode).toBe('401');
    expect(bodyOf(byType.get('UNAUTHORIZED'))).toEqual({
      message: 'Unauthorized',
      requestId: '$context.requestId',
    });
  });

  test('both can be read by web pages and are kept by no cache', () => {
    for (const denial of byType.values()) {
      expect(denial.ResponseParameters).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
        'gatewayresponse.header.Cache-Control': "'no-store'",
      });
    }
  });

  test('may be for the pages of one origin', () => {
    for (const denial of denials('https://shop.example.com')) {
      expect(denial.ResponseParameters).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://shop.example.com'",
      });
    }
  });

  test.each(["https://a.example'", 'shop.example.com', 'https://a.example/path', ''])(
    'refuse the origin %j',
    (origin) => {
      expect(() => denials(origin)).toThrow(/^allowOrigin must be \* or one origin/);
    },
  );
});
