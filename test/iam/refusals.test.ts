import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';
import { OPERATION_CASES } from './operation-cases';
import { CONFLICTS, expectRefusals } from './refusal-cases';

let deployment: AdminDeployment;
let scenery: Scenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

test('every row that refuses to delete what is in use has a case', () => {
  const rows = IAM_OPERATIONS.operations.filter(({ errors }) => errors.includes('DeleteConflict'));
  const names = rows.map(({ name }) => name).filter((name) => name !== 'DeleteServerCertificate');
  expect(Object.keys(CONFLICTS).sort()).toEqual(names.sort());
});

test.each(IAM_OPERATIONS.operations.map((row) => [row.name, row] as const))(
  '%s refuses what is not there, is there already, is in use, or is not given, with the codes of AWS',
  async (name, row) => {
    const makeCase = OPERATION_CASES[name];
    if (makeCase === undefined) throw new Error(`${name} has no case`);
    await expectRefusals(row, scenery, makeCase);
  },
);
