import type { PatternProblem } from './action-pattern';
import { splitArnPattern } from './arn';
import { parseTemplate } from './variables';

/**
 * What keeps a Resource or NotResource from being understood at all; undefined where it is `*` or an ARN of six parts.
 * What AWS refuses besides, when a policy is saved, is in `validate-resource.ts`.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function findResourceProblem(text: string, variables: boolean): PatternProblem | undefined {
  if (text === '*') return undefined;
  if (!text.includes(':')) return notAnArn(text);
  const parts = splitArnPattern(text, variables);
  if (parts === undefined) {
    return { code: 'INVALID_RESOURCE', message: 'The policy failed legacy parsing' };
  }
  if (parts[0] !== 'arn') return notAnArn(text);
  if (variables && parseTemplate(parts[5] ?? '') === undefined) {
    return { code: 'INVALID_VARIABLE', message: `Resource ${text} has an invalid policy variable` };
  }
  return undefined;
}

function notAnArn(text: string): PatternProblem {
  return { code: 'INVALID_RESOURCE', message: `Resource ${text} must be in ARN format or "*".` };
}
