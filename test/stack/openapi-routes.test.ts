import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { runRoutes } from '../../bin/commands/routes';
import { parseRouteCatalogue } from '../../lambdas/core/catalogue/route-catalogue';
import { PortcullisAuthorizer, ServiceDefinition } from '../../lib';
import type { OpenApiServiceProps } from '../../lib';
import { readOpenApiRoutes } from '../../lib/openapi-routes';
import { deriveService } from '../../lib/openapi-service';
import { createApp } from './synthesize';

const DOCUMENT = `
openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders:
    get:
      x-portcullis-action: orders:ListOrders
      x-portcullis-resource: "*"
      x-portcullis-access-level: List
    post:
      x-portcullis-action: orders:PlaceOrder
      x-portcullis-resource: "*"
  /orders/{orderId}:
    parameters: [{ name: orderId, in: path, required: true, schema: { type: string } }]
    get:
      x-portcullis-action: orders:GetOrder
      x-portcullis-resource: order/{orderId}
      x-portcullis-context-keys:
        orders:Channel: header.x-channel
  /orders/{id}/lines/{line}:
    x-amazon-apigateway-any-method:
      x-portcullis-action: orders:EditLine
      x-portcullis-resource: arn:\${Partition}:orders:\${Region}:\${Account}:order/{id}/line/{line}
`;

const PATH = `openapi: 3.0.3
paths:
  /orders/{orderId}:
    get:
`;

/** One operation, of the lines that are given. */
const operation = (...lines: readonly string[]): string =>
  PATH + lines.map((line) => `      ${line}\n`).join('');

const problemsOf = (text: string) =>
  readOpenApiRoutes(text).problems.map(
    ({ line, column, path: place, message }) => `${line}:${column} ${place} ${message}`,
  );

describe('an OpenAPI document', () => {
  test('says what each operation is, in YAML or JSON', () => {
    const { service, routes, problems, unmapped } = readOpenApiRoutes(DOCUMENT);
    expect({ service, problems, unmapped }).toEqual({
      service: 'orders',
      problems: [],
      unmapped: [],
    });
    const resource = (name: string) => `arn:\${Partition}:orders:\${Region}:\${Account}:${name}`;
    expect(routes.map(({ route }) => route)).toEqual([
      { method: 'GET', path: '/orders', action: 'orders:ListOrders', resource: '*' },
      { method: 'POST', path: '/orders', action: 'orders:PlaceOrder', resource: '*' },
      {
        method: 'GET',
        path: '/orders/{orderId}',
        action: 'orders:GetOrder',
        resource: resource('order/{orderId}'),
        contextKeys: { 'orders:Channel': 'header.x-channel' },
      },
      {
        method: 'ANY',
        path: '/orders/{id}/lines/{line}',
        action: 'orders:EditLine',
        resource: resource('order/{id}/line/{line}'),
      },
    ]);
    const json = JSON.stringify({
      openapi: '3.0.0',
      paths: { '/a': { put: { 'x-portcullis-action': 'a:B', 'x-portcullis-resource': '*' } } },
    });
    expect(readOpenApiRoutes(json).routes).toMatchObject([{ route: { method: 'PUT' } }]);
  });

  test('makes a definition: types by the form of their ARNs, access levels by methods', () => {
    const derived = deriveService(readOpenApiRoutes(DOCUMENT), [
      { name: 'orders:Amount', type: 'Numeric' },
    ]);
    const arn = (name: string) => `arn:\${Partition}:orders:\${Region}:\${Account}:${name}`;
    expect(derived).toEqual({
      actions: [
        { name: 'ListOrders', accessLevel: 'List', resourceTypes: [], conditionKeys: [] },
        { name: 'PlaceOrder', accessLevel: 'Write', resourceTypes: [], conditionKeys: [] },
        {
          name: 'GetOrder',
          accessLevel: 'Read',
          resourceTypes: ['order'],
          conditionKeys: ['orders:Channel'],
        },
        {
          name: 'EditLine',
          accessLevel: 'Write',
          resourceTypes: ['order-line'],
          conditionKeys: [],
        },
      ],
      resourceTypes: [
        { name: 'order', arn: arn('order/${orderId}') },
        { name: 'order-line', arn: arn('order/${id}/line/${line}') },
      ],
      conditionKeys: [
        { name: 'orders:Amount', type: 'Numeric' },
        { name: 'orders:Channel', type: 'String' },
      ],
      problems: [],
    });
  });

  test('tells operations that say nothing, with their places', () => {
    expect(readOpenApiRoutes(operation('summary: An order')).unmapped).toEqual([
      {
        routeKey: 'GET /orders/{orderId}',
        place: { line: 4, column: 5, path: 'paths./orders/{orderId}.get' },
      },
    ]);
  });

  const action = 'x-portcullis-action: orders:GetOrder';
  const resource = 'x-portcullis-resource: order/{orderId}';

  test.each<[string, string, string]>([
    ['of another version', 'openapi: 2.0.0', '1:1 openapi openapi must be "3.0.x" or "3.1.x"'],
    ['without paths', 'openapi: 3.1.0', '1:1  there is no object of paths'],
    ['that is no object', '- a', '1:1  the file is not an object'],
    ['with a name twice', 'openapi: 3.1.0\nopenapi: 3.1.0', '2:1  Map keys must be unique'],
    ['that is no YAML', 'a: [', '1:5  Flow sequence'],
    [
      'with a path that refers elsewhere',
      'openapi: 3.1.0\npaths:\n  /a:\n    $ref: b.yaml',
      '3:3 paths./a a path is an object',
    ],
    [
      'with an action and no resource',
      operation(action),
      '4:5 paths./orders/{orderId}.get x-portcullis-resource must be a text',
    ],
    [
      'with a resource and no action',
      operation(resource),
      '4:5 paths./orders/{orderId}.get x-portcullis-action must be a text',
    ],
    [
      'with an action of no service',
      operation('x-portcullis-action: GetOrder', resource),
      'x-portcullis-action must be a service, a colon and a name, but was "GetOrder"',
    ],
    [
      "with an action of AWS's",
      operation('x-portcullis-action: iam:GetOrder', resource),
      'service must not be iam',
    ],
    [
      'with a parameter that the path has not',
      operation(action, 'x-portcullis-resource: order/{id}'),
      "resource names {id}, but the path's parameters are orderId",
    ],
    [
      'with a key of AWS',
      operation(action, resource, 'x-portcullis-context-keys: { aws:SourceIp: header.x-ip }'),
      'contextKeys has "aws:SourceIp", but callers set keys that begin with orders: alone',
    ],
    [
      'with condition keys that are a list',
      operation(action, resource, 'x-portcullis-context-keys: [a]'),
      '7:7 paths./orders/{orderId}.get.x-portcullis-context-keys x-portcullis-context-keys must be',
    ],
    [
      'with an access level that there is not',
      operation(action, resource, 'x-portcullis-access-level: Admin'),
      'x-portcullis-access-level must be one of List, Read, Write',
    ],
    [
      'with a name of ours that is not known',
      operation(action, resource, 'x-portcullis-acton: a'),
      'x-portcullis-acton is not known',
    ],
    [
      'with an alias for an action',
      operation('x-a: &a orders:GetOrder', 'x-portcullis-action: *a', resource),
      'x-portcullis-action must be a text',
    ],
    [
      'with a path that no gateway has',
      'openapi: 3.1.0\npaths:\n  /a/{b}.json:\n    get: { x-portcullis-action: "a:B", x-portcullis-resource: "*" }',
      'path must be of parts that are a parameter in braces',
    ],
    [
      'with our members at a path',
      `openapi: 3.1.0\npaths:\n  /a:\n    ${action}\n`,
      'x-portcullis-action belongs to an operation',
    ],
  ])('%s is refused, with the place', (_what, text, sentence) => {
    const problems = problemsOf(text);
    expect(problems.join('\n')).toContain(sentence);
    expect(readOpenApiRoutes(text).routes.length + problems.length).toBeGreaterThan(0);
  });

  test('with actions of two services, or an action about one and all, is refused', () => {
    const two = (first: string, second: string) =>
      `openapi: 3.1.0\npaths:\n  /a/{b}:\n    get: ${first}\n    put: ${second}\n`;
    const flow = (name: string, about: string) =>
      `{ x-portcullis-action: "${name}", x-portcullis-resource: "${about}" }`;
    expect(problemsOf(two(flow('a:B', '*'), flow('c:D', '*'))).join()).toContain(
      'this is of c and one before of a',
    );
    const { problems } = deriveService(
      readOpenApiRoutes(two(flow('a:B', '*'), flow('a:B', '{b}'))),
    );
    expect(problems).toMatchObject([
      { line: 5, message: expect.stringContaining('in another') as string },
    ]);
  });

  test('of any text at all gives routes that the registrar takes, or problems', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => operation(`${action}${text}`, resource)),
          fc.string().map((text) => operation(action, `${resource}${text}`)),
        ),
        (text) => {
          const { service, routes } = readOpenApiRoutes(text);
          if (routes.length === 0) return;
          parseRouteCatalogue({
            Service: service,
            Routes: routes.map(({ route }) => ({
              Method: route.method,
              Path: route.path,
              Action: route.action,
              Resource: route.resource,
            })),
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});

const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-openapi-'));

function write(text: string): string {
  const file = path.join(directory, 'openapi.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a service from an OpenAPI document', () => {
  function declare(text: string, more: Partial<OpenApiServiceProps> = {}): Stack {
    const stack = new Stack(createApp(), 'Orders', { env: { account: '123456789012' } });
    const restApi = new RestApi(stack, 'Api', {
      cloudWatchRole: false,
      defaultIntegration: new MockIntegration(),
    });
    const orders = restApi.root.addResource('orders');
    orders.addMethod('GET');
    orders.addResource('{orderId}').addMethod('GET');
    ServiceDefinition.fromOpenApi(stack, 'Service', {
      authorizer: PortcullisAuthorizer.fromExports(stack, 'Portcullis'),
      file: write(text),
      restApi,
      ...more,
    });
    return stack;
  }

  const GET = operation(
    'x-portcullis-action: orders:GetOrder',
    'x-portcullis-resource: order/{orderId}',
  );

  test('is registered with its routes', () => {
    const template = Template.fromStack(declare(GET));
    template.hasResourceProperties('Custom::PortcullisServiceDefinition', {
      Service: 'orders',
      Actions: [{ Name: 'GetOrder', ResourceTypes: ['order'] }],
    });
    template.hasResourceProperties('Custom::PortcullisRouteCatalogue', {
      Routes: [{ Method: 'GET', Path: '/orders/{orderId}', Action: 'orders:GetOrder' }],
    });
  });

  test('is refused with operations that say nothing, unless a warning will do', () => {
    const text = `${GET}  /orders:\n    get: {}\n`;
    expect(() => declare(text)).toThrow(
      /openapi\.yaml:8:5: paths\.\/orders\.get: GET \/orders has no x-portcullis-action/,
    );
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const stack = declare(text, { unmappedOperations: 'warn' });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('GET /orders has no'));
    jest.restoreAllMocks();
  });

  test('is refused where nothing says anything, and where the API has no such route', () => {
    expect(() => declare('openapi: 3.1.0\npaths: {}')).toThrow('no operation has');
    expect(() => Template.fromStack(declare(DOCUMENT))).toThrow('POST /orders is not in the API');
  });
});

describe('portcullis routes', () => {
  let printed = '';

  beforeEach(() => {
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      printed += chunk.toString();
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const OPTIONS = { json: false, allowUnmapped: false };

  test('prints the catalogue as a table, and succeeds', () => {
    expect(runRoutes(write(DOCUMENT), OPTIONS)).toBe(0);
    expect(printed).toMatch(/^METHOD +PATH +ACTION +RESOURCE +CONDITION KEYS\n/);
    expect(printed).toMatch(
      /\nGET +\/orders\/\{orderId\} +orders:GetOrder .* orders:Channel=header/,
    );
  });

  test('prints what is wrong with its place, and fails', () => {
    const file = write(`${DOCUMENT}  /health:\n    get: {}\n`);
    expect(runRoutes(file, OPTIONS)).toBe(1);
    expect(printed).toContain(`${file}:25:5: paths./health.get: GET /health has no`);
    expect(runRoutes(file, { ...OPTIONS, allowUnmapped: true })).toBe(0);
  });

  test('prints JSON with the definition', () => {
    expect(runRoutes(write(DOCUMENT), { ...OPTIONS, json: true })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      service: 'orders',
      resourceTypes: [{ name: 'order' }, { name: 'order-line' }],
      routes: [{ action: 'orders:ListOrders' }, {}, {}, {}],
    });
  });
});
