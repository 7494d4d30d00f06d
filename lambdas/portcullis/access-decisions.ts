import { parseArn } from '../core/arn';
import type { Decision, Reason } from '../core/decision';
import {
  decideOnService,
  understandService,
  type GuardedDecision,
  type GuardedService,
} from '../core/guarded-service';
import { evaluatePartially, readPartialDecision } from '../core/partial-evaluation';
import type { ConditionContext, RequestContext } from '../core/request-context';
import { subjectOf, type DecisionSubject } from '../identity/decision-subject';
import { loadNamedSubject } from '../identity/named-subjects';
import { loadService } from '../identity/service-entities';
import { loadSession } from '../identity/sessions';
import { loadSignedIn } from '../identity/sign-in-sessions';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { isJsonWebToken, proveWebIdentity } from './web-identity-proof';
import { typeContext, type AccessQuestion, type SubjectReference } from './access-questions';

/** What a question is answered with. */
export interface AccessDecision {
  readonly decision: boolean;
  readonly context: DecisionContext;
}

export interface DecisionContext {
  /** In AWS's words. */
  readonly decision: Decision['decision'];
  /** Why not, as AWS says it; undefined where it is allowed. */
  readonly reason?: string;
  /** What decided, most important first. Of no subject of another account. */
  readonly policies?: readonly DecidingPolicy[];
}

export type DecidingPolicy = Pick<
  Reason,
  'policyType' | 'effect' | 'policyId' | 'policyArn' | 'sid' | 'statement'
>;

export const UNKNOWN_SUBJECT =
  'There is no such subject, or the token does not prove that the subject is its session.';

const FOREIGN_RESOURCE = 'The resource belongs to another account.';

/** All that is told of a subject of another account; and of one that is not there, or it would be told who is. */
const FOREIGN_SUBJECT = 'The subject is not authorized to perform this action on this resource.';

/** The account in an ARN; a resource without one belongs to the account that is asked. */
export function resourceAccountOf(resource: string, accountId: string): string {
  const account = parseArn(resource)?.accountId ?? '';
  return account === '' ? accountId : account;
}

/**
 * Decisions of one call. Subjects and services are read once, consistently, when they are first asked about.
 *
 * Errors of its functions: InvalidInput, StoreUnavailable.
 */
export class AccessDecisions {
  readonly #subjects = new Map<string, Promise<DecisionSubject | undefined>>();
  readonly #services = new Map<string, Promise<GuardedService>>();

  constructor(private readonly call: Call) {}

  async decide(question: AccessQuestion): Promise<AccessDecision> {
    const { accountId } = this.call;
    const [subject, service] = await Promise.all([
      this.subject(question.subject),
      this.service(question.service),
    ]);
    const context = typeContext(question.context, question.action, service.catalogue);
    const resourceAccount = resourceAccountOf(question.resource, accountId);
    if (resourceAccount !== accountId) return refused(FOREIGN_RESOURCE);
    const { action, resource, resourceType } = question;
    const isOfType = service.catalogue?.isOfType(resourceType, action, resource);
    if (isOfType === false) {
      return refused(`The resource is not of the type ${resourceType} of ${question.service}.`);
    }
    if (subject === undefined) {
      return refused(
        isNamedElsewhere(question.subject, accountId) ? FOREIGN_SUBJECT : UNKNOWN_SUBJECT,
      );
    }
    const { principal, policies } = subject;
    const keys = { ...context, ...subject.context, ...this.requestKeys(question.subject) };
    const asked = { principal, action, resource, resourceAccount, context: keys };
    const decided = decideOnService(asked, policies, service);
    const undecided = decided.message === undefined ? findUndecided(asked, subject, service) : [];
    if (undecided.length === 0) return tell(decided, subject, accountId);
    return refused(
      isForeign(subject, accountId)
        ? FOREIGN_SUBJECT
        : `The decision depends on ${undecided.join(', ')}, which nobody has told.`,
    );
  }

  /** Whoever is named, or whose session the token is; undefined where it cannot be resolved. */
  async subject(reference: SubjectReference): Promise<DecisionSubject | undefined> {
    const { type, id, token, uniqueId, sourceIp, roleArn } = reference;
    const subject = await once(
      this.#subjects,
      JSON.stringify([type, id, token, sourceIp, roleArn]),
      () =>
        type === 'session' ? this.#findSession(reference) : loadNamedSubject(type, id, this.call),
    );
    // Somebody else may have been given the name since.
    const found =
      subject && 'uniqueId' in subject.principal ? subject.principal.uniqueId : undefined;
    return uniqueId === undefined || uniqueId === found ? subject : undefined;
  }

  service(name: string): Promise<GuardedService> {
    return once(this.#services, name, async () => {
      const { store, accountId } = this.call;
      return understandService(
        await loadService(store, accountId, name, { consistent: true }),
        name,
      );
    });
  }

  /**
   * Of the moment, and of the connection. Whoever asks is not who calls: where the subject calls from is known only where the asker
   * says it.
   */
  requestKeys({ sourceIp }: Pick<SubjectReference, 'sourceIp'>): ConditionContext {
    const {
      'aws:SourceIp': _address,
      'aws:UserAgent': _userAgent,
      'aws:Referer': _referer,
      ...keys
    } = this.call.requestContext;
    return sourceIp === undefined ? keys : { ...keys, 'aws:SourceIp': sourceIp };
  }

  async #findSession(reference: SubjectReference): Promise<DecisionSubject | undefined> {
    const { id, token, roleArn } = reference;
    if (token === undefined) return undefined;
    const { store, partition, now } = this.call;
    const options = { consistent: true, partition, now };
    try {
      const bearer = await this.call.openBearerToken(token);
      const session = isJsonWebToken(token)
        ? await proveWebIdentity({ token, roleArn }, this.requestKeys(reference), this.call)
        : await this.call.openSession(token);
      const principal =
        bearer !== undefined
          ? await loadSignedIn(store, bearer, options)
          : session && (await loadSession(store, session, options));
      if (principal === undefined) return undefined;
      const { caller } = principal;
      const isNamed = id === caller.principal.arn || id === caller.userId;
      return isNamed ? subjectOf(principal, now) : undefined;
    } catch (error) {
      // A session that is over is nobody's any more.
      if (error instanceof IamError) return undefined;
      throw error;
    }
  }
}

/** What a call of the subject's own would say of itself. */
const REQUEST_KEYS: readonly string[] = ['aws:sourceip', 'aws:useragent', 'aws:referer'];

/** Whether a condition key may have a value that the asker did not tell. */
export function isUntold({ unknownKeys = [] }: DecisionSubject, key: string): boolean {
  return REQUEST_KEYS.includes(key) || unknownKeys.includes(key);
}

/** The keys without which nobody can say that it is allowed: taking them for absent would pass over what looks at them. */
function findUndecided(
  asked: RequestContext,
  subject: DecisionSubject,
  { policy, catalogue }: GuardedService,
): readonly string[] {
  const partial = evaluatePartially(
    { ...asked, isUnknown: (key) => isUntold(subject, key) },
    policy === undefined ? subject.policies : subject.policies.withResource(policy),
    catalogue,
  );
  if (readPartialDecision(partial)(asked.resource) === 'allowed') return [];
  const keys = partial.undecided.flatMap(({ because }) => because.flatMap((each) => each.keys));
  return keys.length === 0 ? ['what is not known'] : [...new Set(keys)];
}

function once<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  load: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(key) ?? load();
  known.set(key, found);
  return found;
}

export function refused(reason: string): AccessDecision {
  return { decision: false, context: { decision: 'implicitDeny', reason } };
}

function tell(
  { decision, message }: GuardedDecision,
  subject: DecisionSubject,
  accountId: string,
): AccessDecision {
  const isAllowed = message === undefined;
  if (isForeign(subject, accountId)) {
    return isAllowed
      ? { decision: true, context: { decision: 'allowed' } }
      : refused(FOREIGN_SUBJECT);
  }
  return {
    decision: isAllowed,
    context: {
      decision: isAllowed ? 'allowed' : decision.decision,
      ...(message === undefined ? {} : { reason: message }),
      policies: decision.because.map(describeReason),
    },
  };
}

/** What another account's policies say is that account's to know. */
function isForeign({ principal }: DecisionSubject, accountId: string): boolean {
  return !('arn' in principal) || principal.accountId !== accountId;
}

/** Of a session only its token says whether there is one. */
function isNamedElsewhere({ type, id }: SubjectReference, accountId: string): boolean {
  const arn = parseArn(id);
  return type !== 'session' && arn !== undefined && arn.accountId !== accountId;
}

function describeReason(reason: Reason): DecidingPolicy {
  const { policyType, effect, policyId, policyArn, sid, statement } = reason;
  return {
    policyType,
    effect,
    ...(policyId === undefined ? {} : { policyId }),
    ...(policyArn === undefined ? {} : { policyArn }),
    ...(sid === undefined ? {} : { sid }),
    ...(statement === undefined ? {} : { statement }),
  };
}
