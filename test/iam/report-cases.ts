import { HARMLESS } from '../operations/scenery';
import { ACCOUNT } from '../operations/deployment';
import type { MakeCase } from './operation-cases';

const QUESTION = { ActionNames: ['orders:GetOrder'] };

/** One call for each operation that tells of permissions and of their use. */
export const REPORT_CASES: Readonly<Record<string, MakeCase>> = {
  GetContextKeysForCustomPolicy: () =>
    Promise.resolve({ input: { PolicyInputList: [HARMLESS] }, resource: '*' }),
  GetContextKeysForPrincipalPolicy: async (scenery) => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/team/${await scenery.user()}`;
    return { input: { PolicySourceArn: arn }, resource: arn };
  },
  SimulateCustomPolicy: () =>
    Promise.resolve({ input: { ...QUESTION, PolicyInputList: [HARMLESS] }, resource: '*' }),
  SimulatePrincipalPolicy: async (scenery) => {
    const arn = `arn:aws:iam::${ACCOUNT}:group/team/${await scenery.group()}`;
    return { input: { ...QUESTION, PolicySourceArn: arn }, resource: arn };
  },
};
