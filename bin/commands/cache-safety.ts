import {
  describeUnsettled,
  isChanging,
  type AnswerCacheKey,
} from '../../lambdas/authorizer/answer-cache';
import { UNKNOWN_VALUE, decideFamily } from '../../lambdas/core/cache-safety';
import { findContextValue } from '../../lambdas/core/context-values';
import { foldCase } from '../../lambdas/core/letter-case';
import type { ConditionContext, RequestContext } from '../../lambdas/core/request-context';
import {
  readScenario,
  readScenarioPolicies,
  readScenarioRequest,
} from '../../lambdas/core/scenario';
import { readScenarios } from './scenario-files';

export interface CacheSafetyOptions {
  readonly key: AnswerCacheKey;
  /** The longest time for which a gateway keeps an answer. */
  readonly seconds: number;
  /** Condition keys that each call says itself: those of a catalogue's headers and query. */
  readonly changing: readonly string[];
}

/**
 * Says of each scenario whether its decision may be kept by a gateway. `{name}` in its resource is a path parameter that may be
 * anything.
 *
 * @returns the exit code: 0, or 1 where a decision may not be kept, or a scenario cannot be read.
 */
export function runCacheSafety(files: readonly string[], options: CacheSafetyOptions): number {
  let exitCode = 0;
  for (const { id, text } of files.flatMap(readScenarios)) {
    const { isKept, said } = judgeScenario(text, options);
    if (!isKept) exitCode = 1;
    process.stdout.write(`${id}: ${said}\n`);
  }
  return exitCode;
}

function judgeScenario(
  text: string,
  options: CacheSafetyOptions,
): { readonly isKept: boolean; readonly said: string } {
  try {
    const scenario = readScenario(text);
    const { resource, ...asked } = readScenarioRequest(scenario);
    const request = { ...asked, resource: resource.replaceAll(/\{[^{}]*\}/g, UNKNOWN_VALUE) };
    const { decision, unsettled } = decideFamily(
      {
        request,
        isFixed: (folded) => isFixed(folded, request, options),
        last: growingKeys(request, options.seconds),
      },
      readScenarioPolicies(scenario),
    );
    return decision === undefined
      ? { isKept: false, said: `not kept\n  ${describeUnsettled(unsettled)}` }
      : { isKept: true, said: `kept, ${decision}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { isKept: false, said: `not kept\n  the scenario cannot be read: ${reason}` };
  }
}

function isFixed(
  folded: string,
  { context }: RequestContext,
  { key, changing }: CacheSafetyOptions,
): boolean {
  if (isChanging(folded, key) || changing.some((name) => foldCase(name) === folded)) return false;
  return folded !== AGE || findContextValue(context, AGE, AGE) === undefined;
}

const AGE = 'aws:multifactorauthage';

/** What the scenario has of the keys that grow with time, as they are at the end. */
function growingKeys({ context }: RequestContext, seconds: number): ConditionContext {
  const grown: Record<string, string> = {};
  for (const [name, value] of Object.entries(context)) {
    const folded = foldCase(name);
    if (typeof value !== 'string') continue;
    if (folded === AGE || folded === 'aws:epochtime') grown[name] = String(Number(value) + seconds);
    if (folded === 'aws:currenttime') {
      const end = Date.parse(value) + seconds * 1000;
      // What is no time now is none later.
      if (!Number.isNaN(end)) grown[name] = new Date(end).toISOString();
    }
  }
  return grown;
}
