import { UNKNOWN_VALUE, decideFamily } from '../core/cache-safety';
import { fillResourceTemplate } from '../core/catalogue/resource-template';
import type { Route, RouteCatalogue } from '../core/catalogue/route-catalogue';
import type { RouteContext } from '../core/catalogue/route-context';
import type { GuardedService } from '../core/guarded-service';
import { foldCase } from '../core/letter-case';
import type { ConditionContext } from '../core/request-context';
import { subjectOf, type DecisionSubject } from '../identity/decision-subject';
import type { LoadedPrincipal } from '../identity/principals';
import { multiFactorAge } from '../identity/sessions';
import { requestKeys } from '../protocol/request-keys';
import {
  AnswerNotKept,
  describeUnsettled,
  isChanging,
  type AnswerCache,
  type AnswerCacheKey,
} from './answer-cache';
import { keptStatements, type SettledRoute } from './answers/kept-statements';
import type { DecidedRoute, KeptAnswer } from './answers/guarded-answer';
import type { Authenticated } from './authenticated';
import type { Gateway, GuardedRequest } from './events/guarded-request';
import type { GatewayForm } from './gateway-form';
import { resourceAccountOf, type GuardedQuestion } from './guarded-decision';

/** What is asked for, whoever calls. */
interface KeptQuestion {
  /** For whoever reads the log. */
  readonly name: string;
  readonly action: string;
  /** With {@link UNKNOWN_VALUE} for what the cache's key does not fix; undefined where no call is for a resource. */
  readonly resource: string | undefined;
  readonly contextKeys: RouteContext;
  readonly context: ConditionContext;
  readonly service: GuardedService | undefined;
}

/** One call to a gateway that keeps its answer. */
export interface KeptCall {
  readonly cache: AnswerCache;
  readonly request: GuardedRequest;
  readonly authenticated: Authenticated;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A gateway gives an answer up to as late as this after it asked for it, and counts its time from then. */
const LATENESS_SECONDS = 10;

const NO_KEYS: RouteContext = new Map();

/**
 * What the gateway may keep for the one route of a call, under the key `request`.
 *
 * Throws AnswerNotKept where another call with this key could be answered otherwise.
 */
export function keepForRequest(
  call: KeptCall,
  form: Pick<GatewayForm<never, never>, 'keeps'>,
  { guarded, service }: GuardedQuestion,
  decided: DecidedRoute,
): KeptAnswer {
  requireKey(form, 'request');
  if (form.keeps?.decodesPaths === true) requireOneReading(decided.route.name);
  const sources = changingSources(guarded.contextKeys ?? NO_KEYS, 'request');
  if (guarded.resource === undefined && sources.length > 0) {
    throw sourcesChange(decided.route.name, sources);
  }
  const isAllowed = settle(call, {
    name: decided.route.name,
    action: guarded.action,
    resource: guarded.resource,
    contextKeys: guarded.contextKeys ?? NO_KEYS,
    context: guarded.context ?? {},
    service,
  });
  requireSame(isAllowed, decided);
  return { key: 'request' };
}

/**
 * What the gateway may keep for all routes of an API's catalogue, under the key `caller`. `serviceOf` is what an account says of the
 * catalogue's service.
 *
 * Throws AnswerNotKept where that cannot be said for each of them; whatever `serviceOf` throws.
 */
export async function keepForCaller(
  call: KeptCall,
  form: Pick<GatewayForm<never, never>, 'keeps'>,
  catalogue: RouteCatalogue | undefined,
  serviceOf: (accountId: string, service: string) => Promise<GuardedService>,
): Promise<KeptAnswer> {
  requireKey(form, 'caller');
  const { request } = call;
  const known = new Set(request.routes.flatMap(({ keys = [] }) => keys));
  if (catalogue === undefined || ![...catalogue.routes.keys()].some((key) => known.has(key))) {
    throw new AnswerNotKept('the route is not one of the API’s catalogue');
  }
  const settled: SettledRoute[] = [];
  for (const [routeKey, route] of catalogue.routes) {
    const resource = openResource(route, request.gateway);
    const question: KeptQuestion = {
      name: routeKey,
      action: route.action,
      resource,
      contextKeys: route.context,
      context: {},
      service:
        resource === undefined
          ? undefined
          : await serviceOf(resourceAccountOf(resource, request.gateway), catalogue.service),
    };
    settled.push({ routeKey, isAllowed: settle(call, question) });
  }
  return { key: 'caller', statements: keptStatements(request.gateway, settled) };
}

function requireKey(form: Pick<GatewayForm<never, never>, 'keeps'>, key: AnswerCacheKey): void {
  if (form.keeps?.keys.includes(key) !== true) {
    throw new AnswerNotKept(`such a gateway has no key of the kind '${key}'`);
  }
}

/** Of a decoded path nobody knows which slash ended a parameter, where another parameter takes slashes. */
function requireOneReading(path: string): void {
  if (path.includes('+}') && path.indexOf('{') < path.lastIndexOf('{')) {
    throw new AnswerNotKept(`calls for other resources have the same path in ${path}`);
  }
}

function requireSame(isAllowed: boolean, { decision }: DecidedRoute): void {
  if (isAllowed !== (decision.decision === 'allowed')) {
    throw new Error('the answer to keep is not the answer that was decided');
  }
}

function openResource({ resource, parameters }: Route, gateway: Gateway): string | undefined {
  const scope = {
    Partition: gateway.partition,
    Region: gateway.region,
    Account: gateway.accountId,
  };
  const unknown = new Map([...parameters.keys()].map((name) => [name, UNKNOWN_VALUE] as const));
  return fillResourceTemplate(resource, scope, unknown);
}

/** Whether every call that the answer would be given to is allowed. Throws AnswerNotKept where only some are. */
function settle(call: KeptCall, question: KeptQuestion): boolean {
  const { cache, request, authenticated, now } = call;
  const { name, action, resource, contextKeys, service } = question;
  requireTrust(authenticated, cache.key);
  if (resource === undefined) return false;
  const { gateway, http } = request;
  const resourceAccount = resourceAccountOf(resource, gateway);
  const subject = subjectOf(authenticated.principal, now);
  const { policy, catalogue } = service ?? {};
  const { decision, unsettled } = decideFamily(
    {
      request: {
        principal: subject.principal,
        action,
        resource,
        resourceAccount,
        context: {
          ...question.context,
          ...subject.context,
          ...requestKeys(http, { region: gateway.region, resourceAccount, now }),
        },
      },
      isFixed: (folded) => isFixed(folded, cache.key, contextKeys, subject),
      last: growingKeys(request, authenticated.principal, now + lastMilliseconds(cache)),
    },
    policy === undefined ? subject.policies : subject.policies.withResource(policy),
    catalogue?.relates(action),
  );
  if (decision === undefined) throw new AnswerNotKept(`${name}: ${describeUnsettled(unsettled)}`);
  if (decision === 'denied') return false;
  const read = changingSources(contextKeys, cache.key);
  // A value that cannot be read is refused, whatever policies say.
  if (read.length > 0) throw sourcesChange(name, read);
  return true;
}

function sourcesChange(route: string, keys: readonly string[]): AnswerNotKept {
  return new AnswerNotKept(`${route}: each of its calls says ${keys.join(', ')} itself`);
}

function requireTrust({ trustKeys = [] }: Authenticated, key: AnswerCacheKey): void {
  const changing = trustKeys.filter((name) => isChanging(foldCase(name), key));
  if (changing.length > 0) {
    throw new AnswerNotKept(`the trust policy of the role asks for ${changing.join(', ')}`);
  }
}

function lastMilliseconds({ seconds }: AnswerCache): number {
  return (seconds + LATENESS_SECONDS) * 1000;
}

/** Keys that are what the clock says. */
function growingKeys(
  { http, gateway }: GuardedRequest,
  { caller }: LoadedPrincipal,
  now: number,
): ConditionContext {
  const { 'aws:CurrentTime': time = '', 'aws:EpochTime': seconds = '' } = requestKeys(http, {
    region: gateway.region,
    resourceAccount: gateway.accountId,
    now,
  });
  return {
    'aws:CurrentTime': time,
    'aws:EpochTime': seconds,
    ...multiFactorAge(caller.session, now),
  };
}

/**
 * Whether a condition key is the same in all calls under one key of the cache. What the credential says is, and so is what nobody
 * says.
 */
function isFixed(
  folded: string,
  key: AnswerCacheKey,
  contextKeys: RouteContext,
  { context }: DecisionSubject,
): boolean {
  if (isChanging(folded, key)) return false;
  if (folded === 'aws:multifactorauthage') return context['aws:MultiFactorAuthAge'] === undefined;
  return !changingSources(contextKeys, key).some((name) => foldCase(name) === folded);
}

/** The condition keys of a route whose values come from what the cache's key leaves out. */
function changingSources(contextKeys: RouteContext, key: AnswerCacheKey): readonly string[] {
  return [...contextKeys]
    .filter(([, { from }]) => key === 'caller' || (from !== 'path' && from !== 'claim'))
    .map(([name]) => name);
}
