import { CreateAccountAliasCommand } from '@aws-sdk/client-iam';
import { ACCOUNT } from '../operations/deployment';
import type { MakeCase } from './operation-case';

/** For operations on the account, for which AWS knows no resource. */
const onAccount =
  (input: object = {}): MakeCase =>
  () =>
    Promise.resolve({ input, resource: '*' });

export const ACCOUNT_CASES: Readonly<Record<string, MakeCase>> = {
  GetAccessKeyLastUsed: async (scenery) => {
    const UserName = await scenery.user();
    const { accessKeyId: AccessKeyId } = await scenery.keyOf(UserName);
    return { input: { AccessKeyId }, resource: `arn:aws:iam::${ACCOUNT}:user/team/${UserName}` };
  },
  CreateAccountAlias: (scenery) =>
    Promise.resolve({ input: { AccountAlias: scenery.newName('alias') }, resource: '*' }),
  DeleteAccountAlias: async (scenery) => {
    const AccountAlias = scenery.newName('alias');
    await scenery.root.send(new CreateAccountAliasCommand({ AccountAlias }));
    return { input: { AccountAlias }, resource: '*' };
  },
  ListAccountAliases: onAccount(),
  GetAccountSummary: onAccount(),
  GetAccountAuthorizationDetails: onAccount(),
  SetSecurityTokenServicePreferences: onAccount({ GlobalEndpointTokenVersion: 'v2Token' }),
  GetAccountProperties: onAccount(),
  PutAccountProperties: () =>
    Promise.resolve({
      input: { Properties: { 'RoleManager/Enabled': 'true' } },
      resource: '*',
      refused: 'InvalidInputException',
    }),
};
