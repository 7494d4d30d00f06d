import type { Decision } from '../core/decision';
import type { Caller } from '../identity/caller';
import type { IamError } from '../protocol/errors';
import type { GuardedRequest } from './events/rest-request';

/*
 * One line of JSON for every call. It has ids, names and what was decided; never a header, a signature, a secret or a query.
 */

export type LogEntry = Readonly<Record<string, unknown>>;

export interface LoggedDecision {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  /** What the gateway was told. */
  readonly effect: 'Allow' | 'Deny';
  readonly durationMilliseconds: number;
}

/** A call that was answered, with the policy and statement that decided. */
export function decisionEntry(request: GuardedRequest, logged: LoggedDecision): LogEntry {
  const { caller, decision } = logged;
  const [reason] = decision.because;
  return {
    level: 'INFO',
    event: 'decision',
    ...aboutRequest(request),
    principalArn: caller.principal.arn,
    principalId: caller.userId,
    accessKeyId: caller.accessKeyId,
    action: logged.action,
    resource: logged.resource,
    decision: decision.decision,
    effect: logged.effect,
    policyType: reason?.policyType,
    policyId: reason?.policyId,
    sid: reason?.sid,
    statement: reason?.statement,
    durationMilliseconds: logged.durationMilliseconds,
  };
}

/** A call whose caller is not known. The code says why; the caller is only told that it is so. */
export function unauthorizedEntry(
  request: GuardedRequest | undefined,
  error: IamError,
  durationMilliseconds: number,
): LogEntry {
  return {
    level: 'INFO',
    event: 'unauthorized',
    ...aboutRequest(request),
    code: error.code,
    durationMilliseconds,
  };
}

/** A call that could not be answered, through a fault of ours. */
export function failureEntry(
  request: GuardedRequest | undefined,
  error: unknown,
  durationMilliseconds: number,
): LogEntry {
  return {
    level: 'ERROR',
    event: 'failure',
    ...aboutRequest(request),
    error: error instanceof Error ? error.name : typeof error,
    message: error instanceof Error ? error.message : undefined,
    durationMilliseconds,
  };
}

function aboutRequest(request: GuardedRequest | undefined): Record<string, string> {
  return request === undefined
    ? {}
    : {
        requestId: request.http.requestId,
        apiId: request.method.apiId,
        stage: request.method.stage,
        method: request.method.name,
        route: request.route,
        sourceIp: request.http.sourceIp,
      };
}
