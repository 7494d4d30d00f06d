import { AWS_ACCOUNT_ID } from '../../identity/aws-managed-policies';
import {
  CreatePolicyVersion$,
  DeletePolicyVersion$,
  GetPolicyVersion$,
  ListPolicyVersions$,
  SetDefaultPolicyVersion$,
  type CreatePolicyVersionRequest,
  type CreatePolicyVersionResponse,
  type DeletePolicyVersionRequest,
  type GetPolicyVersionRequest,
  type GetPolicyVersionResponse,
  type ListPolicyVersionsRequest,
  type ListPolicyVersionsResponse,
  type SetDefaultPolicyVersionRequest,
} from '@aws-sdk/client-iam';
import type { PolicyRecord, PolicyVersionRecord } from '../../identity/entities';
import type { Found } from '../../identity/lookup';
import { readPolicyVersion, toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { policyVersionKey } from '../../store/keys';
import { checkPolicyDocument } from '../../operations/policy-documents';
import { readPolicyVersions, requireReadablePolicy } from '../readable-policies';
import { onPolicy, requirePolicy } from '../targets';
import { versionNumber, viewListedVersion } from '../views';

const createPolicyVersion: Operation<CreatePolicyVersionRequest, CreatePolicyVersionResponse> = {
  name: 'CreatePolicyVersion',
  schema: CreatePolicyVersion$,
  accessLevel: 'Permissions management',
  route: 'POST /policies/{PolicyArn}/versions',
  authorization: onPolicy('iam:CreatePolicyVersion'),
  errors: ['InvalidInput', 'LimitExceeded', 'MalformedPolicyDocument', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requirePolicy(call, input.PolicyArn);
    checkPolicyDocument(input.PolicyDocument, 'managed');
    refuseAnotherVersion(policy.entity, call.quotas.VersionsPerPolicy);
    const version: PolicyVersionRecord = {
      Version: policy.entity.LatestVersion + 1,
      Document: input.PolicyDocument,
      CreateDate: call.now,
    };
    const isDefault = input.SetAsDefault === true;
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: policyVersionKey(call.accountId, policy.entity.PolicyId, version.Version),
          attributes: toAttributes(version),
          condition: { exists: false },
        },
      },
      {
        write: {
          kind: 'update',
          key: policy.key,
          set: {
            LatestVersion: version.Version,
            UpdateDate: call.now,
            ...(isDefault ? defaultMembers(version) : {}),
          },
          add: { VersionCount: 1 },
          condition: { exists: true, revision: policy.revision },
        },
      },
    ]);
    const defaultVersion = isDefault ? version.Version : policy.entity.DefaultVersion;
    return { PolicyVersion: viewListedVersion(version, defaultVersion) };
  },
};

function refuseAnotherVersion(policy: PolicyRecord, quota: number): void {
  if (policy.VersionCount >= quota) {
    throw new IamError(
      'LimitExceeded',
      `A managed policy can have up to ${quota} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
}

/** A decision reads the default version's text from the policy's own row. */
function defaultMembers(
  version: PolicyVersionRecord,
): Pick<PolicyRecord, 'DefaultVersion' | 'DefaultDocument'> {
  return { DefaultVersion: version.Version, DefaultDocument: version.Document };
}

const getPolicyVersion: Operation<GetPolicyVersionRequest, GetPolicyVersionResponse> = {
  name: 'GetPolicyVersion',
  schema: GetPolicyVersion$,
  accessLevel: 'Read',
  route: 'GET /policies/{PolicyArn}/versions/{VersionId}',
  authorization: onPolicy('iam:GetPolicyVersion'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requireReadablePolicy(call, input.PolicyArn);
    const version = await requireVersion(call, policy, input.VersionId);
    return {
      PolicyVersion: {
        ...viewListedVersion(version, policy.entity.DefaultVersion),
        Document: version.Document,
      },
    };
  },
};

/** Where a version comes in a list: the newest first. */
function positionOf({ Version }: PolicyVersionRecord): string {
  return String(Number.MAX_SAFE_INTEGER - Version);
}

const listPolicyVersions: Operation<ListPolicyVersionsRequest, ListPolicyVersionsResponse> = {
  name: 'ListPolicyVersions',
  schema: ListPolicyVersions$,
  accessLevel: 'List',
  route: 'GET /policies/{PolicyArn}/versions',
  authorization: onPolicy('iam:ListPolicyVersions'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requireReadablePolicy(call, input.PolicyArn);
    const versions =
      policy.entity.AccountId === AWS_ACCOUNT_ID
        ? [onlyVersion(policy.entity)]
        : await readPolicyVersions(call, policy.entity.PolicyId);
    const { rows, end } = await takePageOf(call, input, versions, positionOf);
    const { DefaultVersion: defaultVersion } = policy.entity;
    return { Versions: rows.map((row) => viewListedVersion(row, defaultVersion)), ...end };
  },
};

const deletePolicyVersion: Operation<DeletePolicyVersionRequest, void> = {
  name: 'DeletePolicyVersion',
  schema: DeletePolicyVersion$,
  accessLevel: 'Permissions management',
  route: 'DELETE /policies/{PolicyArn}/versions/{VersionId}',
  authorization: onPolicy('iam:DeletePolicyVersion'),
  errors: ['DeleteConflict', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requirePolicy(call, input.PolicyArn);
    const version = await requireVersion(call, policy, input.VersionId);
    if (version.Version === policy.entity.DefaultVersion) {
      throw new IamError('DeleteConflict', 'Cannot delete the default version of a policy.');
    }
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: policyVersionKey(call.accountId, policy.entity.PolicyId, version.Version),
          condition: { exists: true },
        },
      },
      {
        // The revision: nobody makes this version the default one meanwhile.
        write: {
          kind: 'update',
          key: policy.key,
          set: { UpdateDate: call.now },
          add: { VersionCount: -1 },
          condition: { exists: true, revision: policy.revision },
        },
      },
    ]);
  },
};

const setDefaultPolicyVersion: Operation<SetDefaultPolicyVersionRequest, void> = {
  name: 'SetDefaultPolicyVersion',
  schema: SetDefaultPolicyVersion$,
  accessLevel: 'Permissions management',
  route: 'PUT /policies/{PolicyArn}/default-version',
  authorization: onPolicy('iam:SetDefaultPolicyVersion'),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requirePolicy(call, input.PolicyArn);
    const version = await requireVersion(call, policy, input.VersionId);
    await commit(call, [
      {
        write: {
          kind: 'check',
          key: policyVersionKey(call.accountId, policy.entity.PolicyId, version.Version),
          condition: { exists: true },
        },
      },
      {
        write: {
          kind: 'update',
          key: policy.key,
          set: { ...defaultMembers(version), UpdateDate: call.now },
          condition: { exists: true, revision: policy.revision },
        },
      },
    ]);
  },
};

/** Errors: NoSuchEntity in AWS's words. */
async function requireVersion(
  call: Call,
  policy: Found<PolicyRecord>,
  id: string,
): Promise<PolicyVersionRecord> {
  const version = await findVersion(call, policy.entity, versionNumber(id));
  if (version === undefined) {
    throw new IamError(
      'NoSuchEntity',
      `Policy ${policy.arn} version ${id} does not exist or is not attachable.`,
    );
  }
  return version;
}

async function findVersion(
  call: Call,
  policy: PolicyRecord,
  number: number | undefined,
): Promise<PolicyVersionRecord | undefined> {
  if (number === undefined) {
    return undefined;
  }
  if (policy.AccountId === AWS_ACCOUNT_ID) {
    return number === policy.DefaultVersion ? onlyVersion(policy) : undefined;
  }
  const key = policyVersionKey(call.accountId, policy.PolicyId, number);
  const item = await call.store.get(key, { consistent: true });
  return item === undefined ? undefined : readPolicyVersion(item);
}

/** A policy that AWS manages has one version. */
function onlyVersion(policy: PolicyRecord): PolicyVersionRecord {
  return {
    Version: policy.DefaultVersion,
    Document: policy.DefaultDocument,
    CreateDate: policy.CreateDate,
  };
}

export const policyVersionOperations: readonly AnyOperation[] = [
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  deletePolicyVersion,
  setDefaultPolicyVersion,
];
