import type { Finding } from './finding';

/** Thrown for a policy that cannot be understood; it must never take part in a decision as if it said less. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';

  constructor(
    readonly findings: readonly Finding[],
    /** Whether a Deny could be made out among its statements. */
    readonly denies: boolean,
  ) {
    super(findings.map(({ message }) => message).join('; '));
  }
}
