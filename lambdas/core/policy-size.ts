import type { PolicyKind } from './document';
import type { FindingCollector } from './findings';

/**
 * The quotas of AWS on a single document; inline policies of users, groups and roles are counted together, by whoever knows the others.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
export const POLICY_SIZES: Readonly<Partial<Record<PolicyKind, PolicySizeQuota>>> = {
  managed: {
    maximum: 6144,
    counted: 'withoutWhiteSpace',
    message: 'Cannot exceed quota for PolicySize: 6144',
  },
  trust: {
    maximum: 2048,
    counted: 'withoutWhiteSpace',
    message: 'Cannot exceed quota for ACLSizePerRole: 2048',
  },
  session: {
    maximum: 2048,
    counted: 'all',
    message:
      "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
  },
  scp: {
    maximum: 5120,
    counted: 'all',
    message: 'You have exceeded the maximum policy size of 5120 characters.',
  },
  rcp: {
    maximum: 5120,
    counted: 'all',
    message: 'You have exceeded the maximum policy size of 5120 characters.',
  },
};

interface PolicySizeQuota {
  readonly maximum: number;
  readonly counted: 'all' | 'withoutWhiteSpace';
  readonly message: string;
}

/** The code of a finding about a quota: the answer is LimitExceeded then, not MalformedPolicyDocument. */
export const POLICY_SIZE_CODE = 'POLICY_SIZE';

/** Characters as AWS counts them for managed, inline and trust policies: without white space. */
export function countPolicyCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) count += 1;
  }
  return count;
}

export function checkPolicySize(text: string, kind: PolicyKind, collector: FindingCollector): void {
  const quota = POLICY_SIZES[kind];
  if (quota !== undefined && text.length > quota.maximum) {
    const size = quota.counted === 'all' ? text.length : countPolicyCharacters(text);
    if (size > quota.maximum) {
      const { message } = quota;
      collector.report({ code: POLICY_SIZE_CODE, path: [], message, severity: 'error' }, 0);
    }
  }
  const foreign = findForeignCharacter(text);
  if (foreign >= 0) {
    const message = 'a policy has characters from U+0020 to U+00FF, tabs and line ends only';
    const finding = { code: 'INVALID_CHARACTER', path: [], message, severity: 'error' } as const;
    collector.report({ ...finding, awsMessage: 'Syntax errors in policy.' }, foreign);
  }
}

function findForeignCharacter(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const isControl = code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d;
    if (isControl || code > 0xff) return index;
  }
  return -1;
}
