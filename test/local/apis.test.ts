import { listApis, localUrlOf, replaceApiUrls } from '../../local/apis';
import { createStacks, functionResource, restApiResources } from './fixture';

const stacks = createStacks(
  {
    Echo: functionResource('echo'),
    Socket: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        Name: 'chat',
        ProtocolType: 'WEBSOCKET',
        RouteSelectionExpression: '$request.body.action',
      },
    },
    SocketStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Socket' }, StageName: 'v1' },
    },
    Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'web', ProtocolType: 'HTTP' } },
    HttpStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Http' }, StageName: '$default' },
    },
    ...restApiResources('Admin', [{ method: 'GET', path: '/iam', functionId: 'Echo' }]),
  },
  {
    Outputs: {
      AdminEndpointUrl: {
        Value: { 'Fn::Sub': 'https://${Admin}.execute-api.${AWS::Region}.amazonaws.com/prod' },
      },
    },
  },
);

test('the admin API is the one that the output names, and the others follow as the templates have them', () => {
  const { admin, others } = listApis(stacks);
  expect(admin?.api.name).toBe('Admin');
  expect(others.map(({ kind, api }) => [kind, api.name])).toEqual([
    ['WEBSOCKET', 'chat'],
    ['HTTP', 'web'],
  ]);
});

test('addresses of AWS become those of this machine, in the form of each kind of API', () => {
  const { admin, others } = listApis(stacks);
  if (admin === undefined) throw new Error('no admin API');
  const ports = new Map([admin, ...others].map((api, index) => [api, 4000 + index]));
  const [socket, http] = others.map(({ api }) => api.apiId);
  const domain = 'execute-api.eu-west-1.amazonaws.com';
  expect(replaceApiUrls(`https://${admin.api.apiId}.${domain}/prod/iam`, ports)).toBe(
    'http://127.0.0.1:4000/iam',
  );
  expect(replaceApiUrls(`wss://${socket ?? ''}.${domain}/v1`, ports)).toBe(
    'ws://127.0.0.1:4001/v1',
  );
  expect(replaceApiUrls(`https://${http ?? ''}.${domain}/a`, ports)).toBe(
    'http://127.0.0.1:4002/a',
  );
  expect(replaceApiUrls(`https://other.${domain}/a`, ports)).toBe(`https://other.${domain}/a`);
  expect([...ports].map(([api, port]) => localUrlOf(api, port))).toEqual([
    'http://127.0.0.1:4000',
    'ws://127.0.0.1:4001/v1',
    'http://127.0.0.1:4002',
  ]);
});
