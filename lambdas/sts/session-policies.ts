import { AWS_ACCOUNT_ID } from '../identity/aws-managed-policies';
import { deflateRawSync } from 'node:zlib';
import type {
  SessionPolicies,
  SessionPolicyReference,
  SessionTag,
} from '../credentials/session-claims';
import { findAwsManagedPolicy, findPolicy } from '../identity/lookup';
import { keepManagedPolicy } from '../identity/managed-policy-rows';
import { commit } from '../operations/commit';
import type { UnsignedCall } from '../operations/operation';
import { checkPolicyDocument } from '../operations/policy-documents';
import { IamError } from '../protocol/errors';

/*
 * The policies that a new session is asked with.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */

export interface AskedPolicies {
  /** Inline, as text. */
  readonly policy: string | undefined;
  readonly policyArns: readonly { readonly arn?: string | undefined }[] | undefined;
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length */
const MAX_INLINE_CHARACTERS = 2048;
const MAX_MANAGED_POLICIES = 10;

/** What policies and tags may take once they are packed, so that the token has room in a request's headers. */
const MAX_PACKED_BYTES = 3072;

/**
 * The session policies as claims keep them; undefined where none was asked for. `call.accountId` is the session's account.
 *
 * Errors: MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError.
 */
export async function readSessionPolicies(
  call: UnsignedCall,
  { policy, policyArns }: AskedPolicies,
): Promise<SessionPolicies | undefined> {
  if (policy === undefined && (policyArns ?? []).length === 0) {
    return undefined;
  }
  if (policy !== undefined) {
    checkInline(policy);
  }
  const arns = [...new Set((policyArns ?? []).map(({ arn }) => arn))];
  if (arns.length > MAX_MANAGED_POLICIES) {
    throw new IamError(
      'ValidationError',
      `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${MAX_MANAGED_POLICIES}`,
    );
  }
  const managed = await Promise.all(arns.map((arn) => requirePolicy(call, arn)));
  return { ...(policy === undefined ? {} : { inline: policy }), managed };
}

function checkInline(policy: string): void {
  if (policy.length > MAX_INLINE_CHARACTERS) {
    throw policyTooLarge(Math.ceil((policy.length / MAX_INLINE_CHARACTERS) * 100));
  }
  checkPolicyDocument(policy, 'session');
}

/** Only policies of the session's own account, and those that AWS manages. */
async function requirePolicy(
  call: UnsignedCall,
  policyArn: string | undefined,
): Promise<SessionPolicyReference> {
  const aws = policyArn === undefined ? undefined : findAwsManagedPolicy(call, policyArn);
  if (policyArn !== undefined && aws !== undefined) {
    // Once in a deployment's life: decisions read policies from rows alone.
    const kept = await keepManagedPolicy(call.store, aws);
    if (kept.length > 0) {
      await commit(
        call,
        kept.map((write) => ({ write })),
      );
    }
    return { AccountId: AWS_ACCOUNT_ID, PolicyId: aws.PolicyId, PolicyArn: policyArn };
  }
  const policy = policyArn === undefined ? undefined : await findPolicy(call, policyArn);
  if (policy === undefined) {
    throw new IamError(
      'ValidationError',
      `The session policy ${policyArn ?? 'without an ARN'} does not exist.`,
    );
  }
  const { AccountId, PolicyId } = policy.entity;
  return { AccountId, PolicyId, PolicyArn: policy.arn };
}

/**
 * Whole percent of the space that a session has for policies and tags, 0 for none of them.
 *
 * Errors: PackedPolicyTooLarge beyond 100.
 */
export function measurePacked(
  policies: SessionPolicies | undefined,
  tags: readonly SessionTag[],
): number {
  if (policies === undefined && tags.length === 0) {
    return 0;
  }
  const packed = deflateRawSync(
    JSON.stringify([policies, tags.map(({ Key, Value }) => [Key, Value])]),
  );
  const percent = Math.ceil((packed.byteLength / MAX_PACKED_BYTES) * 100);
  if (percent > 100) {
    throw policies === undefined ? tagsTooLarge(percent) : policyTooLarge(percent);
  }
  return percent;
}

const policyTooLarge = (percent: number): IamError =>
  new IamError(
    'PackedPolicyTooLarge',
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );

export const tagsTooLarge = (percent: number): IamError =>
  new IamError(
    'PackedPolicyTooLarge',
    `Packed size of session tags consumes ${percent}% of allotted space.`,
  );
