import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import type { AnswerCacheProps } from '../lib';
import { requireWholeNumber } from '../lib/validation';

/** That the gateway of an example keeps answers. */
export interface KeptAnswers {
  /** What the deployment was given as `answerCache`. */
  readonly answerCache: AnswerCacheProps;
  /** For how long the gateway keeps an answer. */
  readonly cacheTtl: Duration;
}

/**
 * Reads `-c cacheTtlSeconds=60`, beside the `answerCacheSeconds` and `answerCacheKey` that the deployment was given; undefined where
 * it is not given.
 *
 * Errors: a value that does not fit, and a time without the deployment's.
 */
export function readKeptAnswers(node: Node): KeptAnswers | undefined {
  const cacheTtl = readSeconds(node, 'cacheTtlSeconds');
  if (cacheTtl === undefined) return undefined;
  const maximumTtl = readSeconds(node, 'answerCacheSeconds');
  if (maximumTtl === undefined) {
    throw new Error('context cacheTtlSeconds needs the answerCacheSeconds of the deployment');
  }
  const key: unknown = node.tryGetContext('answerCacheKey') ?? 'request';
  if (key !== 'request' && key !== 'caller') {
    throw new Error(
      `context answerCacheKey must be request or caller, but was ${JSON.stringify(key)}`,
    );
  }
  return { answerCache: { maximumTtl, key }, cacheTtl };
}

function readSeconds(node: Node, name: string): Duration | undefined {
  const given: unknown = node.tryGetContext(name);
  if (given === undefined) return undefined;
  const seconds = typeof given === 'string' && /^[0-9]{1,4}$/.test(given) ? Number(given) : given;
  if (typeof seconds !== 'number') {
    throw new Error(`context ${name} must be a whole number, but was ${JSON.stringify(given)}`);
  }
  requireWholeNumber(`context ${name}`, seconds, 1, 3600);
  return Duration.seconds(seconds);
}
