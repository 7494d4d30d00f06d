import type { RouteCatalogue } from '../core/catalogue/route-catalogue';
import {
  missingAuthenticationToken,
  signatureDoesNotMatch,
} from '../credentials/authentication-errors';
import { hasBearerToken } from '../credentials/bearer-header';
import type { TokenClaims } from '../credentials/oidc/identity-claims';
import type { SessionTokens } from '../credentials/session-token';
import type { BearerTokens } from '../credentials/sign-in-tokens';
import { subjectOf, type DecisionSubject } from '../identity/decision-subject';
import type { AccessKeyRecord } from '../identity/entities';
import { ERRORS, IamError } from '../protocol/errors';
import type { HttpRequest } from '../protocol/http';
import { StoreUnavailable, type Store } from '../store/store';
import { AnswerNotKept, type AnswerCache } from './answer-cache';
import type { DecidedRoute, GuardedAnswer, KeptAnswer } from './answers/guarded-answer';
import { Authentication } from './authentication';
import { decisionEntry, failureEntry, unauthorizedEntry, type LogEntry } from './decision-log';
import type { GuardedRequest, GuardedRoute } from './events/guarded-request';
import type { GatewayForm, Written } from './gateway-form';
import { gatewayFormOf, type GatewaySettings } from './gateways';
import { readRouteContext } from './guarded-context';
import {
  ANONYMOUS,
  decideGuarded,
  resourceAccountOf,
  type GuardedQuestion,
} from './guarded-decision';
import { findGuardedResource, type GuardedResource } from './guarded-resource';
import { GuardedServices } from './guarded-services';
import type { keepForCaller, keepForRequest, KeptCall } from './kept-answer';
import { PrincipalCache } from './principal-cache';
import { RouteCatalogues } from './route-catalogue';
import type { GuardedUse } from './usage';
import { ROLE_HEADER, type WebIdentityProver } from './web-identity-proof';

export interface AuthorizerOptions {
  readonly store: Store;
  /** How long what the store said may be used; 0: it is asked for every call. */
  readonly stalenessSeconds: number;
  /** Opens the sealed secret of an access key. Rejects with an outage, never with a caller's fault. */
  readonly openSecret: (accessKey: AccessKeyRecord) => Promise<string>;
  readonly sessions: SessionTokens;
  readonly bearerTokens: BearerTokens;
  /** Called when the first token of an OIDC provider comes. */
  readonly loadWebIdentityProver: () => Promise<WebIdentityProver>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told of every call whose caller is known; must neither throw nor make anybody wait. Left out: nobody is told. */
  readonly note?: (use: GuardedUse) => void;
  /** Adds to an answer with refusals what explains them. Left out: nothing does. */
  readonly explainDenials?: (answer: GuardedAnswer) => Promise<GuardedAnswer>;
  readonly gateways: GatewaySettings;
  /** Left out: no gateway keeps an answer. */
  readonly keeping?: Keeping | undefined;
  /** Takes one line of JSON for every call. */
  readonly log: (line: string) => void;
}

/** For gateways that keep answers. */
interface Keeping {
  readonly cache: AnswerCache;
  /** Gives what finds out which answers may be kept; called for each call. */
  readonly load: () => Promise<KeptAnswers>;
}

interface KeptAnswers {
  readonly keepForCaller: typeof keepForCaller;
  readonly keepForRequest: typeof keepForRequest;
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
  readonly #services: GuardedServices;

  constructor(private readonly options: AuthorizerOptions) {
    const principals = new PrincipalCache(options.store, options);
    this.#authentication = new Authentication({ ...options, principals });
    this.#catalogues = new RouteCatalogues(options.store, options);
    this.#services = new GuardedServices(options.store, options);
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
      request = await form.read(event);
      answer = await withinTime(this.#decide(request, form, startedAt));
      // What explains this call's refusal explains no other's.
      const { kept, routes } = answer;
      if (form.tellsDenials === true && kept === undefined && routes.some(isDenied)) {
        answer = await this.#explain(answer);
      }
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

  /** Invariant: a refusal stands, also where it cannot be explained. */
  async #explain(answer: GuardedAnswer): Promise<GuardedAnswer> {
    try {
      return (await this.options.explainDenials?.(answer)) ?? answer;
    } catch {
      return answer;
    }
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
    const { keeping } = this.options;
    const ownName = request.gateway.service;
    const isAnonymous = hasNoCredentials(request.http);
    if (keeping !== undefined) requireBearer(request.http);
    const service = isAnonymous
      ? ownName
      : (this.#authentication.serviceOf(request.http) ?? ownName);
    const loading =
      form.catalogue === undefined
        ? this.#catalogues.get(request.gateway.apiId, request.gateway.stage)
        : Promise.resolve(form.catalogue());
    const asking = loading.then((catalogue) => this.#findQuestions(request, catalogue));
    // Where the credentials are bad nobody waits for the catalogue; its failure must not be the process's.
    asking.catch(() => undefined);
    if (isAnonymous) {
      return decideAnonymously(request, withContexts(await asking, undefined), now);
    }
    const services = service === ownName ? [] : ownService(await loading);
    const authenticated = await this.#authentication.authenticate(
      keeping === undefined ? request : withoutRoleHeader(request),
      [ownName, ...services],
      now,
    );
    const { principal, payloadHash, scheme, tokenClaims } = authenticated;
    if (payloadHash !== undefined && request.isBody?.(payloadHash) === false) {
      throw signatureDoesNotMatch();
    }
    const questions = withContexts(await asking, tokenClaims);
    const routes = decideRoutes(questions, subjectOf(principal, now), now);
    const kept =
      keeping &&
      (await this.#keep(keeping, { cache: keeping.cache, request, authenticated, now }, form, {
        questions,
        routes,
        catalogue: await loading,
      }));
    const actions = [...new Set(routes.map(({ action }) => action))];
    this.options.note?.({ caller: principal.caller, actions, now });
    const { requestId } = request.http;
    return { caller: principal.caller, scheme, payloadHash, requestId, routes, kept };
  }

  /** Throws AnswerNotKept where the gateway would give the answer to calls for which it is not right. */
  async #keep<Event, Answer>(
    { load }: Keeping,
    call: KeptCall,
    form: GatewayForm<Event, Answer>,
    { questions, routes, catalogue }: DecidedCall,
  ): Promise<KeptAnswer> {
    const kept = await load();
    if (call.cache.key === 'caller') {
      return kept.keepForCaller(call, form, catalogue, (accountId, service) =>
        this.#services.get(accountId, service),
      );
    }
    const [question, ...others] = questions;
    const [decided] = routes;
    if (question === undefined || decided === undefined || others.length > 0) {
      throw new AnswerNotKept('it is for several routes');
    }
    return kept.keepForRequest(call, form, question, decided);
  }

  /** What each route asks for; beside the caller, so that nobody waits for one after the other. */
  async #findQuestions(
    request: GuardedRequest,
    catalogue: RouteCatalogue | undefined,
  ): Promise<readonly RouteQuestion[]> {
    return Promise.all(
      request.routes.map(async (route) => {
        const guarded = findGuardedResource(request, route, catalogue);
        const { resource, service: name } = guarded;
        const service =
          resource === undefined || name === undefined
            ? undefined
            : await this.#services.get(resourceAccountOf(resource, request.gateway), name);
        return { request, route, service, guarded };
      }),
    );
  }
}

interface RouteQuestion extends GuardedQuestion {
  readonly route: GuardedRoute;
}

interface DecidedCall {
  readonly questions: readonly RouteQuestion[];
  readonly routes: readonly DecidedRoute[];
  readonly catalogue: RouteCatalogue | undefined;
}

const CONTEXT_UNREADABLE =
  'because a value of the request that conditions are about is not of its type';

/** The questions with what the calls and their tokens say for conditions of the service's own. */
function withContexts(
  questions: readonly RouteQuestion[],
  tokenClaims: TokenClaims | undefined,
): readonly RouteQuestion[] {
  return questions.map((question) => ({
    ...question,
    guarded: withContext(question, tokenClaims),
  }));
}

function withContext(
  { request, route, guarded, service }: RouteQuestion,
  tokenClaims: TokenClaims | undefined,
): GuardedResource {
  const { contextKeys, action, resource } = guarded;
  if (contextKeys === undefined || resource === undefined) return guarded;
  const asked = { request, route, action, catalogue: service?.catalogue, tokenClaims };
  const context = readRouteContext(contextKeys, asked);
  return context === undefined
    ? { ...guarded, resource: undefined, refusal: CONTEXT_UNREADABLE }
    : { ...guarded, context };
}

function decideRoutes(
  questions: readonly RouteQuestion[],
  subject: DecisionSubject,
  now: number,
): readonly DecidedRoute[] {
  return questions.map((question) => ({
    route: question.route,
    action: question.guarded.action,
    resource: question.guarded.resource ?? question.guarded.template,
    ...decideGuarded(question, subject, now),
  }));
}

const isDenied = ({ decision }: DecidedRoute): boolean => decision.decision !== 'allowed';

/** Nothing that could be meant as a credential: one that is wrong is never the same as none. */
function hasNoCredentials({ headers, query }: HttpRequest): boolean {
  return (
    !headers.has('authorization') &&
    !headers.has('x-amz-security-token') &&
    !query.some(([name]) => /^x-amz-/i.test(name))
  );
}

/**
 * A signature is for one call, and whoever has no credential has nothing to keep an answer under.
 *
 * Errors: AccessDenied.
 */
function requireBearer(http: HttpRequest): void {
  if (!hasBearerToken(http)) {
    throw new IamError('AccessDenied', 'an authorizer whose answers are kept takes bearer tokens');
  }
}

/** No key of a cache has it, so that it cannot count. */
function withoutRoleHeader(request: GuardedRequest): GuardedRequest {
  const headers = new Map(request.http.headers);
  headers.delete(ROLE_HEADER);
  return { ...request, http: { ...request.http, headers } };
}

/**
 * Whoever calls without credentials may do what the policy of the resource allows everyone; for all else credentials are missing.
 *
 * Errors: MissingAuthenticationToken.
 */
function decideAnonymously(
  request: GuardedRequest,
  questions: readonly RouteQuestion[],
  now: number,
): GuardedAnswer {
  const routes = decideRoutes(questions, ANONYMOUS, now);
  if (routes.some(isDenied)) {
    throw missingAuthenticationToken();
  }
  const { requestId } = request.http;
  return { caller: undefined, scheme: 'anonymous', payloadHash: undefined, requestId, routes };
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
