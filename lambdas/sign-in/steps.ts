import { createUnfittingHash } from '../credentials/password-hash';
import type {
  LoginProfileRecord,
  OwnedMfaDeviceRecord,
  PasswordPolicyRecord,
} from '../identity/credential-entities';
import { readLoginProfile } from '../identity/credential-records';
import { listMfaDevices } from '../identity/mfa-codes';
import { findPasswordPolicy } from '../identity/new-passwords';
import {
  countPasswordAttempt,
  forgetMfaAttempts,
  forgetPasswordAttempts,
} from '../identity/password-attempts';
import type { SignInOwner } from '../identity/sign-in-sessions';
import { loginProfileKey } from '../store/keys';
import type { Write } from '../store/store';
import type { TokenOwner } from '../credentials/sign-in-tokens';
import type { SignInCall } from './call';
import { answerChallenge, createChallenge, openChallenge } from './challenges';
import { authenticationFailed, commitProof, passwordExpired, temporarilyLocked } from './errors';
import { proveFactor, type FactorProof } from './factors';
import { findCandidate, type Claimed } from './owners';
import { createAssertionOptions } from './passkeys';
import { startSession, type SessionAnswer } from './sessions';

/** What is left to do, or what has been reached. */
export type StepAnswer =
  { readonly Session: SessionAnswer } | { readonly Challenge: ChallengeAnswer };

export interface ChallengeAnswer {
  readonly Step: 'MultiFactor' | 'NewPassword';
  readonly ChallengeToken: string;
  readonly Expiration: string;
  /** With which of its devices somebody can do the step MultiFactor. */
  readonly Factors?: readonly ('Code' | 'Passkey')[];
  /** For `navigator.credentials.get`. */
  readonly PasskeyOptions?: object;
}

/** A login profile with the rules that hold for it. */
export interface Profile {
  readonly profile: LoginProfileRecord;
  readonly revision: number;
  /** The account's; AWS has none for root. */
  readonly policy: PasswordPolicyRecord | undefined;
}

const MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000;

/** Undefined for whoever has no password. Errors: StoreUnavailable. */
export async function loadProfile(
  call: SignInCall,
  { kind, accountId, ownerId }: TokenOwner,
): Promise<Profile | undefined> {
  const [item, policy] = await Promise.all([
    call.store.get(loginProfileKey(accountId, ownerId), { consistent: true }),
    findPasswordPolicy(call.store, accountId),
  ]);
  return item === undefined
    ? undefined
    : {
        profile: readLoginProfile(item),
        revision: item.revision,
        policy: kind === 'Root' ? undefined : policy,
      };
}

/**
 * The first step: account, name and password, and the code of an MFA device at once where the caller has it.
 *
 * The attempt is counted before the password is looked at; for a name that is nobody's the work and the answer are the same.
 *
 * Errors: AuthenticationFailed, TemporarilyLocked, PasswordExpired, StoreUnavailable.
 */
export async function signIn(
  call: SignInCall,
  asked: Claimed & { readonly password: string; readonly code: string | undefined },
): Promise<StepAnswer> {
  const candidate = await findCandidate(call, asked);
  const { accountId, ownerId, owner } = candidate;
  if (!(await countPasswordAttempt(call.store, candidate, call))) {
    call.note({ event: 'Locked', accountId, ownerId });
    throw temporarilyLocked();
  }
  const [profile, devices] = await Promise.all([
    loadProfile(call, candidate),
    listMfaDevices(call.store, candidate),
  ]);
  const hash = profile?.profile.Password ?? createUnfittingHash(call.randomBytes);
  const isRight = await call.isPassword(asked.password, hash);
  if (!isRight || profile === undefined || owner === undefined) {
    call.note({ event: 'WrongPassword', accountId, ownerId });
    throw authenticationFailed();
  }
  const forgotten = forgetPasswordAttempts(candidate);
  const needsFactor = owner.mfaDeviceCount > 0 || devices.length > 0;
  if (!needsFactor && asked.code === undefined) {
    return afterFactors(call, owner, profile, { multiFactorDate: undefined, writes: [forgotten] });
  }
  if (asked.code === undefined) {
    await commitProof(call, [forgotten]);
    return { Challenge: await askForFactor(call, owner, devices) };
  }
  const writes = await proveFactor(call, owner, devices, { code: asked.code });
  return afterFactors(call, owner, profile, {
    multiFactorDate: call.now,
    writes: [...writes, forgotten, forgetMfaAttempts(owner)],
  });
}

async function askForFactor(
  call: SignInCall,
  owner: SignInOwner,
  devices: readonly OwnedMfaDeviceRecord[],
): Promise<ChallengeAnswer> {
  const options = await createAssertionOptions(call, devices);
  const { token, expirationDate } = await createChallenge(call, owner, {
    step: 'MultiFactor',
    generation: owner.generation,
    ...(options === undefined ? {} : { passkeyChallenge: options.challenge }),
  });
  const hasCodes = devices.some(({ Passkey }) => Passkey === undefined);
  return {
    Step: 'MultiFactor',
    ChallengeToken: token,
    Expiration: new Date(expirationDate).toISOString(),
    Factors: [
      ...(hasCodes ? (['Code'] as const) : []),
      ...(options === undefined ? [] : (['Passkey'] as const)),
    ],
    ...(options === undefined ? {} : { PasskeyOptions: options }),
  };
}

/**
 * The second step: a code, or a passkey's answer to the challenge.
 *
 * Errors: AuthenticationFailed, TemporarilyLocked, PasswordExpired, StoreUnavailable.
 */
export async function answerMultiFactor(
  call: SignInCall,
  challengeToken: string,
  proof: FactorProof,
): Promise<StepAnswer> {
  const { claims, owner } = await openChallenge(call, challengeToken, 'MultiFactor');
  const [profile, devices] = await Promise.all([
    loadProfile(call, owner),
    listMfaDevices(call.store, owner),
  ]);
  if (profile === undefined) {
    throw authenticationFailed();
  }
  const writes = await proveFactor(call, owner, devices, {
    ...proof,
    passkeyChallenge: claims.passkeyChallenge,
  });
  return afterFactors(call, owner, profile, {
    multiFactorDate: call.now,
    writes: [...writes, answerChallenge(claims), forgetMfaAttempts(owner)],
  });
}

/** Everything has been proven; what remains is whether the password may still be used. */
async function afterFactors(
  call: SignInCall,
  owner: SignInOwner,
  profile: Profile,
  proven: { readonly multiFactorDate: number | undefined; readonly writes: readonly Write[] },
): Promise<StepAnswer> {
  const { generation } = owner;
  const expiry = expiryOf(profile, call.now);
  if (expiry === 'hard') {
    await commitProof(call, proven.writes);
    throw passwordExpired();
  }
  if (expiry === undefined && !profile.profile.PasswordResetRequired) {
    return { Session: await startSession(call, { owner, generation, ...proven }) };
  }
  await commitProof(call, proven.writes);
  const { token, expirationDate } = await createChallenge(call, owner, {
    step: 'NewPassword',
    generation,
    ...(proven.multiFactorDate === undefined ? {} : { multiFactorDate: proven.multiFactorDate }),
  });
  return {
    Challenge: {
      Step: 'NewPassword',
      ChallengeToken: token,
      Expiration: new Date(expirationDate).toISOString(),
    },
  };
}

/** `hard`: only an administrator gives a new password; `soft`: its owner may, and must. */
export function expiryOf({ profile, policy }: Profile, now: number): 'hard' | 'soft' | undefined {
  if (policy?.MaxPasswordAge === undefined) {
    return undefined;
  }
  const age = now - profile.PasswordSetDate;
  if (age < policy.MaxPasswordAge * MILLISECONDS_A_DAY) {
    return undefined;
  }
  return policy.HardExpiry ? 'hard' : 'soft';
}
