import type { PolicyIdentifier } from '@aws-sdk/client-iam';
import { compilePieces, cutPattern } from '../core/glob';
import type { Checked } from '../operations/operation';
import { IamError } from '../protocol/errors';
import type { SourcePolicies, SourcePolicy } from './source-policies';

type Exclusion = (policy: SourcePolicy, isBoundary: boolean) => boolean;

/**
 * An entity's policies without those that a simulation is to leave out. An identifier that matches nothing is no error.
 *
 * Errors: InvalidInput for an identifier that identifies nothing at all.
 */
export function excludePolicies(
  { identity, boundary }: SourcePolicies,
  identifiers: readonly Checked<PolicyIdentifier>[],
): SourcePolicies {
  const exclusions = identifiers.map(readExclusion);
  const stays = (policy: SourcePolicy, isBoundary: boolean): boolean =>
    !exclusions.some((excludes) => excludes(policy, isBoundary));
  return {
    identity: identity.filter((policy) => stays(policy, false)),
    boundary: boundary !== undefined && stays(boundary, true) ? boundary : undefined,
  };
}

function readExclusion(identifier: Checked<PolicyIdentifier>): Exclusion {
  const { PolicyType: type, PolicyArn: arn, InlinePolicyIdentifier: inline } = identifier;
  if (type !== undefined) {
    // Organizations' policies (`scp`, `rcp`) hang under no entity of ours.
    return (policy, isBoundary) =>
      isBoundary ? type === 'permission-boundary' : policy.kind === type;
  }
  if (arn !== undefined) {
    const matches = readPattern(arn);
    return (policy, isBoundary) => !isBoundary && policy.arn !== undefined && matches(policy.arn);
  }
  if (inline !== undefined) {
    const { PolicyName: policyName, AttachmentType: kind } = inline;
    const matchesOwner = readPattern(inline.AttachmentName);
    return (policy, isBoundary) =>
      !isBoundary &&
      policy.kind === 'inline' &&
      policy.name === policyName &&
      policy.owner.kind.toLowerCase() === kind &&
      matchesOwner(policy.owner.name);
  }
  throw new IamError('InvalidInput', 'A policy identifier must identify a policy.');
}

/** At most one `*`, and any number of `?`. */
function readPattern(pattern: string): (text: string) => boolean {
  if (pattern.split('*').length > 2 || /^[*?]*$/.test(pattern)) {
    throw new IamError('InvalidInput', `The policy identifier ${pattern} is not valid.`);
  }
  const test = compilePieces(cutPattern(pattern));
  return (text) => test(text, 0);
}
