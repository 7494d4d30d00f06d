import {
  CreateInstanceProfile$,
  DeleteInstanceProfile$,
  GetInstanceProfile$,
  ListInstanceProfiles$,
  type CreateInstanceProfileRequest,
  type CreateInstanceProfileResponse,
  type DeleteInstanceProfileRequest,
  type GetInstanceProfileRequest,
  type GetInstanceProfileResponse,
  type ListInstanceProfilesRequest,
  type ListInstanceProfilesResponse,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import type { NameRecord } from '../../identity/entities';
import { readName, toAttributes } from '../../identity/records';
import type { InstanceProfileRecord } from '../../identity/role-entities';
import { requestTagContext } from '../../identity/tags';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { deleteConflict } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import { instanceProfileKey, namePartition } from '../../store/keys';
import { countStep, discountStep } from '../account-steps';
import { viewInstanceProfiles, viewInstanceProfilesOf } from '../instance-profiles';
import { releaseNameStep, takeNameStep } from '../names';
import { checkTagQuota, readTags } from '../requested-tags';
import { onInstanceProfile, requireInstanceProfile } from '../role-targets';
import { viewListedInstanceProfile } from '../role-views';
import { viewTags } from '../views';

const createInstanceProfile: Operation<
  CreateInstanceProfileRequest,
  CreateInstanceProfileResponse
> = {
  name: 'CreateInstanceProfile',
  schema: CreateInstanceProfile$,
  accessLevel: 'Write',
  route: 'POST /instance-profiles',
  authorization: {
    action: 'iam:CreateInstanceProfile',
    resourceType: 'instance-profile',
    resources: (input, call) => [
      iamArn(call, 'instance-profile', input.Path ?? '/', input.InstanceProfileName),
    ],
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  },
  errors: ['ConcurrentModification', 'EntityAlreadyExists', 'InvalidInput', 'LimitExceeded'],
  run: async (input, call) => {
    const profile: InstanceProfileRecord = {
      InstanceProfileName: input.InstanceProfileName,
      InstanceProfileId: createUniqueId('AIPA', call.randomBytes),
      Path: input.Path ?? '/',
      CreateDate: call.now,
      Tags: readTags(input.Tags),
    };
    const { InstanceProfilesPerAccount: quota, TagsPerInstanceProfile: tagQuota } = call.quotas;
    checkTagQuota(profile.Tags, 'TagsPerInstanceProfile', tagQuota);
    const key = instanceProfileKey(call.accountId, profile.InstanceProfileId);
    const taken = new IamError(
      'EntityAlreadyExists',
      `Instance Profile ${profile.InstanceProfileName} already exists.`,
    );
    await commit(call, [
      takeNameStep(call, 'InstanceProfile', nameOf(profile), taken),
      {
        write: {
          kind: 'put',
          key,
          attributes: toAttributes(profile),
          condition: { exists: false },
        },
      },
      countStep(call, 'InstanceProfileCount', 'InstanceProfilesPerAccount', quota),
    ]);
    const arn = iamArn(call, 'instance-profile', profile.Path, profile.InstanceProfileName);
    return {
      InstanceProfile: {
        ...viewListedInstanceProfile({ entity: profile, arn, key, revision: 1 }, []),
        ...(profile.Tags.length === 0 ? {} : { Tags: viewTags(profile.Tags) }),
      },
    };
  },
};

const getInstanceProfile: Operation<GetInstanceProfileRequest, GetInstanceProfileResponse> = {
  name: 'GetInstanceProfile',
  schema: GetInstanceProfile$,
  accessLevel: 'Read',
  route: 'GET /instance-profiles/{InstanceProfileName}',
  authorization: onInstanceProfile('iam:GetInstanceProfile'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const profile = await requireInstanceProfile(call, input.InstanceProfileName);
    const [view] = await viewInstanceProfiles(call, [profile]);
    return {
      InstanceProfile: view && { ...view, Tags: viewTags(profile.entity.Tags) },
    };
  },
};

const listInstanceProfiles: Operation<ListInstanceProfilesRequest, ListInstanceProfilesResponse> = {
  name: 'ListInstanceProfiles',
  schema: ListInstanceProfiles$,
  accessLevel: 'List',
  route: 'GET /instance-profiles',
  authorization: {
    action: 'iam:ListInstanceProfiles',
    resourceType: 'instance-profile',
    resources: (input, call) => [iamPathArn(call, 'instance-profile', input.PathPrefix ?? '/')],
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const names = namePartition('InstanceProfile', call.accountId);
    const { rows, end } = await takePage(call, input, (after) =>
      queryEntries(call, { ...names, after }, input.MaxItems, (items) =>
        viewInstanceProfilesOf(
          call,
          items.map((item) => readName(item).Id),
          (profile) => profile.Path.startsWith(input.PathPrefix ?? '/'),
        ),
      ),
    );
    return { InstanceProfiles: rows, ...end };
  },
};

const deleteInstanceProfile: Operation<DeleteInstanceProfileRequest, void> = {
  name: 'DeleteInstanceProfile',
  schema: DeleteInstanceProfile$,
  accessLevel: 'Write',
  route: 'DELETE /instance-profiles/{InstanceProfileName}',
  authorization: onInstanceProfile('iam:DeleteInstanceProfile'),
  errors: ['DeleteConflict', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const profile = await requireInstanceProfile(call, input.InstanceProfileName);
    if (profile.entity.RoleId !== undefined) {
      throw deleteConflict('remove roles from instance profile');
    }
    await commit(call, [
      releaseNameStep(call, 'InstanceProfile', nameOf(profile.entity)),
      {
        // A role that is put into it meanwhile changes the revision.
        write: {
          kind: 'delete',
          key: profile.key,
          condition: { exists: true, revision: profile.revision },
        },
      },
      discountStep(call, 'InstanceProfileCount'),
    ]);
  },
};

function nameOf(profile: InstanceProfileRecord): NameRecord {
  return {
    Id: profile.InstanceProfileId,
    Name: profile.InstanceProfileName,
    Path: profile.Path,
  };
}

export const instanceProfileOperations: readonly AnyOperation[] = [
  createInstanceProfile,
  getInstanceProfile,
  listInstanceProfiles,
  deleteInstanceProfile,
];
