import {
  GetAccountSummary$,
  type GetAccountSummaryResponse,
  type SummaryKeyType,
} from '@aws-sdk/client-iam';
import { POLICY_SIZES } from '../../core/policy-size';
import type { AccountRecord } from '../../identity/entities';
import type { Quotas } from '../../identity/quotas';
import { readName, readPolicy } from '../../identity/records';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { loginProfileKey, namePartition, policyKey } from '../../store/keys';
import { onAccount, readCallersAccount } from '../accounts';

type Summary = Partial<Record<SummaryKeyType, number>>;

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const POLICY_VERSIONS_IN_USE_QUOTA = 10_000;

const getAccountSummary: Operation<object, GetAccountSummaryResponse> = {
  name: 'GetAccountSummary',
  schema: GetAccountSummary$,
  accessLevel: 'List',
  route: 'GET /account/summary',
  authorization: onAccount('iam:GetAccountSummary'),
  errors: [],
  run: async (_input, call) => {
    const { entity: account } = await readCallersAccount(call);
    const password = loginProfileKey(call.accountId, call.accountId);
    const [versions, loginProfile] = await Promise.all([
      countPolicyVersions(call),
      call.store.get(password, { consistent: true }),
    ]);
    return {
      SummaryMap: {
        ...countsOf(account),
        ...quotasOf(call.quotas),
        PolicyVersionsInUse: versions,
        AccountPasswordPresent: loginProfile === undefined ? 0 : 1,
      },
    };
  },
};

function countsOf(account: AccountRecord): Summary {
  const present = (count: number | undefined): number => ((count ?? 0) > 0 ? 1 : 0);
  return {
    Users: account.UserCount,
    Groups: account.GroupCount,
    Roles: account.RoleCount ?? 0,
    InstanceProfiles: account.InstanceProfileCount ?? 0,
    Policies: account.PolicyCount,
    ServerCertificates: account.ServerCertificateCount ?? 0,
    Providers: (account.SAMLProviderCount ?? 0) + (account.OpenIDConnectProviderCount ?? 0),
    MFADevices: account.VirtualMFADeviceCount ?? 0,
    MFADevicesInUse: account.VirtualMFADeviceInUseCount ?? 0,
    AccountAccessKeysPresent: present(account.AccessKeyCount),
    AccountMFAEnabled: present(account.MFADeviceCount),
    AccountSigningCertificatesPresent: present(account.SigningCertificateCount),
    GlobalEndpointTokenVersion: account.GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1,
  };
}

function quotasOf(quotas: Quotas): Summary {
  return {
    UsersQuota: quotas.UsersPerAccount,
    GroupsQuota: quotas.GroupsPerAccount,
    RolesQuota: quotas.RolesPerAccount,
    InstanceProfilesQuota: quotas.InstanceProfilesPerAccount,
    PoliciesQuota: quotas.PoliciesPerAccount,
    ServerCertificatesQuota: quotas.ServerCertificatesPerAccount,
    GroupsPerUserQuota: quotas.GroupsPerUser,
    AccessKeysPerUserQuota: quotas.AccessKeysPerUser,
    SigningCertificatesPerUserQuota: quotas.SigningCertificatesPerUser,
    AttachedPoliciesPerUserQuota: quotas.PoliciesPerUser,
    AttachedPoliciesPerGroupQuota: quotas.PoliciesPerGroup,
    AttachedPoliciesPerRoleQuota: quotas.PoliciesPerRole,
    VersionsPerPolicyQuota: quotas.VersionsPerPolicy,
    UserPolicySizeQuota: quotas.UserPolicySize,
    GroupPolicySizeQuota: quotas.GroupPolicySize,
    RolePolicySizeQuota: quotas.RolePolicySize,
    PolicySizeQuota: POLICY_SIZES.managed?.maximum,
    AssumeRolePolicySizeQuota: POLICY_SIZES.trust?.maximum,
    PolicyVersionsInUseQuota: POLICY_VERSIONS_IN_USE_QUOTA,
  };
}

/** Of the account's own policies. */
async function countPolicyVersions(call: Call): Promise<number> {
  const { table, partition } = namePartition('Policy', call.accountId);
  let count = 0;
  let after: string | undefined;
  do {
    const page = await call.store.query(table, partition, {
      consistent: true,
      ...(after === undefined ? {} : { after }),
    });
    const items = await call.store.getMany(
      page.items.map((item) => policyKey(call.accountId, readName(item).Id)),
      { consistent: true },
    );
    for (const item of items) count += item === undefined ? 0 : readPolicy(item).VersionCount;
    after = page.next;
  } while (after !== undefined);
  return count;
}

export const accountSummaryOperations: readonly AnyOperation[] = [getAccountSummary];
