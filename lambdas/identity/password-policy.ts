import type { PasswordPolicyRecord } from './credential-entities';

/* What a new password must be like. */

/**
 * How many former passwords are kept: as many as any policy may forbid, with the present one.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
export const MAX_FORMER_PASSWORDS = 23;

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html#default-policy-details
 */
const DEFAULT_MINIMUM_LENGTH = 8;
const DEFAULT_MINIMUM_KINDS = 3;

const UPPERCASE = /[A-Z]/;
const LOWERCASE = /[a-z]/;
const NUMBER = /[0-9]/;
const SYMBOL = /[!@#$%^&*()_+\-=[\]{}|']/;

/** What the policy has against a password, in one sentence; undefined where it has nothing. Without a policy AWS's default rules hold. */
export function objectionTo(
  password: string,
  policy: PasswordPolicyRecord | undefined,
): string | undefined {
  if (policy === undefined) {
    return defaultObjectionTo(password);
  }
  if (password.length < policy.MinimumPasswordLength) {
    return tooShort(policy.MinimumPasswordLength);
  }
  const demands: readonly (readonly [boolean, RegExp, string])[] = [
    [policy.RequireUppercaseCharacters, UPPERCASE, 'uppercase letter'],
    [policy.RequireLowercaseCharacters, LOWERCASE, 'lowercase letter'],
    [policy.RequireNumbers, NUMBER, 'number'],
    [policy.RequireSymbols, SYMBOL, 'symbol'],
  ];
  const lacking = demands.find(([isDemanded, pattern]) => isDemanded && !pattern.test(password));
  return lacking === undefined ? undefined : `Password should have at least one ${lacking[2]}`;
}

function defaultObjectionTo(password: string): string | undefined {
  if (password.length < DEFAULT_MINIMUM_LENGTH) {
    return tooShort(DEFAULT_MINIMUM_LENGTH);
  }
  const kinds = [UPPERCASE, LOWERCASE, NUMBER, SYMBOL].filter((kind) => kind.test(password));
  return kinds.length < DEFAULT_MINIMUM_KINDS
    ? `Password should have at least ${DEFAULT_MINIMUM_KINDS} of the following: uppercase letters, lowercase letters, numbers, symbols`
    : undefined;
}

function tooShort(length: number): string {
  return `Password should have a minimum length of ${length}`;
}
