import fc from 'fast-check';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { describeOperation } from '../../lambdas/protocol/schema';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';
import { signedRequest } from '../operations/signed-requests';
import { parametersOf } from '../operations/strange-parameters';

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

test.each(IAM_OPERATIONS.operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  async (name, { schema }) => {
    const parameters = parametersOf(describeOperation(schema).input, '', () => known);
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
