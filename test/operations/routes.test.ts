import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import type { AnyOperation, OperationTable } from '../../lambdas/operations/operation-table';
import { parameterOf, Routes, splitRoute } from '../../lambdas/operations/routes';
import { describeOperation } from '../../lambdas/protocol/schema';
import { PORTCULLIS_OPERATIONS } from '../../lambdas/portcullis/operation-table';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';

const row = (route: string, name = route) => ({ name, route }) as AnyOperation;

describe.each([IAM_OPERATIONS, STS_OPERATIONS, PORTCULLIS_OPERATIONS])(
  'the routes of $service',
  (table: OperationTable) => {
    const all = table.operations.map((operation) => ({
      operation,
      input: describeOperation(operation.schema).input.members(),
      ...splitRoute(operation.route),
    }));

    test('are written in lower-case words and members, with a method that has a meaning', () => {
      for (const { operation } of all) {
        expect(operation.route).toMatch(
          /^(GET|POST|PUT|PATCH|DELETE)(?: (?=\/)|(?<!^)\/(?:[a-z]+(?:-[a-z]+)*|v\d|\{[A-Z]\w*\}))+$/,
        );
      }
    });

    test('lead each to its own row, and no two of them match one request', () => {
      for (const { operation, method, segments } of all) {
        const filled = segments.map((segment) =>
          parameterOf(segment) === undefined ? segment : 'x',
        );
        expect(table.routes.find(method, filled)?.operation).toBe(operation);
        const matching = all.filter(
          (other) =>
            other.method === method &&
            other.segments.length === segments.length &&
            other.segments.every((segment, index) => {
              const mine = segments[index] ?? '';
              const free = parameterOf(mine) !== undefined || parameterOf(segment) !== undefined;
              return free || mine === segment;
            }),
        );
        expect(matching.map((other) => other.operation.name)).toEqual([operation.name]);
      }
    });

    test('have each member of a path once, and it is a text of the input', () => {
      for (const { operation, input, segments } of all) {
        const names = segments.map(parameterOf).filter((name) => name !== undefined);
        expect(new Set(names).size).toBe(names.length);
        const texts = input.filter(({ shape }) => shape.kind === 'string').map(({ name }) => name);
        expect({ operation: operation.name, texts }).toMatchObject({
          texts: expect.arrayContaining(names) as unknown,
        });
      }
    });

    test('leave to a query only what a query can say', () => {
      for (const { method, input, segments } of all) {
        if (method !== 'GET' && method !== 'DELETE') continue;
        for (const { name, shape } of input) {
          if (segments.includes(`{${name}}`)) continue;
          const kind = shape.kind === 'list' ? shape.element().kind : shape.kind;
          expect(['string', 'integer', 'boolean', 'timestamp', 'blob']).toContain(kind);
          expect(name).not.toMatch(/^X-Amz-/);
        }
      }
    });

    test('neither begin with the name of the service nor stand where the description stands', () => {
      for (const { method, path, segments } of all) {
        expect(segments[0]).not.toBe(table.service);
        expect(`${method} ${path}`).not.toBe('GET /openapi.json');
      }
    });
  },
);

describe('routes', () => {
  const routes = new Routes([
    row('GET /users'),
    row('GET /users/{UserName}'),
    row('PUT /users/{UserName}/policies/{PolicyName}'),
  ]);

  test('give what stands in the path by the name of the member, as it was sent', () => {
    const match = routes.find('PUT', ['users', 'a%2Fb', 'policies', 'p']);
    expect(match?.operation.name).toBe('PUT /users/{UserName}/policies/{PolicyName}');
    expect([...(match?.pathParameters ?? [])]).toEqual([
      ['UserName', 'a%2Fb'],
      ['PolicyName', 'p'],
    ]);
  });

  test.each([
    ['GET', []],
    ['GET', ['']],
    ['GET', ['users', '']],
    ['GET', ['users', '.']],
    ['GET', ['users', '..']],
    ['GET', ['users', 'a', 'policies']],
    ['GET', ['%75sers']],
    ['GET', ['Users']],
    ['get', ['users']],
    ['POST', ['users']],
    ['PUT', ['users', 'a', 'policies', 'p', 'q']],
    ['PUT', ['users', 'a', 'policies']],
    ['PUT', ['users', '__proto__', 'constructor', 'p']],
  ])('have nothing for %s %j', (method, segments) => {
    expect(routes.find(method, segments)).toBeUndefined();
  });

  test.each([
    ['one route twice', ['GET /a/{B}', 'GET /a/{C}']],
    ['a word and a member in one place', ['GET /a/{B}', 'GET /a/b/c']],
    ['a member and a word in one place', ['GET /a/b/c', 'GET /a/{B}']],
  ])('cannot have %s', (_, made) => {
    expect(() => new Routes(made.map((route) => row(route)))).toThrow(/another route matches/);
  });
});
