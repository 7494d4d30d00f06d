import {
  AttachGroupPolicy$,
  DetachGroupPolicy$,
  ListAttachedGroupPolicies$,
  type AttachGroupPolicyRequest,
  type DetachGroupPolicyRequest,
  type ListAttachedGroupPoliciesRequest,
  type ListAttachedGroupPoliciesResponse,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { attachPolicy, detachPolicy, listAttachments } from '../policy-attachments';
import { groupHolder } from '../policy-holders';
import { onGroup, policyArnContext } from '../targets';

const attachGroupPolicy: Operation<AttachGroupPolicyRequest, void> = {
  name: 'AttachGroupPolicy',
  schema: AttachGroupPolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /groups/{GroupName}/attached-policies/{PolicyArn}',
  authorization: onGroup<AttachGroupPolicyRequest>('iam:AttachGroupPolicy', {
    conditionKeys: ['iam:PolicyARN'],
    context: policyArnContext,
  }),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity', 'PolicyNotAttachable'],
  run: async (input, call) => {
    await attachPolicy(call, await groupHolder(call, input.GroupName), input.PolicyArn);
  },
};

const detachGroupPolicy: Operation<DetachGroupPolicyRequest, void> = {
  name: 'DetachGroupPolicy',
  schema: DetachGroupPolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /groups/{GroupName}/attached-policies/{PolicyArn}',
  authorization: onGroup<DetachGroupPolicyRequest>('iam:DetachGroupPolicy', {
    conditionKeys: ['iam:PolicyARN'],
    context: policyArnContext,
  }),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    await detachPolicy(call, await groupHolder(call, input.GroupName), input.PolicyArn);
  },
};

const listAttachedGroupPolicies: Operation<
  ListAttachedGroupPoliciesRequest,
  ListAttachedGroupPoliciesResponse
> = {
  name: 'ListAttachedGroupPolicies',
  schema: ListAttachedGroupPolicies$,
  accessLevel: 'List',
  route: 'GET /groups/{GroupName}/attached-policies',
  authorization: onGroup('iam:ListAttachedGroupPolicies'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) =>
    listAttachments(call, await groupHolder(call, input.GroupName), input),
};

export const groupAttachmentOperations: readonly AnyOperation[] = [
  attachGroupPolicy,
  detachGroupPolicy,
  listAttachedGroupPolicies,
];
