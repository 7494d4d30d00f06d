import type { Expected, Workload } from '../workload';

/** One engine, ready to answer the requests of one workload by their place in it. */
export interface Engine {
  /** Decides; the engine's own way of giving reasons is not asked for. */
  readonly decide: (place: number) => Expected | 'Deny';
  /** Decides with reasons, where the engine has them. */
  readonly explain?: (place: number) => Expected | 'Deny';
}

/** Translates and loads a workload; undefined where the engine has no words for its policies. */
export type EngineFactory = (workload: Workload) => Promise<Engine | undefined>;

/** Engines without an implicit denial say `Deny` for both. */
export function isRight(answer: Expected | 'Deny', expected: Expected): boolean {
  return answer === expected || (answer === 'Deny' && expected !== 'Allow');
}
