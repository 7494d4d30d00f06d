import fc from 'fast-check';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { describeOperation, type Shape } from '../../lambdas/protocol/schema';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';
import { signedRequest } from '../operations/signed-requests';

/* Whatever stands where a parameter should: an answer or a caller's fault in AWS's form, never a fault of ours. */

let deployment: AdminDeployment;
let known: readonly string[];

beforeAll(async () => {
  deployment = await deployAdmin();
  const scenery = new Scenery(deployment.iam());
  const { UserName, GroupName } = await scenery.member();
  const { PolicyArn } = await scenery.attachedToUser();
  const { PolicyName } = await scenery.userWithInlinePolicy();
  const { accessKeyId } = await scenery.keyOf(UserName);
  known = [UserName, GroupName, PolicyArn, PolicyName, accessKeyId, 'v1', 'Active', '/', '/team/'];
});

afterAll(async () => {
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

const STRANGE = [
  '',
  ' ',
  '*',
  '#',
  '%23',
  '__proto__',
  'constructor',
  '\u0000',
  '\u0001\u001f',
  '\ufffe',
  '\u2028',
  'ſ\u212A',
  '😀',
  '../..',
  '<a>&"\'',
  'x'.repeat(129),
  'x'.repeat(3000),
  `/${'x'.repeat(600)}/`,
  `arn:aws:iam::${ACCOUNT}:policy/${'x'.repeat(1500)}`,
  `arn:aws:iam::${ACCOUNT}:policy/`,
  `arn:aws:iam::${ACCOUNT}:policy/x/`,
  `arn:aws:iam::${ACCOUNT}:policy/#%23`,
  `arn:aws:iam::999999999999:policy/policy-3`,
  'arn:aws:iam::aws:policy/none',
  'arn:aws-cn:iam::aws:policy/AdministratorAccess',
  'arn:aws:iam::aws:policy/AdministratorAccess',
  'arn:::::',
  'v0',
  'v99999999999999999999',
  '-1',
  '1e3',
  '2147483648',
  '0x10',
  'true',
  '{"Version":"2012-10-17"}',
  '[]',
  'null',
  '"'.repeat(5000),
  '{'.repeat(100_000),
] as const;

/** Parameters of any operation: its own members, each with something that is there, something strange, or nothing. */
function parametersOf(shape: Shape, name: string): fc.Arbitrary<string[]> {
  switch (shape.kind) {
    case 'structure':
      return fc
        .tuple(
          ...shape
            .members()
            .map((member) =>
              parametersOf(member.shape, name === '' ? member.name : `${name}.${member.name}`),
            ),
        )
        .map((parts) => parts.flat());
    case 'list':
      return parametersOf(shape.element(), `${name}.member.1`);
    case 'map':
      return fc
        .tuple(
          parametersOf({ kind: 'string', sensitive: false }, `${name}.entry.1.key`),
          parametersOf(shape.value(), `${name}.entry.1.value`),
        )
        .map((parts) => parts.flat());
    case 'string':
    case 'integer':
    case 'boolean':
    case 'blob':
    case 'document':
    case 'timestamp':
      return fc
        .oneof(
          { weight: 3, arbitrary: fc.nat(8).map((index) => known[index] ?? '') },
          { weight: 4, arbitrary: fc.constantFrom(...STRANGE) },
          { weight: 1, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
        )
        .map((value) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  }
}

test.each(IAM_OPERATIONS.operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  async (name, { schema }) => {
    const parameters = parametersOf(describeOperation(schema).input, '');
    await fc.assert(
      fc.asyncProperty(parameters, async (pairs) => {
        const body = [`Action=${name}`, 'Version=2010-05-08', ...pairs].join('&');
        const answer = await deployment.handle('iam', await signedRequest({ body }));
        expect(answer.statusCode).toBeLessThan(500);
        expect(answer.headers['content-type']).toBe('text/xml');
        expect(answer.body).toMatch(/^<\w+Response xmlns=/);
        // eslint-disable-next-line no-control-regex -- exactly what XML 1.0 cannot hold
        expect(answer.body).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      }),
      { numRuns: 40 },
    );
  },
);
