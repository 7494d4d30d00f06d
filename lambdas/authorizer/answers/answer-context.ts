import type { Caller } from '../../identity/caller';
import type { DecidedRoute, GuardedAnswer } from './guarded-answer';

/**
 * What the backend is told of the caller and the decision.
 *
 * Invariant: every name is written here, and every value is a string that is safe inside a JSON string, so that a gateway response
 * can show it: `"` and `\` never occur.
 */
export function answerContext(
  answer: GuardedAnswer,
  route: DecidedRoute,
  allowed: boolean,
): Record<string, string> {
  const { decision } = route.decision;
  const { scheme, payloadHash, requestId } = answer;
  return toPlainTexts({
    ...callerContext(answer.caller),
    decision: decision === 'allowed' && !allowed ? 'implicitDeny' : decision,
    action: route.action,
    resource: route.resource,
    // A signed call has a hash for its body; of any other the backend must know that there is none.
    ...(scheme === 'sigv4' ? {} : { scheme }),
    ...(payloadHash === undefined ? {} : { payloadHash }),
    // A kept answer is given to other requests too.
    ...(requestId === '' || answer.kept !== undefined ? {} : { requestId }),
    ...(allowed
      ? {}
      : {
          message: route.message ?? 'The request path is too long or is a pattern.',
          ...(route.encodedMessage === undefined ? {} : { encodedMessage: route.encodedMessage }),
        }),
  });
}

/** Who calls; of whoever calls without credentials only that it is so. */
export function callerContext(caller: Caller | undefined): Record<string, string> {
  if (caller === undefined)
    return { principalId: principalIdOf(caller), principalType: 'Anonymous' };
  return toPlainTexts({
    principalArn: caller.principal.arn,
    principalId: principalIdOf(caller),
    principalType: caller.principal.type,
    accountId: caller.accountId,
    ...(caller.userName === undefined ? {} : { userName: caller.userName }),
    ...(isSessionOfNamed(caller) ? { credential: 'session' } : {}),
  });
}

/** Of a role or a federated user there is nothing but sessions; one of a user or root may have less rights than its principal. */
function isSessionOfNamed({ principal: { type }, session }: Caller): boolean {
  return session !== undefined && (type === 'User' || type === 'Root');
}

/** The unique id, by which a gateway names the caller in its logs. */
export function principalIdOf(caller: Caller | undefined): string {
  return caller === undefined ? 'anonymous' : (caller.principal.uniqueId ?? caller.userId);
}

/** Leaves out what is too long for any gateway; of a denial alone, because a backend would take half an ARN for a whole one. */
export function shorten(route: DecidedRoute): DecidedRoute {
  return {
    ...route,
    resource: route.resource.slice(0, 256),
    message: route.message?.slice(0, 512),
    encodedMessage: undefined,
  };
}

function toPlainTexts(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toPlainText(value)]),
  );
}

/** Nothing that JSON escapes: quotes become apostrophes, backslashes slashes, control characters and half characters spaces. */
function toPlainText(value: string): string {
  return value
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, ' ');
}
