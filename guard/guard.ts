import { createHash } from 'node:crypto';
import { readGatewayCall, type GatewayCall } from './events';

/** How a caller has proven who it is. `anonymous` is whoever needs no proof, because a policy lets everybody in. */
export type AuthenticationScheme = 'sigv4' | 'bearer' | 'oidc' | 'anonymous';

/** Whoever calls, as the authorizer has verified it. */
export interface KnownPrincipal {
  readonly type: 'Root' | 'User' | 'AssumedRole' | 'FederatedUser';
  readonly arn: string;
  /** The unique id: `AIDA…`, of a session that of its role. */
  readonly id: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly userName?: string;
}

export interface AnonymousPrincipal {
  readonly type: 'Anonymous';
  readonly id: 'anonymous';
}

export type Principal = KnownPrincipal | AnonymousPrincipal;

/** What the authorizer has decided. */
export interface GuardedDecision {
  readonly decision: 'allowed';
  /** `orders:GetOrder`; undefined where the gateway kept an answer that holds for other routes as well. */
  readonly action: string | undefined;
  readonly resource: string | undefined;
}

/** A call that has passed the authorizer, with the body that its caller has signed. */
export interface Guarded<Caller extends Principal = KnownPrincipal> {
  readonly principal: Caller;
  readonly decision: GuardedDecision;
  readonly scheme: AuthenticationScheme;
  /** Whether a user or root calls by a session, which may have less rights than they. */
  readonly isSession?: boolean;
  /** The bytes that came; undefined for a message of a WebSocket. */
  readonly body: Uint8Array | undefined;
  /** The address of the connection. */
  readonly sourceIp: string | undefined;
  /** The gateway's id of the request as the authorizer saw it. */
  readonly requestId: string | undefined;
  /** Proves the caller's session to the decision endpoint. A secret: neither log it nor pass it on. */
  readonly token: string | undefined;
  /** The role that the caller has named for the token of an OIDC provider; undefined for the provider's default. */
  readonly roleArn: string | undefined;
}

export interface GuardOptions {
  /** Whether whoever has no credentials may come here, where a policy lets everybody in. Default: no. */
  readonly anonymous?: boolean;
}

/** An answer that a REST or HTTP API, or a WebSocket API, passes on. */
export interface GatewayRefusal {
  readonly statusCode: 403;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The call must go no further; `response` is what to answer. */
export class GuardRefusal extends Error {
  override readonly name = 'GuardRefusal';
  readonly response: GatewayRefusal;

  constructor(message: string) {
    super(message);
    this.response = {
      statusCode: 403,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify({ message }),
    };
  }
}

const PRINCIPAL_TYPES: readonly unknown[] = ['Root', 'User', 'AssumedRole', 'FederatedUser'];

/** A token signs nothing: TLS alone protects the body that comes with it. */
const SCHEMES_WITHOUT_HASH: readonly unknown[] = ['bearer', 'oidc', 'anonymous'];

/**
 * Who calls and what was decided about it. An API method that lost its authorizer does not become an open one, and a body that is not the
 * one that was signed goes no further: an authorizer never sees bodies.
 *
 * `event` is that of a REST API, of an HTTP API (format 1.0 or 2.0), or of a WebSocket API. Throws {@link GuardRefusal}.
 */
export function guard(
  event: unknown,
  options?: GuardOptions & { readonly anonymous?: false },
): Guarded;
export function guard(event: unknown, options: GuardOptions): Guarded<Principal>;
export function guard(event: unknown, options: GuardOptions = {}): Guarded<Principal> {
  const call = readGatewayCall(event);
  const context = call?.context;
  if (call === undefined || context === undefined) {
    throw new GuardRefusal('the request has not passed the authorizer');
  }
  const scheme = context['scheme'] === undefined ? 'sigv4' : context['scheme'];
  requireDecision(context, scheme);
  const principal = readPrincipal(context, scheme, options);
  if (!isBodyAsSigned(call, context, scheme)) {
    throw new GuardRefusal('the body is not the one that was signed');
  }
  return {
    principal,
    decision: {
      decision: 'allowed',
      action: textOf(context['action']),
      resource: textOf(context['resource']),
    },
    scheme: scheme as AuthenticationScheme,
    ...(context['credential'] === 'session' ? { isSession: true } : {}),
    body: call.body,
    sourceIp: call.sourceIp,
    requestId: textOf(context['requestId']),
    token: call.token,
    roleArn: call.roleArn,
  };
}

/**
 * A function that is called only for what {@link guard} lets through, with what it says; else the answer is 403. What the function itself
 * throws is passed on.
 */
export function guarded<Event, Rest extends readonly unknown[], Result>(
  handler: (event: Event, call: Guarded, ...rest: Rest) => Promise<Result> | Result,
): (event: Event, ...rest: Rest) => Promise<Result | GatewayRefusal> {
  return async (event, ...rest) => {
    let call: Guarded;
    try {
      call = guard(event);
    } catch (error) {
      if (error instanceof GuardRefusal) return error.response;
      throw error;
    }
    return handler(event, call, ...rest);
  };
}

type Context = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A gateway keeps answers to tokens alone; such an answer names no decision, because it holds for every route. */
function requireDecision({ decision }: Context, scheme: unknown): void {
  const isKept = decision === undefined && (scheme === 'bearer' || scheme === 'oidc');
  if (decision !== 'allowed' && !isKept) {
    throw new GuardRefusal('the request is not allowed');
  }
}

function readPrincipal(context: Context, scheme: unknown, { anonymous }: GuardOptions): Principal {
  const { principalType, principalArn, principalId, accountId, userName } = context;
  if (principalType === 'Anonymous' && scheme === 'anonymous') {
    if (anonymous === true) return { type: 'Anonymous', id: 'anonymous' };
    throw new GuardRefusal('the request has no credentials');
  }
  const [arn, id, account] = [textOf(principalArn), textOf(principalId), textOf(accountId)];
  const isKnown = PRINCIPAL_TYPES.includes(principalType) && scheme !== 'anonymous';
  if (!isKnown || arn === undefined || id === undefined || account === undefined) {
    throw new GuardRefusal('the request has not passed the authorizer');
  }
  const name = textOf(userName);
  return {
    type: principalType as KnownPrincipal['type'],
    arn,
    id,
    accountId: account,
    ...(name === undefined ? {} : { userName: name }),
  };
}

/** The authorizer has told the hash that was signed; an empty body needs none, and may have one. */
function isBodyAsSigned({ body }: GatewayCall, { payloadHash }: Context, scheme: unknown): boolean {
  if (body === undefined) return true;
  if (SCHEMES_WITHOUT_HASH.includes(scheme) && payloadHash === undefined) return true;
  if (scheme !== 'sigv4') return false;
  if (body.length === 0 && payloadHash === undefined) return true;
  return createHash('sha256').update(body).digest('hex') === payloadHash;
}
