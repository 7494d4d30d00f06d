import {
  ChangePassword$,
  CreateLoginProfile$,
  DeleteLoginProfile$,
  GetLoginProfile$,
  UpdateLoginProfile$,
  type ChangePasswordRequest,
  type CreateLoginProfileRequest,
  type CreateLoginProfileResponse,
  type DeleteLoginProfileRequest,
  type GetLoginProfileRequest,
  type GetLoginProfileResponse,
  type LoginProfile,
  type UpdateLoginProfileRequest,
} from '@aws-sdk/client-iam';
import { isPassword } from '../../credentials/password-hash';
import type { LoginProfileRecord } from '../../identity/credential-entities';
import { readLoginProfile } from '../../identity/credential-records';
import { countPasswordAttempt, forgetPasswordAttempts } from '../../identity/password-attempts';
import { toAttributes } from '../../identity/records';
import { endSessions } from '../../identity/sign-in-generation';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { userNameNeeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import { loginProfileKey } from '../../store/keys';
import {
  countCredentialStep,
  findCredentialOwner,
  type CredentialOwner,
} from '../credential-owners';
import { replacePassword } from '../passwords';
import { onUser } from '../targets';

type NamedOwner = CredentialOwner & { readonly userName: string };

/** The user of that name; without a name, the caller. Root's password is not set here. */
async function findUserOwner(call: Call, userName: string | undefined): Promise<NamedOwner> {
  const owner = await findCredentialOwner(call, userName);
  if (owner.userName === undefined) {
    throw userNameNeeded();
  }
  return { ...owner, userName: owner.userName };
}

interface FoundProfile {
  readonly profile: LoginProfileRecord;
  readonly revision: number;
}

async function requireProfile(call: Call, owner: NamedOwner): Promise<FoundProfile> {
  const item = await call.store.get(loginProfileKey(call.accountId, owner.id), {
    consistent: true,
  });
  if (item === undefined) {
    throw new IamError('NoSuchEntity', `Login Profile for User ${owner.userName} cannot be found.`);
  }
  return { profile: readLoginProfile(item), revision: item.revision };
}

function viewProfile(owner: NamedOwner, profile: LoginProfileRecord): LoginProfile {
  return {
    UserName: owner.userName,
    CreateDate: new Date(profile.CreateDate),
    PasswordResetRequired: profile.PasswordResetRequired,
  };
}

const createLoginProfile: Operation<CreateLoginProfileRequest, CreateLoginProfileResponse> = {
  name: 'CreateLoginProfile',
  schema: CreateLoginProfile$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/login-profile',
  authorization: onUser('iam:CreateLoginProfile'),
  errors: ['EntityAlreadyExists', 'LimitExceeded', 'NoSuchEntity', 'PasswordPolicyViolation'],
  run: async (input, call) => {
    if (input.Password === undefined) {
      throw new IamError(
        'ValidationError',
        "1 validation error detected: Value null at 'password' failed to satisfy constraint: Member must not be null",
      );
    }
    const owner = await findUserOwner(call, input.UserName);
    if ((owner.counts.LoginProfileCount ?? 0) > 0) {
      throw new IamError(
        'EntityAlreadyExists',
        `Login Profile for user ${owner.userName} already exists.`,
      );
    }
    const profile: LoginProfileRecord = {
      CreateDate: call.now,
      PasswordResetRequired: input.PasswordResetRequired ?? false,
      ...(await replacePassword(call, input.Password, undefined)),
    };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: loginProfileKey(call.accountId, owner.id),
          attributes: toAttributes(profile),
          condition: { exists: false },
        },
      },
      countCredentialStep(owner, 'LoginProfileCount', 1),
    ]);
    return { LoginProfile: viewProfile(owner, profile) };
  },
};

const getLoginProfile: Operation<GetLoginProfileRequest, GetLoginProfileResponse> = {
  name: 'GetLoginProfile',
  schema: GetLoginProfile$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/login-profile',
  authorization: onUser('iam:GetLoginProfile'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findUserOwner(call, input.UserName);
    const { profile } = await requireProfile(call, owner);
    return { LoginProfile: viewProfile(owner, profile) };
  },
};

const updateLoginProfile: Operation<UpdateLoginProfileRequest, void> = {
  name: 'UpdateLoginProfile',
  schema: UpdateLoginProfile$,
  accessLevel: 'Write',
  route: 'PUT /users/{UserName}/login-profile',
  authorization: onUser('iam:UpdateLoginProfile'),
  errors: [
    'EntityTemporarilyUnmodifiable',
    'LimitExceeded',
    'NoSuchEntity',
    'PasswordPolicyViolation',
  ],
  run: async (input, call) => {
    const owner = await findUserOwner(call, input.UserName);
    const { profile, revision } = await requireProfile(call, owner);
    const passwords =
      input.Password === undefined ? {} : await replacePassword(call, input.Password, profile);
    await writeProfile(call, owner, revision, {
      ...passwords,
      PasswordResetRequired: input.PasswordResetRequired ?? profile.PasswordResetRequired,
    });
  },
};

/** A new password opens what wrong ones have locked, and ends the sessions that the one before has opened. */
async function writeProfile(
  call: Call,
  owner: NamedOwner,
  revision: number,
  change: Partial<LoginProfileRecord>,
): Promise<void> {
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: loginProfileKey(call.accountId, owner.id),
        set: toAttributes(change),
        condition: { exists: true, revision },
      },
    },
    ...(change.Password === undefined
      ? []
      : [
          { write: forgetPasswordAttempts({ accountId: call.accountId, ownerId: owner.id }) },
          { write: endSessions(owner.key) },
        ]),
  ]);
}

const deleteLoginProfile: Operation<DeleteLoginProfileRequest, void> = {
  name: 'DeleteLoginProfile',
  schema: DeleteLoginProfile$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}/login-profile',
  authorization: onUser('iam:DeleteLoginProfile'),
  errors: ['EntityTemporarilyUnmodifiable', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findUserOwner(call, input.UserName);
    const { revision } = await requireProfile(call, owner);
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: loginProfileKey(call.accountId, owner.id),
          condition: { exists: true, revision },
        },
      },
      // One write a row: what counts the profile ends its sessions as well.
      countCredentialStep(owner, 'LoginProfileCount', -1, { SignInGeneration: 1 }),
    ]);
  },
};

const changePassword: Operation<ChangePasswordRequest, void> = {
  name: 'ChangePassword',
  schema: ChangePassword$,
  accessLevel: 'Write',
  route: 'POST /password',
  authorization: {
    ...onUser<ChangePasswordRequest & { UserName?: undefined }>('iam:ChangePassword'),
    resources: (_input, call) => {
      if (call.caller.principal.type !== 'User') {
        throw new IamError('InvalidUserType', 'Only IAM Users can change their own password');
      }
      return [call.caller.principal.arn];
    },
  },
  errors: [
    'EntityTemporarilyUnmodifiable',
    'InvalidUserType',
    'LimitExceeded',
    'NoSuchEntity',
    'PasswordPolicyViolation',
  ],
  run: async (input, call) => {
    const owner = await findUserOwner(call, undefined);
    const { profile, revision } = await requireProfile(call, owner);
    await requireOldPassword(call, owner, input.OldPassword, profile);
    await writeProfile(call, owner, revision, {
      ...(await replacePassword(call, input.NewPassword, profile)),
      PasswordResetRequired: false,
    });
  },
};

/** A stolen access key must not be a way to guess the password. */
async function requireOldPassword(
  call: Call,
  owner: NamedOwner,
  password: string,
  profile: LoginProfileRecord,
): Promise<void> {
  const passwordOwner = { accountId: call.accountId, ownerId: owner.id };
  if (!(await countPasswordAttempt(call.store, passwordOwner, call))) {
    throw new IamError(
      'EntityTemporarilyUnmodifiable',
      'Too many wrong passwords were given. Wait several minutes and try again.',
    );
  }
  if (!(await isPassword(password, profile.Password))) {
    throw new IamError('AccessDenied', 'The old password was incorrect.');
  }
}

export const loginProfileOperations: readonly AnyOperation[] = [
  createLoginProfile,
  getLoginProfile,
  updateLoginProfile,
  deleteLoginProfile,
  changePassword,
];
