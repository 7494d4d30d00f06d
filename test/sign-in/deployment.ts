import { randomBytes } from 'node:crypto';
import { CreateLoginProfileCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { hashPassword, isPassword } from '../../lambdas/credentials/password-hash';
import { toAttributes } from '../../lambdas/identity/records';
import type { HttpRequest, HttpResponse } from '../../lambdas/protocol/http';
import { SignInService } from '../../lambdas/sign-in/service';
import { readRelyingParty } from '../../lambdas/sign-in/relying-party';
import { loginProfileKey } from '../../lambdas/store/keys';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';

/* The function behind /signin beside the admin functions, on one store and one clock. */

export const PASSWORD = 'right Password 1';

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Tokens {
  readonly SessionId: string;
  readonly AccessToken: string;
  readonly RefreshToken: string;
  readonly MultiFactorAuthenticated: boolean;
}

export interface SignInDeployment {
  readonly admin: AdminDeployment;
  readonly service: SignInService;
  /** What was logged. */
  readonly log: object[];
  /** How many passwords were checked. */
  readonly checked: () => number;
  readonly post: (path: string, body?: object, options?: RequestOptions) => Promise<Answer>;
  readonly send: (method: string, path: string, options?: RequestOptions) => Promise<Answer>;
  /** Signs in; fails where there is something left to do. */
  readonly signIn: (body?: object) => Promise<Tokens>;
  /** Calls a REST route of IAM with an access token. */
  readonly iam: (method: string, path: string, token: string, body?: object) => Promise<Answer>;
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sourceIp?: string;
  readonly query?: HttpRequest['query'];
}

let requests = 0;

export function httpRequest(
  method: string,
  path: string,
  options: RequestOptions = {},
): HttpRequest {
  requests += 1;
  const { token, body = '', sourceIp = '192.0.2.1', query = [] } = options;
  const headers = {
    'user-agent': 'test/1',
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...options.headers,
  };
  return {
    method,
    path,
    query,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: new Uint8Array(Buffer.from(body)),
    sourceIp,
    secureTransport: true,
    requestId: `request-${requests}`,
  };
}

function answerOf({ statusCode, headers, body }: HttpResponse): Answer {
  return { statusCode, headers, body: (body === '' ? {} : JSON.parse(body)) as Answer['body'] };
}

export async function deploySignIn(options: {
  readonly now: () => number;
  /** Another check than the real one, which takes a tenth of a second. */
  readonly isPassword?: typeof isPassword;
  readonly origins?: string;
}): Promise<SignInDeployment> {
  const admin = await deployAdmin({ now: options.now });
  const log: object[] = [];
  let checked = 0;
  const check = options.isPassword ?? isPassword;
  const service = new SignInService({
    store: admin.store,
    dataKeys: admin.dataKeys,
    partition: 'aws',
    region: 'eu-central-1',
    relyingParty: readRelyingParty(options.origins ?? 'https://console.example.com'),
    mfaDeviceQuota: 8,
    now: options.now,
    randomBytes: (length) => randomBytes(length),
    isPassword: (password, hash) => {
      checked += 1;
      return check(password, hash);
    },
    log: (entry) => log.push(entry),
  });
  const send: SignInDeployment['send'] = async (method, path, requestOptions = {}) =>
    answerOf(await service.handle(httpRequest(method, `/v1/signin${path}`, requestOptions)));
  const post: SignInDeployment['post'] = (path, body = {}, requestOptions = {}) =>
    send('POST', path, { body: JSON.stringify(body), ...requestOptions });
  return {
    admin,
    service,
    log,
    checked: () => checked,
    send,
    post,
    signIn: async (body = {}) => {
      const answer = await post('', {
        Account: ACCOUNT,
        UserName: 'alice',
        Password: PASSWORD,
        ...body,
      });
      const tokens = (answer.body as { Session?: Tokens }).Session;
      if (tokens === undefined) throw new Error(`no session: ${JSON.stringify(answer)}`);
      return tokens;
    },
    iam: async (method, path, token, body) =>
      answerOf(
        await admin.handle(
          'iam',
          httpRequest(method, `/v1/iam${path}`, {
            token,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
        ),
      ),
  };
}

/** A user who may sign in. */
export async function createPerson(
  { admin }: Pick<SignInDeployment, 'admin'>,
  UserName = 'alice',
  Password = PASSWORD,
): Promise<void> {
  const root = admin.iam();
  await root.send(new CreateUserCommand({ UserName, Path: '/people/' }));
  await root.send(new CreateLoginProfileCommand({ UserName, Password }));
}

/** What the operator's command writes. */
export async function setRootPassword({ admin }: SignInDeployment, now: number): Promise<void> {
  await admin.store.transact(
    [
      {
        kind: 'put',
        key: loginProfileKey(ACCOUNT, ACCOUNT),
        attributes: toAttributes({
          CreateDate: now,
          PasswordResetRequired: false,
          Password: await hashPassword(PASSWORD, (length) => randomBytes(length)),
          PasswordSetDate: now,
          FormerPasswords: [],
        }),
        condition: { exists: 'any' },
      },
    ],
    { token: 'root password' },
  );
}
