import {
  CreateAccountAlias$,
  DeleteAccountAlias$,
  ListAccountAliases$,
  type CreateAccountAliasRequest,
  type DeleteAccountAliasRequest,
  type ListAccountAliasesRequest,
  type ListAccountAliasesResponse,
} from '@aws-sdk/client-iam';
import type { AccountAliasRecord } from '../../identity/entities';
import { toAttributes } from '../../identity/records';
import { commit, type Step } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { accountAliasKey } from '../../store/keys';
import { changeAccountStep, onAccount, readCallersAccount } from '../accounts';

const createAccountAlias: Operation<CreateAccountAliasRequest, void> = {
  name: 'CreateAccountAlias',
  schema: CreateAccountAlias$,
  accessLevel: 'Write',
  route: 'PUT /account/aliases/{AccountAlias}',
  authorization: onAccount('iam:CreateAccountAlias'),
  errors: ['ConcurrentModification', 'EntityAlreadyExists', 'LimitExceeded'],
  // An account has one alias, and another one takes its place:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/account-alias-create.html
  run: async ({ AccountAlias: alias }, call) => {
    const account = await readCallersAccount(call);
    const { AccountAlias: before } = account.entity;
    const taken = new IamError('EntityAlreadyExists', `The account alias ${alias} already exists.`);
    if (before === alias) {
      throw taken;
    }
    const owner: AccountAliasRecord = { AccountId: call.accountId };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: accountAliasKey(alias),
          attributes: toAttributes(owner),
          condition: { exists: false },
        },
        refusal: taken,
      },
      changeAccountStep(account, { set: { AccountAlias: alias } }),
      ...(before === undefined ? [] : [releaseStep(before, call.accountId)]),
    ]);
  },
};

const deleteAccountAlias: Operation<DeleteAccountAliasRequest, void> = {
  name: 'DeleteAccountAlias',
  schema: DeleteAccountAlias$,
  accessLevel: 'Write',
  route: 'DELETE /account/aliases/{AccountAlias}',
  authorization: onAccount('iam:DeleteAccountAlias'),
  errors: ['ConcurrentModification', 'LimitExceeded', 'NoSuchEntity'],
  run: async ({ AccountAlias: alias }, call) => {
    const account = await readCallersAccount(call);
    if (account.entity.AccountAlias !== alias) {
      throw new IamError('NoSuchEntity', `The account alias ${alias} cannot be found.`);
    }
    await commit(call, [
      changeAccountStep(account, { remove: ['AccountAlias'] }),
      releaseStep(alias, call.accountId),
    ]);
  },
};

function releaseStep(alias: string, accountId: string): Step {
  return {
    write: {
      kind: 'delete',
      key: accountAliasKey(alias),
      condition: { exists: true, equals: { AccountId: accountId } },
    },
  };
}

const listAccountAliases: Operation<ListAccountAliasesRequest, ListAccountAliasesResponse> = {
  name: 'ListAccountAliases',
  schema: ListAccountAliases$,
  accessLevel: 'List',
  route: 'GET /account/aliases',
  authorization: onAccount('iam:ListAccountAliases'),
  errors: [],
  run: async (input, call) => {
    const { AccountAlias: alias } = (await readCallersAccount(call)).entity;
    const aliases = alias === undefined ? [] : [alias];
    const { rows, end } = await takePageOf(call, input, aliases, (name) => name);
    return { AccountAliases: rows, ...end };
  },
};

export const accountAliasOperations: readonly AnyOperation[] = [
  createAccountAlias,
  deleteAccountAlias,
  listAccountAliases,
];
