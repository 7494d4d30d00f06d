import {
  CreateUser$,
  DeleteUser$,
  GetUser$,
  ListUsers$,
  UpdateUser$,
  type CreateUserRequest,
  type CreateUserResponse,
  type DeleteUserRequest,
  type GetUserRequest,
  type GetUserResponse,
  type ListUsersRequest,
  type ListUsersResponse,
  type UpdateUserRequest,
  type User,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import type { NameRecord, UserRecord } from '../../identity/entities';
import { findUser, foundUser, type Found } from '../../identity/lookup';
import { readAccount, toAttributes } from '../../identity/records';
import { requestTagContext } from '../../identity/tags';
import { createUniqueId } from '../../identity/unique-ids';
import { commit, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { deleteConflict, entityAlreadyExists } from '../../protocol/error-messages';
import { accountKey, principalKey } from '../../store/keys';
import { listPrincipals } from '../principal-lists';
import { countStep, discountStep } from '../account-steps';
import { releaseSteps, requireBoundary, useSteps } from '../attachable-policies';
import { releaseNameStep, renameSteps, takeNameStep } from '../names';
import { checkTagQuota, readTags } from '../requested-tags';
import { onUser, requireSubject, requireUser } from '../targets';
import { viewListedUser, viewUser } from '../views';

const createUser: Operation<CreateUserRequest, CreateUserResponse> = {
  name: 'CreateUser',
  schema: CreateUser$,
  accessLevel: 'Write',
  route: 'POST /users',
  authorization: {
    action: 'iam:CreateUser',
    resourceType: 'user',
    resources: (input, call) => [iamArn(call, 'user', input.Path ?? '/', input.UserName)],
    conditionKeys: ['iam:PermissionsBoundary', 'aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => ({
      ...requestTagContext(readTags(input.Tags)),
      ...(input.PermissionsBoundary === undefined
        ? {}
        : { 'iam:PermissionsBoundary': input.PermissionsBoundary }),
    }),
  },
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'InvalidInput',
    'LimitExceeded',
    'NoSuchEntity',
  ],
  run: async (input, call) => {
    const boundary =
      input.PermissionsBoundary === undefined
        ? undefined
        : await requireBoundary(call, input.PermissionsBoundary);
    const user: UserRecord = {
      UserName: input.UserName,
      UserId: createUniqueId('AIDA', call.randomBytes),
      Path: input.Path ?? '/',
      CreateDate: call.now,
      Tags: readTags(input.Tags),
      PermissionsBoundary: boundary,
      AttachedPolicyCount: 0,
      InlinePolicyCount: 0,
      InlinePolicySize: 0,
      GroupCount: 0,
      AccessKeyCount: 0,
    };
    checkTagQuota(user.Tags, 'TagsPerUser', call.quotas.TagsPerUser);
    const key = principalKey('User', call.accountId, user.UserId);
    await commit(call, [
      takeNameStep(call, 'User', nameOf(user), entityAlreadyExists('user', user.UserName)),
      {
        write: {
          kind: 'put',
          key,
          attributes: toAttributes(user),
          condition: { exists: false },
        },
      },
      countStep(call, 'UserCount', 'UsersPerAccount', call.quotas.UsersPerAccount),
      ...(boundary === undefined
        ? []
        : await useSteps(call, boundary, 'PermissionsBoundary', { kind: 'User', id: user.UserId })),
    ]);
    const arn = iamArn(call, 'user', user.Path, user.UserName);
    return { User: viewUser({ entity: user, arn, key, revision: 1 }) };
  },
};

const getUser: Operation<GetUserRequest, GetUserResponse> = {
  name: 'GetUser',
  schema: GetUser$,
  accessLevel: 'Read',
  route: 'GET /users/{UserName}',
  authorization: onUser('iam:GetUser'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const user = await requireSubject(call, input.UserName);
    return { User: user === undefined ? await viewRoot(call) : viewUser(user) };
  },
};

/** The root user has neither name nor path. */
async function viewRoot(call: Call): Promise<User> {
  const item = await call.store.get(accountKey(call.accountId), { consistent: true });
  if (item === undefined) {
    throw new Error('the account of a caller has a row');
  }
  return {
    UserId: call.accountId,
    Arn: call.caller.principal.arn,
    CreateDate: new Date(readAccount(item).CreateDate),
  } as User;
}

const listUsers: Operation<ListUsersRequest, ListUsersResponse> = {
  name: 'ListUsers',
  schema: ListUsers$,
  accessLevel: 'List',
  route: 'GET /users',
  authorization: {
    action: 'iam:ListUsers',
    resourceType: 'user',
    resources: (input, call) => [iamPathArn(call, 'user', input.PathPrefix ?? '/')],
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const { rows, end } = await listPrincipals(call, input, 'User', (rows) =>
      rows.map((row) => viewListedUser(foundUser(call, row))),
    );
    return { Users: rows, ...end };
  },
};

const updateUser: Operation<UpdateUserRequest, void> = {
  name: 'UpdateUser',
  schema: UpdateUser$,
  accessLevel: 'Write',
  route: 'PATCH /users/{UserName}',
  authorization: {
    ...onUser<UpdateUserRequest>('iam:UpdateUser'),
    // "the entity making the request must have permission on both the source object and the target object"
    resources: async (input, call) => {
      const user = await findUser(call, input.UserName);
      const { Path: path, UserName: userName } = user?.entity ?? { Path: '/', ...input };
      const source = iamArn(call, 'user', path, userName);
      const target = iamArn(call, 'user', input.NewPath ?? path, input.NewUserName ?? userName);
      return [...new Set([source, target])];
    },
  },
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'EntityTemporarilyUnmodifiable',
    'LimitExceeded',
    'NoSuchEntity',
  ],
  run: async (input, call) => {
    const user = await requireUser(call, input.UserName);
    const before = nameOf(user.entity);
    const after = {
      ...before,
      Name: input.NewUserName ?? before.Name,
      Path: input.NewPath ?? before.Path,
    };
    await commit(call, [
      ...renameSteps(call, 'User', before, after, entityAlreadyExists('user', after.Name)),
      {
        write: {
          kind: 'update',
          key: user.key,
          set: { UserName: after.Name, Path: after.Path },
          condition: { exists: true, revision: user.revision },
        },
      },
    ]);
  },
};

const deleteUser: Operation<DeleteUserRequest, void> = {
  name: 'DeleteUser',
  schema: DeleteUser$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}',
  authorization: onUser('iam:DeleteUser'),
  errors: ['ConcurrentModification', 'DeleteConflict', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const user = await requireUser(call, input.UserName);
    refuseWhileReferenced(user);
    const { PermissionsBoundary: boundary, UserId: userId } = user.entity;
    await commit(call, [
      releaseNameStep(call, 'User', nameOf(user.entity)),
      {
        // Whatever hangs under the user is counted in its row, and so changes the revision.
        write: {
          kind: 'delete',
          key: user.key,
          condition: { exists: true, revision: user.revision },
        },
      },
      discountStep(call, 'UserCount'),
      ...boundarySteps(call, boundary, userId),
    ]);
  },
};

function boundarySteps(
  call: Call,
  boundary: UserRecord['PermissionsBoundary'],
  userId: string,
): readonly Step[] {
  return boundary === undefined
    ? []
    : releaseSteps(call, boundary, 'PermissionsBoundary', { kind: 'User', id: userId });
}

/** An absent counter is none. */
function has(count: number | undefined): boolean {
  return (count ?? 0) > 0;
}

function refuseWhileReferenced({ entity }: Found<UserRecord>): void {
  if (entity.AccessKeyCount > 0) throw deleteConflict('delete access keys');
  if (has(entity.LoginProfileCount)) throw deleteConflict('delete login profile');
  if (has(entity.MFADeviceCount)) throw deleteConflict('delete MFA device');
  if (has(entity.SigningCertificateCount)) throw deleteConflict('delete signing certificates');
  if (has(entity.SSHPublicKeyCount)) throw deleteConflict('delete ssh public keys');
  if (has(entity.ServiceSpecificCredentialCount)) throw deleteConflict();
  if (entity.InlinePolicyCount > 0) throw deleteConflict('delete policies');
  if (entity.AttachedPolicyCount > 0) throw deleteConflict('detach all policies');
  if (entity.GroupCount > 0) throw deleteConflict('remove users from group');
}

function nameOf(user: UserRecord): NameRecord {
  return { Id: user.UserId, Name: user.UserName, Path: user.Path };
}

export const userOperations: readonly AnyOperation[] = [
  createUser,
  getUser,
  listUsers,
  updateUser,
  deleteUser,
];
