import SwaggerParser from '@apidevtools/swagger-parser';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { takesIdempotencyKey } from '../../lambdas/operations/idempotency';
import { describeApi } from '../../lambdas/operations/openapi';
import { parameterOf, splitRoute } from '../../lambdas/operations/routes';
import { describeOperation } from '../../lambdas/protocol/schema';
import { PORTCULLIS_OPERATIONS } from '../../lambdas/portcullis/operation-table';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { deployAdmin } from './deployment';
import { unsignedRequest } from './signed-requests';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly schema: { readonly properties: object } };
    };
  };
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The validator changes what it is given. */
const validate = (document: object) => SwaggerParser.validate(structuredClone(document) as never);

describe.each([IAM_OPERATIONS, STS_OPERATIONS, PORTCULLIS_OPERATIONS])(
  'the description of $service',
  (table) => {
    const document = JSON.parse(JSON.stringify(describeApi(table))) as { readonly paths: Paths };

    test('is valid OpenAPI 3.1, and all that it refers to is there', async () => {
      await expect(validate(document)).resolves.toBeDefined();
      await expect(validate({ ...document, paths: { users: {} } })).rejects.toThrow();
    });

    test('has every row at its route, with every member of its input once', () => {
      let described = 0;
      for (const operation of table.operations) {
        const { method, path, segments } = splitRoute(operation.route);
        const found = document.paths[path]?.[method.toLowerCase()];
        expect(found?.operationId).toBe(operation.name);
        const all = found?.parameters ?? [];
        const parameters = all.filter((each) => !('$ref' in each));
        expect(all.length - parameters.length).toBe(takesIdempotencyKey(operation) ? 1 : 0);
        const inPath = segments.map(parameterOf).filter((name) => name !== undefined);
        expect(
          parameters
            .filter((each) => each.in === 'path')
            .map(({ name }) => name)
            .sort(),
        ).toEqual(inPath.sort());
        const body = found?.requestBody?.content['application/json'].schema.properties ?? {};
        expect([...parameters.map(({ name }) => name), ...Object.keys(body)].sort()).toEqual(
          describeOperation(operation.schema)
            .input.members()
            .map(({ name }) => name)
            .sort(),
        );
        described += 1;
      }
      const all = Object.values(document.paths).flatMap((item) => Object.values(item));
      expect(all).toHaveLength(described);
    });

    test('has patterns that JSON Schema can read', () => {
      JSON.stringify(document, (name, value: unknown) => {
        if (name === 'pattern' && typeof value === 'string') new RegExp(value, 'u');
        return value;
      });
    });
  },
);

test('a description is for everyone, and says what the constraints are', async () => {
  const deployment = await deployAdmin();
  for (const path of ['/iam/openapi.json', '/v1/iam/openapi.json']) {
    const answer = await deployment.handle('iam', unsignedRequest({ method: 'GET', path }));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body)).toMatchObject({
      openapi: '3.1.1',
      paths: {
        '/users/{UserName}': {
          get: { parameters: [{ in: 'path', required: true, schema: { maxLength: 128 } }] },
        },
      },
    });
  }
  const posted = unsignedRequest({ method: 'POST', path: '/iam/openapi.json' });
  expect((await deployment.handle('iam', posted)).statusCode).toBe(403);
  await deployment.close();
});
