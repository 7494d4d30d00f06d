import {
  CreatePolicy$,
  DeletePolicy$,
  GetPolicy$,
  ListPolicies$,
  type CreatePolicyRequest,
  type CreatePolicyResponse,
  type DeletePolicyRequest,
  type GetPolicyRequest,
  type GetPolicyResponse,
  type ListPoliciesRequest,
  type ListPoliciesResponse,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import type { PolicyRecord, PolicyVersionRecord } from '../../identity/entities';
import { toAttributes } from '../../identity/records';
import { requestTagContext } from '../../identity/tags';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePage } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { policyKey, policyVersionKey } from '../../store/keys';
import { countStep, discountStep } from '../account-steps';
import { releaseNameStep, takeNameStep } from '../names';
import { checkPolicyDocument } from '../../operations/policy-documents';
import { listPolicyEntries } from '../policy-lists';
import { checkTagQuota, readTags } from '../requested-tags';
import { requireReadablePolicy } from '../readable-policies';
import { onPolicy, requirePolicy } from '../targets';
import { viewListedPolicy, viewPolicy, viewTags } from '../views';

const createPolicy: Operation<CreatePolicyRequest, CreatePolicyResponse> = {
  name: 'CreatePolicy',
  schema: CreatePolicy$,
  accessLevel: 'Permissions management',
  route: 'POST /policies',
  authorization: {
    action: 'iam:CreatePolicy',
    resourceType: 'policy',
    resources: (input, call) => [iamArn(call, 'policy', input.Path ?? '/', input.PolicyName)],
    resourceName: (input) => `policy ${input.PolicyName}`,
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  },
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'InvalidInput',
    'LimitExceeded',
    'MalformedPolicyDocument',
  ],
  run: async (input, call) => {
    checkPolicyDocument(input.PolicyDocument, 'managed');
    const policy: PolicyRecord = {
      PolicyName: input.PolicyName,
      PolicyId: createUniqueId('ANPA', call.randomBytes),
      AccountId: call.accountId,
      Path: input.Path ?? '/',
      Description: input.Description,
      CreateDate: call.now,
      UpdateDate: call.now,
      Tags: readTags(input.Tags),
      DefaultVersion: 1,
      DefaultDocument: input.PolicyDocument,
      LatestVersion: 1,
      VersionCount: 1,
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
    };
    checkTagQuota(policy.Tags, 'TagsPerPolicy', call.quotas.TagsPerPolicy);
    const version: PolicyVersionRecord = {
      Version: 1,
      Document: input.PolicyDocument,
      CreateDate: call.now,
    };
    const { PolicyId: id, PolicyName: name, Path: path } = policy;
    const key = policyKey(call.accountId, id);
    const taken = new IamError(
      'EntityAlreadyExists',
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    );
    await commit(call, [
      takeNameStep(call, 'Policy', { Id: id, Name: name, Path: path }, taken),
      {
        write: {
          kind: 'put',
          key,
          attributes: toAttributes(policy),
          condition: { exists: false },
        },
      },
      {
        write: {
          kind: 'put',
          key: policyVersionKey(call.accountId, id, 1),
          attributes: toAttributes(version),
          condition: { exists: false },
        },
      },
      countStep(call, 'PolicyCount', 'PoliciesPerAccount', call.quotas.PoliciesPerAccount),
    ]);
    const arn = iamArn(call, 'policy', path, name);
    return {
      Policy: {
        ...viewListedPolicy({ entity: policy, arn, key, revision: 1 }),
        ...(policy.Tags.length === 0 ? {} : { Tags: viewTags(policy.Tags) }),
      },
    };
  },
};

const getPolicy: Operation<GetPolicyRequest, GetPolicyResponse> = {
  name: 'GetPolicy',
  schema: GetPolicy$,
  accessLevel: 'Read',
  route: 'GET /policies/{PolicyArn}',
  authorization: onPolicy('iam:GetPolicy'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => ({
    Policy: viewPolicy(await requireReadablePolicy(call, input.PolicyArn)),
  }),
};

const listPolicies: Operation<ListPoliciesRequest, ListPoliciesResponse> = {
  name: 'ListPolicies',
  schema: ListPolicies$,
  accessLevel: 'List',
  route: 'GET /policies',
  authorization: {
    action: 'iam:ListPolicies',
    resourceType: 'policy',
    resources: (input, call) => [iamPathArn(call, 'policy', input.PathPrefix ?? '/')],
    resourceName: (input) => `policy path ${input.PathPrefix ?? '/'}`,
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const { rows, end } = await takePage(call, input, (after) =>
      listPolicyEntries(call, input, after),
    );
    return { Policies: rows.map(viewListedPolicy), ...end };
  },
};

const deletePolicy: Operation<DeletePolicyRequest, void> = {
  name: 'DeletePolicy',
  schema: DeletePolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /policies/{PolicyArn}',
  authorization: onPolicy('iam:DeletePolicy'),
  errors: ['DeleteConflict', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requirePolicy(call, input.PolicyArn);
    const { PolicyId: id, PolicyName: name, DefaultVersion: version } = policy.entity;
    refuseWhileUsed(policy.entity);
    await commit(call, [
      releaseNameStep(call, 'Policy', { Id: id, Name: name }),
      {
        write: {
          kind: 'delete',
          key: policy.key,
          condition: { exists: true, revision: policy.revision },
        },
      },
      {
        write: {
          kind: 'delete',
          key: policyVersionKey(call.accountId, id, version),
          condition: { exists: true },
        },
      },
      discountStep(call, 'PolicyCount'),
    ]);
  },
};

function refuseWhileUsed(policy: PolicyRecord): void {
  if (policy.AttachmentCount > 0 || policy.PermissionsBoundaryUsageCount > 0) {
    throw new IamError('DeleteConflict', 'Cannot delete a policy attached to entities.');
  }
  if (policy.VersionCount > 1) {
    throw new IamError(
      'DeleteConflict',
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
}

export const policyOperations: readonly AnyOperation[] = [
  createPolicy,
  getPolicy,
  listPolicies,
  deletePolicy,
];
