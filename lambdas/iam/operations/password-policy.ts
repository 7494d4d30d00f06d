import {
  DeleteAccountPasswordPolicy$,
  GetAccountPasswordPolicy$,
  UpdateAccountPasswordPolicy$,
  type GetAccountPasswordPolicyResponse,
  type UpdateAccountPasswordPolicyRequest,
} from '@aws-sdk/client-iam';
import type { PasswordPolicyRecord } from '../../identity/credential-entities';
import { toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import type { Authorization, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { passwordPolicyKey } from '../../store/keys';
import { findPasswordPolicy, noSuchPasswordPolicy } from '../passwords';

/** The policy is the account's: there is one, and it has no ARN. */
function onAccount(action: string): Authorization<unknown> {
  return { action, resourceType: '*', resources: () => ['*'], conditionKeys: [] };
}

const getAccountPasswordPolicy: Operation<unknown, GetAccountPasswordPolicyResponse> = {
  name: 'GetAccountPasswordPolicy',
  schema: GetAccountPasswordPolicy$,
  accessLevel: 'Read',
  route: 'GET /account/password-policy',
  authorization: onAccount('iam:GetAccountPasswordPolicy'),
  errors: ['NoSuchEntity'],
  run: async (_input, call) => {
    const policy = await findPasswordPolicy(call);
    if (policy === undefined) {
      throw noSuchPasswordPolicy(call);
    }
    return {
      PasswordPolicy: { ...policy, ExpirePasswords: policy.MaxPasswordAge !== undefined },
    };
  },
};

/** "This operation does not support partial updates": what is left out takes its default. */
const updateAccountPasswordPolicy: Operation<UpdateAccountPasswordPolicyRequest, void> = {
  name: 'UpdateAccountPasswordPolicy',
  schema: UpdateAccountPasswordPolicy$,
  accessLevel: 'Write',
  route: 'PUT /account/password-policy',
  authorization: onAccount('iam:UpdateAccountPasswordPolicy'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy: PasswordPolicyRecord = {
      MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
      RequireSymbols: input.RequireSymbols ?? false,
      RequireNumbers: input.RequireNumbers ?? false,
      RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
      RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
      AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
      MaxPasswordAge: input.MaxPasswordAge,
      PasswordReusePrevention: input.PasswordReusePrevention,
      HardExpiry: input.HardExpiry ?? false,
    };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: passwordPolicyKey(call.accountId),
          attributes: toAttributes(policy),
          condition: { exists: 'any' },
        },
      },
    ]);
  },
};

const deleteAccountPasswordPolicy: Operation<unknown, void> = {
  name: 'DeleteAccountPasswordPolicy',
  schema: DeleteAccountPasswordPolicy$,
  accessLevel: 'Write',
  route: 'DELETE /account/password-policy',
  authorization: onAccount('iam:DeleteAccountPasswordPolicy'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (_input, call) => {
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: passwordPolicyKey(call.accountId),
          condition: { exists: true },
        },
        refusal: noSuchPasswordPolicy(call),
      },
    ]);
  },
};

export const passwordPolicyOperations: readonly AnyOperation[] = [
  getAccountPasswordPolicy,
  updateAccountPasswordPolicy,
  deleteAccountPasswordPolicy,
];
