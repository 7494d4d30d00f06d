import { describeDenial } from '../core/access-denied';
import type { RouteCatalogue } from '../core/catalogue/route-catalogue';
import type { Decision } from '../core/decision';
import { evaluate } from '../core/evaluate';
import type { RequestContext } from '../core/request-context';
import { signatureDoesNotMatch } from '../credentials/authentication-errors';
import type { SessionTokens } from '../credentials/session-token';
import type { BearerTokens } from '../credentials/sign-in-tokens';
import type { AccessKeyRecord } from '../identity/entities';
import type { LoadedPrincipal } from '../identity/principals';
import { multiFactorAge } from '../identity/sessions';
import { ERRORS, IamError } from '../protocol/errors';
import { StoreUnavailable, type Store } from '../store/store';
import type { DecidedRoute, GuardedAnswer } from './answers/guarded-answer';
import { Authentication } from './authentication';
import { decisionEntry, failureEntry, unauthorizedEntry, type LogEntry } from './decision-log';
import type { GuardedRequest } from './events/guarded-request';
import type { GatewayForm, Written } from './gateway-form';
import { gatewayFormOf, type GatewaySettings } from './gateways';
import { findGuardedResource, type GuardedResource } from './guarded-resource';
import { PrincipalCache } from './principal-cache';
import { requestKeys } from '../protocol/request-keys';
import { RouteCatalogues } from './route-catalogue';
import type { GuardedUse } from './usage';

export interface AuthorizerOptions {
  readonly store: Store;
  /** How long what the store said may be used; 0: it is asked for every call. */
  readonly stalenessSeconds: number;
  /** Opens the sealed secret of an access key. Rejects with an outage, never with a caller's fault. */
  readonly openSecret: (accessKey: AccessKeyRecord) => Promise<string>;
  readonly sessions: SessionTokens;
  readonly bearerTokens: BearerTokens;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told of every call whose caller is known; must neither throw nor make anybody wait. Left out: nobody is told. */
  readonly note?: (use: GuardedUse) => void;
  readonly gateways: GatewaySettings;
  /** Takes one line of JSON for every call. */
  readonly log: (line: string) => void;
}

/** A slow store is an outage like one that is down, however many reads in a row a call needs: each has only its own limit. */
export const LONGEST_ANSWER_MILLISECONDS = 2900;

/**
 * Answers a gateway's question about one call.
 *
 * - Bad or missing credentials: what the gateway turns into 401 where it can: a REST API's an Error with exactly the message
 *   `Unauthorized`.
 * - Not allowed: what the gateway turns into 403 where it can.
 * - An outage of ours: throws any other Error, which becomes 500. Never an Allow, and never a Deny, which would be kept.
 */
export class Authorizer {
  readonly #authentication: Authentication;
  readonly #catalogues: RouteCatalogues;

  constructor(private readonly options: AuthorizerOptions) {
    const principals = new PrincipalCache(options.store, options);
    this.#authentication = new Authentication({ ...options, principals });
    this.#catalogues = new RouteCatalogues(options.store, options);
  }

  /** The answer to the event of a gateway's authorizer, in the form that this gateway reads. */
  async authorize(event: unknown): Promise<object> {
    let form: GatewayForm<unknown, object>;
    try {
      form = gatewayFormOf(event, this.options.gateways);
    } catch (error) {
      return this.#fail(undefined, error, 0);
    }
    return this.answer(form, event);
  }

  /** The answer to a call that is read, and answered, in this form. */
  async answer<Event, Answer>(form: GatewayForm<Event, Answer>, event: Event): Promise<Answer> {
    const startedAt = this.options.now();
    let request: GuardedRequest | undefined;
    let written: Written<Answer>;
    let answer: GuardedAnswer;
    try {
      request = form.read(event);
      answer = await withinTime(this.#decide(request, form, startedAt));
      written = form.decided(answer);
    } catch (error) {
      const durationMilliseconds = this.options.now() - startedAt;
      if (error instanceof IamError && ERRORS[error.code].fault === 'Sender') {
        this.#log(unauthorizedEntry(request, error, durationMilliseconds));
        return form.unauthorized(error);
      }
      return this.#fail(request, error, durationMilliseconds);
    }
    this.#logDecisions(request, answer, written.allowed, this.options.now() - startedAt);
    return written.answer;
  }

  #fail(request: GuardedRequest | undefined, error: unknown, durationMilliseconds: number): never {
    this.#log(failureEntry(request, error, durationMilliseconds));
    throw new Error('The authorizer could not decide.', { cause: error });
  }

  #logDecisions(
    request: GuardedRequest,
    { caller, routes }: GuardedAnswer,
    allowed: readonly DecidedRoute[],
    durationMilliseconds: number,
  ): void {
    for (const route of routes) {
      const effect = allowed.includes(route) ? 'Allow' : 'Deny';
      this.#log(decisionEntry(request, { caller, ...route, effect, durationMilliseconds }));
    }
  }

  /** Lambda's own fields come first: `timestamp` and `level`. */
  #log(entry: LogEntry): void {
    const timestamp = new Date(this.options.now()).toISOString();
    this.options.log(JSON.stringify({ timestamp, ...entry }));
  }

  async #decide<Event, Answer>(
    request: GuardedRequest,
    form: GatewayForm<Event, Answer>,
    now: number,
  ): Promise<GuardedAnswer> {
    const ownName = request.gateway.service;
    const service = this.#authentication.serviceOf(request.http) ?? ownName;
    const loading =
      form.catalogue === undefined
        ? this.#catalogues.get(request.gateway.apiId, request.gateway.stage)
        : Promise.resolve(form.catalogue());
    // Where the credentials are bad nobody waits for the catalogue; its failure must not be the process's.
    loading.catch(() => undefined);
    const services = service === ownName ? [] : ownService(await loading);
    const { principal, payloadHash, scheme } = await this.#authentication.authenticate(
      request,
      [ownName, ...services],
      now,
    );
    if (payloadHash !== undefined && request.isBody?.(payloadHash) === false) {
      throw signatureDoesNotMatch();
    }
    const catalogue = await loading;
    const routes = request.routes.map((route) => {
      const guarded = findGuardedResource(request, route, catalogue);
      return {
        route,
        action: guarded.action,
        resource: guarded.resource ?? guarded.template,
        ...decideGuarded(request, guarded, principal, now),
      };
    });
    const actions = [...new Set(routes.map(({ action }) => action))];
    this.options.note?.({ caller: principal.caller, actions, now });
    const { requestId } = request.http;
    return { caller: principal.caller, scheme, payloadHash, requestId, routes };
  }
}

/** The decision, or an outage where it is not there in time. */
async function withinTime(decision: Promise<GuardedAnswer>): Promise<GuardedAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StoreUnavailable(`no decision after ${LONGEST_ANSWER_MILLISECONDS} ms`));
    }, LONGEST_ANSWER_MILLISECONDS);
  });
  try {
    return await Promise.race([decision, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A catalogue's service may be signed for under its own name. */
function ownService(catalogue: RouteCatalogue | undefined): readonly string[] {
  return catalogue === undefined ? [] : [catalogue.service];
}

function decideGuarded(
  request: GuardedRequest,
  { action, resource, template, refusal = '' }: GuardedResource,
  { caller, policies }: LoadedPrincipal,
  now: number,
): { decision: Decision; message: string | undefined } {
  if (resource === undefined) {
    return {
      decision: { decision: 'implicitDeny', because: [] },
      message: `User: ${caller.principal.arn} is not authorized to perform: ${action} on resource: ${template} ${refusal}`,
    };
  }
  const { gateway, http } = request;
  const resourceAccount = accountOf(resource) ?? gateway.accountId;
  const context: RequestContext = {
    principal: caller.principal,
    action,
    resource,
    resourceAccount,
    context: {
      ...caller.context,
      ...multiFactorAge(caller.session, now),
      ...requestKeys(http, { region: gateway.region, resourceAccount, now }),
    },
  };
  const decision = evaluate(context, policies);
  return {
    decision,
    message: decision.decision === 'allowed' ? undefined : describeDenial(context, decision),
  };
}

/** The account in an ARN; a resource without one belongs to the account of its API. */
function accountOf(resource: string): string | undefined {
  const account = resource.split(':', 5)[4];
  return account === undefined || account === '' ? undefined : account;
}
