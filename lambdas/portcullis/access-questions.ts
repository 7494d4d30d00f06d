import { parseArn } from '../core/arn';
import { isReservedService } from '../core/catalogue/reserved-services';
import { areValuesOf } from '../core/catalogue/route-context';
import type { Catalogue } from '../core/catalogue/catalogue';
import { parseIpAddress } from '../core/ip-address';
import { foldCase } from '../core/letter-case';
import type { ConditionContext } from '../core/request-context';
import { findServiceRules } from '../core/service-rules';
import { IamError } from '../protocol/errors';

/*
 * What is asked: may this subject do this action on this resource?
 *
 * Source: https://openid.net/specs/authorization-api-1_0.html#name-information-model
 */

/** As it is sent; a JSON object under each `properties` and under `context`. */
export interface EvaluationInput {
  readonly subject?: SubjectInput | undefined;
  readonly action?:
    { readonly name: string | undefined; readonly properties?: unknown } | undefined;
  readonly resource?:
    | {
        readonly type: string | undefined;
        readonly id: string | undefined;
        readonly properties?: unknown;
      }
    | undefined;
  readonly context?: unknown;
}

export interface SubjectInput {
  /** `user`, `role`, `root` or `session`. */
  readonly type: string | undefined;
  /** An ARN or a unique id. */
  readonly id: string | undefined;
  /** `token` proves a session; `ip_address` is where the subject calls from; `unique_id` is whose ARN it must be. */
  readonly properties?: unknown;
}

/** One question, each part of it read. */
export interface AccessQuestion {
  readonly subject: SubjectReference;
  /** `orders:GetOrder`. */
  readonly action: string;
  readonly service: string;
  readonly resourceType: string;
  /** An ARN of the service, or `*` for an action that is about no one resource. */
  readonly resource: string;
  readonly context: readonly ContextValues[];
}

export interface SubjectReference {
  readonly type: 'user' | 'role' | 'root' | 'session';
  readonly id: string;
  /** Of a session, or what somebody who signed in carries. */
  readonly token: string | undefined;
  readonly sourceIp: string | undefined;
  /** Whose ARN it must be still. */
  readonly uniqueId: string | undefined;
  /** That the token of an OIDC provider is used for. */
  readonly roleArn: string | undefined;
}

/** A condition key with its values as texts. */
export interface ContextValues {
  readonly key: string;
  readonly values: readonly string[];
  readonly isList: boolean;
}

const SUBJECT_TYPES: readonly string[] = ['user', 'role', 'root', 'session'];

/** Beyond the longest that is sealed. */
const MAX_TOKEN_LENGTH = 8192;

const MAX_CONTEXT_KEYS = 100;
const MAX_CONTEXT_VALUES = 100;
/** More than that no condition's value has. */
const MAX_VALUE_LENGTH = 2048;

const NAME_IN_KEY = /^[\w./-]{1,128}$/;

/** `orders` of `orders:GetOrder`; constraints have seen that there is one. */
export function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}

/** Errors: InvalidInput, with what is wrong; ValidationError for a part that is missing. */
export function readQuestion(input: EvaluationInput): AccessQuestion {
  const { subject, action, resource } = input;
  if (subject === undefined) throw missing('subject');
  if (action?.name === undefined) throw missing('action');
  if (resource?.type === undefined || resource.id === undefined) throw missing('resource');
  const service = readService(action.name);
  return {
    subject: readSubject(subject),
    action: action.name,
    service,
    resourceType: resource.type,
    resource: readResource(resource.id, service),
    context: readContext(input.context, service),
  };
}

/** The service of an action, which must be a team's own. Errors: InvalidInput. */
export function readService(action: string): string {
  const service = serviceOf(action);
  const { needsResourcePolicy } = findServiceRules(foldCase(action));
  if (isReservedService(service) || needsResourcePolicy !== undefined) {
    throw invalid(`Decisions are about the actions of your own services, not of ${service}.`);
  }
  return service;
}

/** In the words of every other member that is missing. */
export function missing(name: string): IamError {
  return new IamError(
    'ValidationError',
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

const invalid = (message: string): IamError => new IamError('InvalidInput', message);

export function readSubject({ type = '', id = '', properties }: SubjectInput): SubjectReference {
  if (!SUBJECT_TYPES.includes(type)) {
    throw invalid(`The type of a subject is one of ${SUBJECT_TYPES.join(', ')}.`);
  }
  const {
    token,
    ip_address: sourceIp,
    unique_id: uniqueId,
    role_arn: roleArn,
  } = readObject(properties, 'subject.properties');
  if (token !== undefined && (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH)) {
    throw invalid('subject.properties.token is no token.');
  }
  if (
    sourceIp !== undefined &&
    (typeof sourceIp !== 'string' || parseIpAddress(sourceIp) === undefined)
  ) {
    throw invalid('subject.properties.ip_address is no IP address.');
  }
  if (token !== undefined && type !== 'session') {
    throw invalid('A token proves a session: subject.type must be session where there is one.');
  }
  if (uniqueId !== undefined && typeof uniqueId !== 'string') {
    throw invalid('subject.properties.unique_id is no unique id.');
  }
  if (roleArn !== undefined && typeof roleArn !== 'string') {
    throw invalid('subject.properties.role_arn is no ARN.');
  }
  return { type: type as SubjectReference['type'], id, token, sourceIp, uniqueId, roleArn };
}

/** A resource that is a pattern would be another one than the policies mean. */
function readResource(id: string, service: string): string {
  if (id === '*') return id;
  const arn = parseArn(id);
  if (arn?.service !== service || arn.partition === '' || arn.resource === '') {
    throw invalid(`resource.id must be * or an ARN of the service ${service}.`);
  }
  if (/[*?\p{Cc}]/u.test(id)) {
    throw invalid('resource.id must be the ARN of one resource, without * and ?.');
  }
  return id;
}

/** Keys under the service's own prefix alone, so that no caller can set what AWS's keys say. Errors: InvalidInput. */
function readContext(context: unknown, service: string): readonly ContextValues[] {
  const entries = Object.entries(readObject(context, 'context'));
  return checkContext(
    entries.map(([key, value]) => ({
      key,
      values: readValues(key, value),
      isList: Array.isArray(value),
    })),
    service,
  );
}

/** Errors: InvalidInput. */
export function checkContext(
  context: readonly ContextValues[],
  service: string,
): readonly ContextValues[] {
  const folded = new Set(context.map(({ key }) => foldCase(key)));
  if (context.length > MAX_CONTEXT_KEYS || folded.size !== context.length) {
    throw invalid(`The context has at most ${MAX_CONTEXT_KEYS} keys, each once in whatever case.`);
  }
  for (const { key, values } of context) {
    const own = key.startsWith(`${service}:`) ? key.slice(service.length + 1) : '';
    if (!NAME_IN_KEY.test(own)) {
      throw invalid(`The context may set keys under ${service}: alone; \`${key}\` is not one.`);
    }
    if (values.some((value) => value.length > MAX_VALUE_LENGTH)) {
      throw invalid(`A value of ${key} has more than ${MAX_VALUE_LENGTH} characters.`);
    }
  }
  return context;
}

function readValues(key: string, value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > MAX_CONTEXT_VALUES) {
    throw invalid(`${key} has more than ${MAX_CONTEXT_VALUES} values.`);
  }
  return items.map((item) => {
    const text = typeof item === 'number' || typeof item === 'boolean' ? String(item) : item;
    if (typeof text === 'string') return text;
    throw invalid(`${key} must be a text, a number, true or false, or a list of those.`);
  });
}

function readObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${name} must be a JSON object.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/**
 * The condition keys with the types that the service's definition gives them; a key that the definition does not have is a text. A value
 * that no operator could read would keep a Deny from matching.
 *
 * Errors: InvalidInput.
 */
export function typeContext(
  context: readonly ContextValues[],
  action: string,
  catalogue: Catalogue | undefined,
): ConditionContext {
  return Object.fromEntries(
    context.map(({ key, values, isList }) => {
      const defined = catalogue?.findConditionKey(action, key)?.type;
      const type = defined ?? (isList ? 'ArrayOfString' : 'String');
      if (values.length === 0) return [key, []];
      if (!areValuesOf(type, values)) throw invalid(`${key} must be of the type ${type}.`);
      return [key, type.startsWith('ArrayOf') ? values : (values[0] ?? '')];
    }),
  );
}
