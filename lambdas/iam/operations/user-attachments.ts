import {
  AttachUserPolicy$,
  DetachUserPolicy$,
  ListAttachedUserPolicies$,
  type AttachUserPolicyRequest,
  type DetachUserPolicyRequest,
  type ListAttachedUserPoliciesRequest,
  type ListAttachedUserPoliciesResponse,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { attachPolicy, detachPolicy, listAttachments } from '../policy-attachments';
import { userHolder } from '../policy-holders';
import { onUser, policyArnContext, boundaryContext } from '../targets';

const attachUserPolicy: Operation<AttachUserPolicyRequest, void> = {
  name: 'AttachUserPolicy',
  schema: AttachUserPolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /users/{UserName}/attached-policies/{PolicyArn}',
  authorization: onUser('iam:AttachUserPolicy', {
    conditionKeys: ['iam:PolicyARN', 'iam:PermissionsBoundary'],
    context: async (input, call) => ({
      ...policyArnContext(input),
      ...(await boundaryContext(input, call)),
    }),
  }),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity', 'PolicyNotAttachable'],
  run: async (input, call) => {
    await attachPolicy(call, await userHolder(call, input.UserName), input.PolicyArn);
  },
};

const detachUserPolicy: Operation<DetachUserPolicyRequest, void> = {
  name: 'DetachUserPolicy',
  schema: DetachUserPolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /users/{UserName}/attached-policies/{PolicyArn}',
  authorization: onUser('iam:DetachUserPolicy', {
    conditionKeys: ['iam:PolicyARN', 'iam:PermissionsBoundary'],
    context: async (input, call) => ({
      ...policyArnContext(input),
      ...(await boundaryContext(input, call)),
    }),
  }),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    await detachPolicy(call, await userHolder(call, input.UserName), input.PolicyArn);
  },
};

const listAttachedUserPolicies: Operation<
  ListAttachedUserPoliciesRequest,
  ListAttachedUserPoliciesResponse
> = {
  name: 'ListAttachedUserPolicies',
  schema: ListAttachedUserPolicies$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/attached-policies',
  authorization: onUser('iam:ListAttachedUserPolicies'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => listAttachments(call, await userHolder(call, input.UserName), input),
};

export const userAttachmentOperations: readonly AnyOperation[] = [
  attachUserPolicy,
  detachUserPolicy,
  listAttachedUserPolicies,
];
