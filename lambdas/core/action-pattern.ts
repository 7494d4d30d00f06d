import { compilePieces, cutPattern } from './glob';
import { foldCase } from './letter-case';

/** A problem that AWS names in its own words. */
export interface PatternProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * What AWS refuses in an Action or NotAction; undefined where it is well formed.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function findActionProblem(text: string): PatternProblem | undefined {
  if (text === '*') return undefined;
  const colon = text.indexOf(':');
  if (colon < 0) {
    return {
      code: 'INVALID_ACTION',
      message: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    };
  }
  if (text.includes(':', colon + 1)) {
    return {
      code: 'INVALID_ACTION',
      message: 'Actions/Condition can contain only one colon.',
    };
  }
  const vendor = text.slice(0, colon);
  if (vendor !== '*' && (vendor === '' || /[^a-zA-Z0-9\-.]/.test(vendor))) {
    return { code: 'INVALID_ACTION', message: `Vendor ${vendor} is not valid` };
  }
  return undefined;
}

/** Whether an action matches; it is given in lower case. */
export type ActionTest = (folded: string) => boolean;

/** Compiles the actions of one statement; case does not count. */
export function compileActions(patterns: readonly string[]): ActionTest {
  const exact = new Set<string>();
  const tests: ((value: string, from: number) => boolean)[] = [];
  for (const pattern of patterns) {
    const folded = foldCase(pattern);
    if (folded.includes('*') || folded.includes('?')) tests.push(compileOne(folded));
    else exact.add(folded);
  }
  return (folded) => exact.has(folded) || tests.some((test) => test(folded, 0));
}

function compileOne(folded: string): (value: string, from: number) => boolean {
  return compilePieces(cutPattern(folded));
}
