import type { Duration } from 'aws-cdk-lib';
import { IdentitySource } from 'aws-cdk-lib/aws-apigateway';
import { requireWholeNumber } from './validation';

/**
 * What gateways keep answers under.
 *
 * - `request`: the credential, the method, the path and the address that the call comes from. A kept answer is for that path alone.
 * - `caller`: the credential alone. A kept answer is for all routes of the API's catalogue, which must have each route that the API has.
 */
export type AnswerCacheKey = 'request' | 'caller';

/** How long, and under what, gateways may keep the authorizer's answers. */
export interface AnswerCacheProps {
  /**
   * The longest time for which a gateway may keep an answer: whole seconds, 1 to 3600. A right that is withdrawn, a session that is
   * ended and one that expires may go on for as long. An answer that could change with time is only given where it does not within it.
   */
  readonly maximumTtl: Duration;
  /**
   * What answers are kept under.
   *
   * @default 'request'
   */
  readonly key?: AnswerCacheKey;
}

/** Keeping answers, for one API. */
export interface AnswerCacheOptions {
  /**
   * For how long the gateway keeps each answer, up to the deployment's `answerCache.maximumTtl`. Callers have bearer tokens then: a
   * signature is for one call, and is refused.
   *
   * @default Duration.seconds(0): every call is decided anew
   */
  readonly cacheTtl?: Duration;
}

/** What API Gateway takes at most. */
const MAX_SECONDS = 3600;

/** Throws unless the time is one that a gateway can keep answers for. */
export function requireMaximumTtl({ maximumTtl }: AnswerCacheProps): void {
  requireWholeNumber('answerCache.maximumTtl in seconds', maximumTtl.toSeconds(), 1, MAX_SECONDS);
}

/** Throws where the deployment does not let a gateway keep answers for so long. */
export function requireCacheTtl(cacheTtl: Duration, cache: AnswerCacheProps | undefined): void {
  if (cache === undefined) {
    throw new Error(
      'cacheTtl needs a deployment with answerCache: the other authorizer answers one call alone',
    );
  }
  requireWholeNumber('cacheTtl in seconds', cacheTtl.toSeconds(), 1, cache.maximumTtl.toSeconds());
}

const HEADER = 'Authorization';

/** Of a REST API. */
export function restIdentitySources(key: AnswerCacheKey): string[] {
  const caller = IdentitySource.header(HEADER);
  return key === 'caller'
    ? [caller]
    : [
        caller,
        ...['httpMethod', 'path', 'identity.sourceIp'].map((name) => IdentitySource.context(name)),
      ];
}

/** Of an HTTP API, under the key `request`; the route is part of it, as different paths are decoded to one. */
export const HTTP_IDENTITY_SOURCES: readonly string[] = [
  `$request.header.${HEADER}`,
  '$context.routeKey',
  '$context.httpMethod',
  '$context.path',
  '$context.identity.sourceIp',
];
