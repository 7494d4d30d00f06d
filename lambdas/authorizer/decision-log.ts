import type { Decision } from '../core/decision';
import type { Caller } from '../identity/caller';
import type { IamError } from '../protocol/errors';
import type { GuardedRequest, GuardedRoute } from './events/guarded-request';

/*
 * One line of JSON for every call. It has ids, names and what was decided; never a header, a signature, a secret or a query.
 */

export type LogEntry = Readonly<Record<string, unknown>>;

export interface LoggedDecision {
  readonly caller: Caller | undefined;
  readonly route: GuardedRoute;
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
    route: logged.route.name,
    principalArn: caller?.principal.arn,
    principalId: caller?.userId ?? 'anonymous',
    accessKeyId: caller?.accessKeyId,
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

function aboutRequest(request: GuardedRequest | undefined): Record<string, string | undefined> {
  return request === undefined
    ? {}
    : {
        requestId: request.http.requestId,
        apiId: request.gateway.apiId,
        stage: request.gateway.stage,
        method: request.http.method,
        route: request.routes.map(({ name }) => name).join(' '),
        sourceIp: request.http.sourceIp,
      };
}
