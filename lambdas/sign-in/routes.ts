import { malformed } from '../protocol/parameters';
import type { SignedInCall, SignInCall } from './call';
import { flag, optionalDocument, optionalText, text, type Fields, type InputOf } from './input';
import { answerNewPassword } from './new-password';
import { beginRegistration, finishRegistration } from './passkey-registration';
import type { PasskeyAnswer, PasskeyRegistration } from './passkeys';
import { endAllSessions, endSession, listSessions, refreshSession } from './sessions';
import { answerMultiFactor, signIn } from './steps';

/** One way in. Dispatch, reading the body and the description of the API come from it. */
export interface Route<Members extends Fields = Fields> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind `/signin`; `{Name}` stands for one segment. */
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly fields: Members;
  /** Which of the description's answers it gives. */
  readonly answer: 'Step' | 'Session' | 'Sessions' | 'Registration' | 'Registered' | 'Nothing';
}

/** For everybody: what it takes is the proof. */
export interface OpenRoute<Members extends Fields = Fields> extends Route<Members> {
  readonly isSignedIn: false;
  readonly run: (input: InputOf<Members>, call: SignInCall) => Promise<object>;
}

/** With the access token of a session, about whoever it is. */
export interface SignedInRoute<Members extends Fields = Fields> extends Route<Members> {
  readonly isSignedIn: true;
  readonly run: (input: InputOf<Members>, call: SignedInCall, parameter: string) => Promise<object>;
}

export type AnyRoute = OpenRoute<never> | SignedInRoute<never>;

const ofEveryone = <Members extends Fields>(
  route: Omit<OpenRoute<Members>, 'isSignedIn'>,
): AnyRoute => ({ ...route, isSignedIn: false }) as unknown as AnyRoute;

const ofSignedIn = <Members extends Fields>(
  route: Omit<SignedInRoute<Members>, 'isSignedIn'>,
): AnyRoute => ({ ...route, isSignedIn: true }) as unknown as AnyRoute;

const TOKEN = { maximumLength: 1024 } as const;
const PASSWORD = { maximumLength: 128 } as const;
const CODE = { maximumLength: 16 } as const;

const OPEN_ROUTES: readonly AnyRoute[] = [
  ofEveryone({
    method: 'POST',
    path: '',
    operation: 'SignIn',
    summary: 'Account, name and password, and the code of an MFA device where it is at hand.',
    fields: {
      Account: text({ maximumLength: 64 }),
      UserName: optionalText({ maximumLength: 128 }),
      Root: flag,
      Password: text(PASSWORD),
      MFACode: optionalText(CODE),
    },
    answer: 'Step',
    run: (input, call) => {
      if (input.Root === (input.UserName !== undefined)) {
        throw malformed('The body must have either UserName or Root: true.');
      }
      return signIn(call, {
        account: input.Account,
        userName: input.UserName,
        password: input.Password,
        code: input.MFACode,
      });
    },
  }),
  ofEveryone({
    method: 'POST',
    path: '/mfa',
    operation: 'AnswerMultiFactor',
    summary: "The step MultiFactor: a code, or a passkey's answer to the challenge.",
    fields: {
      ChallengeToken: text(TOKEN),
      MFACode: optionalText(CODE),
      Passkey: optionalDocument,
    },
    answer: 'Step',
    run: ({ ChallengeToken, MFACode: code, Passkey: passkey }, call) => {
      if ((code === undefined) === (passkey === undefined)) {
        throw malformed('The body must have either MFACode or Passkey.');
      }
      return answerMultiFactor(call, ChallengeToken, {
        code,
        passkey: passkey as PasskeyAnswer | undefined,
      });
    },
  }),
  ofEveryone({
    method: 'POST',
    path: '/password',
    operation: 'AnswerNewPassword',
    summary: 'The step NewPassword: for whoever must choose another one.',
    fields: { ChallengeToken: text(TOKEN), NewPassword: text(PASSWORD) },
    answer: 'Step',
    run: (input, call) => answerNewPassword(call, input.ChallengeToken, input.NewPassword),
  }),
  ofEveryone({
    method: 'POST',
    path: '/refresh',
    operation: 'RefreshSession',
    summary: 'The next tokens; a refresh token counts once.',
    fields: { RefreshToken: text(TOKEN) },
    answer: 'Session',
    run: async (input, call) => ({ Session: await refreshSession(call, input.RefreshToken) }),
  }),
];

const SIGNED_IN_ROUTES: readonly AnyRoute[] = [
  ofSignedIn({
    method: 'GET',
    path: '/sessions',
    operation: 'ListSessions',
    summary: "The caller's sessions, the newest first.",
    fields: {},
    answer: 'Sessions',
    run: async (_input, call) => ({ Sessions: await listSessions(call) }),
  }),
  ofSignedIn({
    method: 'DELETE',
    path: '/sessions/{SessionId}',
    operation: 'EndSession',
    summary: "Ends one of the caller's sessions.",
    fields: {},
    answer: 'Nothing',
    run: async (_input, call, sessionId) => {
      await endSession(call, sessionId);
      return {};
    },
  }),
  ofSignedIn({
    method: 'POST',
    path: '/sign-out',
    operation: 'SignOut',
    summary: 'Ends this session.',
    fields: {},
    answer: 'Nothing',
    run: async (_input, call) => {
      await endSession(call, call.claims.sessionId);
      return {};
    },
  }),
  ofSignedIn({
    method: 'POST',
    path: '/sign-out-everywhere',
    operation: 'SignOutEverywhere',
    summary: "Ends all of the caller's sessions.",
    fields: {},
    answer: 'Nothing',
    run: async (_input, call) => {
      await endAllSessions(call);
      return {};
    },
  }),
  ofSignedIn({
    method: 'POST',
    path: '/passkeys/options',
    operation: 'BeginPasskeyRegistration',
    summary: 'What a browser needs to make a passkey for the caller.',
    fields: {},
    answer: 'Registration',
    run: (_input, call) => beginRegistration(call),
  }),
  ofSignedIn({
    method: 'POST',
    path: '/passkeys',
    operation: 'FinishPasskeyRegistration',
    summary: 'Takes the passkey that the browser has made as an MFA device of the caller.',
    fields: {
      ChallengeToken: text(TOKEN),
      DeviceName: text({ maximumLength: 64, pattern: /^[\w+=,.@-]+$/ }),
      Passkey: optionalDocument,
    },
    answer: 'Registered',
    run: ({ ChallengeToken, DeviceName, Passkey }, call) => {
      if (Passkey === undefined) {
        throw malformed('The body must have the member Passkey.');
      }
      return finishRegistration(call, {
        challengeToken: ChallengeToken,
        deviceName: DeviceName,
        registration: Passkey as unknown as PasskeyRegistration,
      });
    },
  }),
];

export const ROUTES: readonly AnyRoute[] = [...OPEN_ROUTES, ...SIGNED_IN_ROUTES];

/** The route of a request with the value of its parameter; undefined where there is none. */
export function findRoute(
  method: string,
  segments: readonly string[],
): { readonly route: AnyRoute; readonly parameter: string } | undefined {
  for (const route of ROUTES) {
    const pattern = route.path.split('/').slice(1);
    const fits = (name: string, index: number): boolean =>
      name.startsWith('{') ? segments[index] !== '' : name === segments[index];
    if (route.method === method && pattern.length === segments.length && pattern.every(fits)) {
      const position = pattern.findIndex((name) => name.startsWith('{'));
      return { route, parameter: segments[position] ?? '' };
    }
  }
  return undefined;
}
