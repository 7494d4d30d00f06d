import type { Written } from '../gateway-form';
import { answerContext, callerContext } from './answer-context';
import type { DecidedRoute, GuardedAnswer } from './guarded-answer';

/**
 * Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export interface AppSyncAnswer {
  readonly isAuthorized: boolean;
  readonly resolverContext?: Readonly<Record<string, string>>;
  /** ARNs of fields that become null. */
  readonly deniedFields?: readonly string[];
  /** Seconds; a kept answer would be for the credential alone, whatever the operation. */
  readonly ttlOverride: number;
}

const MAX_ANSWER_BYTES = 8 * 1024;

/**
 * The answer of a GraphQL API's authorizer.
 *
 * A query of which only some fields are allowed is let through without the others. Everything else of which one field is not
 * allowed is refused as a whole: a denied field becomes null, but its resolver may have run; and a field that no catalogue names may
 * lie in a type of another name.
 */
export function writeAppSyncAnswer(answer: GuardedAnswer): Written<AppSyncAnswer> {
  const { routes } = answer;
  const denied = routes.filter(({ decision }) => decision.decision !== 'allowed');
  const deniedFields = [...new Set(denied.map(({ route }) => route.arn))];
  // The same field under two names: what is null for one is null for the other.
  const allowed = routes.filter(({ route }) => !deniedFields.includes(route.arn));
  if (allowed.length === 0 || !denied.every(canBeLeftOut)) {
    return { answer: refuseAppSync(), allowed: [] };
  }
  const written: AppSyncAnswer = {
    isAuthorized: true,
    resolverContext: resolverContext(answer, allowed),
    deniedFields,
    ttlOverride: 0,
  };
  return Buffer.byteLength(JSON.stringify(written)) <= MAX_ANSWER_BYTES
    ? { answer: written, allowed }
    : { answer: refuseAppSync(), allowed: [] };
}

/** AppSync answers this with `UnauthorizedException` and 401, whether the credentials or the rights are missing. */
export function refuseAppSync(): AppSyncAnswer {
  return { isAuthorized: false, ttlOverride: 0 };
}

function canBeLeftOut({ route, action }: DecidedRoute): boolean {
  return route.name.startsWith('Query.') && action !== route.unmapped.action;
}

function resolverContext(
  answer: GuardedAnswer,
  allowed: readonly DecidedRoute[],
): Readonly<Record<string, string>> {
  const [only, ...others] = allowed;
  return only === undefined || others.length > 0
    ? callerContext(answer.caller)
    : answerContext(answer, only, true);
}
