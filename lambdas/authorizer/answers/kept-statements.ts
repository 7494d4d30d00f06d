import { parseRoutePath } from '../../core/catalogue/route-path';
import {
  SOMETHING,
  SOME_SEGMENT,
  overlap,
  placesOfPattern,
  placesOfText,
  type PatternPlace,
} from '../../core/pattern-overlap';
import { AnswerNotKept } from '../answer-cache';
import type { Gateway } from '../events/guarded-request';
import type { InvokeStatement } from './guarded-answer';

/** A route of a catalogue, with what every call to it is answered. */
export interface SettledRoute {
  /** `GET /orders/{orderId}`. */
  readonly routeKey: string;
  readonly isAllowed: boolean;
}

/**
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
const MAX_METHOD_ARN_LENGTH = 512;

/** In characters; what is longer would be no answer that a gateway takes. */
const MAX_POLICY_LENGTH = 8 * 1024;

/** Routes that are compared with one another, for one answer. */
const MAX_PAIRS = 10_000;

/** What stands for `%`, `/` and `\` in a path is no part of any resource, and neither is an empty part. */
const AMBIGUOUS = ['//', '%25', '%2F', '%2f', '%5C', '%5c'];

/** A route as the gateway's policies and the gateway's routing see it. */
interface RouteArns {
  readonly routeKey: string;
  readonly isAllowed: boolean;
  /** With `*` for each parameter, which runs across slashes. */
  readonly pattern: string;
  readonly patternPlaces: readonly PatternPlace[];
  /** Exactly the ARNs of the calls that the route may take. */
  readonly places: readonly PatternPlace[];
  readonly isOneMethod: boolean;
  /** The parts of its path that are no parameters. */
  readonly literals: readonly string[];
}

/**
 * The policy that says of each route what is decided about it. `*` runs across slashes in it, so that an Allow may cover a route that is
 * not allowed: such a route is denied, where that denies no call to a route that is allowed.
 *
 * Throws AnswerNotKept where no such policy says it.
 */
export function keptStatements(
  gateway: Gateway,
  routes: readonly SettledRoute[],
): readonly InvokeStatement[] {
  const arns = routes.map((route) => arnsOf(gateway, route));
  const allowed = arns.filter(({ isAllowed }) => isAllowed);
  const others = arns.filter(({ isAllowed }) => !isAllowed);
  // Before anything is compared: that takes the time of the function, which nothing else could stop.
  requireLength(allowed);
  if (allowed.length * others.length > MAX_PAIRS) {
    throw new AnswerNotKept('the catalogue has too many routes, of which some are allowed');
  }
  const denied = others.filter(({ places }) =>
    allowed.some(({ patternPlaces }) => overlap(patternPlaces, places)),
  );
  requireLength(denied);
  for (const one of denied) requireExact(one, allowed);
  const { partition, region, accountId, apiId, stage } = gateway;
  const prefix = `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/*`;
  const escapes = escapesOf(denied.flatMap(({ literals }) => literals).join(''));
  const refused = [...AMBIGUOUS, ...escapes].map((text) => `${prefix}${text}*`);
  const statements: readonly InvokeStatement[] = [
    {
      Action: 'execute-api:Invoke',
      Effect: 'Allow',
      Resource: [...new Set(allowed.map(({ pattern }) => pattern))],
    },
    {
      Action: 'execute-api:Invoke',
      Effect: 'Deny',
      Resource: [...refused, ...new Set(denied.flatMap(deniedPatterns))],
    },
  ];
  return statements.filter(({ Resource }) => Resource.length > 0);
}

function requireLength(routes: readonly RouteArns[]): void {
  const patterns = new Set(routes.map(({ pattern }) => pattern));
  const length = [...patterns].reduce((sum, pattern) => sum + pattern.length, 0);
  if (length > MAX_POLICY_LENGTH) {
    throw new AnswerNotKept('the policy of all routes is larger than a gateway takes');
  }
}

/** The gateway ignores a slash at the end of a path, and the ARN of the method has it. */
function deniedPatterns({ pattern }: RouteArns): readonly string[] {
  return pattern.endsWith('*') || pattern.endsWith('/') ? [pattern] : [pattern, `${pattern}/`];
}

/**
 * The ways to escape the characters of a text, as patterns: the ARN of a method has its path as it was sent, so that a path with one of
 * them would pass by a Deny that has the characters themselves. Of most letters also of their few neighbours that are none.
 */
function escapesOf(text: string): readonly string[] {
  const escapes = text.split('').flatMap((character) => {
    const code = character.charCodeAt(0).toString(16);
    if (/^[5-7]/.test(code)) return [`%${code.slice(0, 1)}?`];
    return [`%${code}`, `%${code.toUpperCase()}`];
  });
  return [...new Set(escapes)].sort();
}

/** A Deny of one whole path is of that alone, and the gateway routes a path to the route that names it. */
function requireExact(one: RouteArns, allowed: readonly RouteArns[]): void {
  if (one.isOneMethod) return;
  const other = allowed.find(({ places }) => overlap(one.patternPlaces, places));
  if (other !== undefined) {
    throw new AnswerNotKept(
      `${other.routeKey} is allowed and ${one.routeKey} is not, and no policy of a gateway tells them apart`,
    );
  }
}

function arnsOf(gateway: Gateway, { routeKey, isAllowed }: SettledRoute): RouteArns {
  const space = routeKey.indexOf(' ');
  const method = routeKey.slice(0, Math.max(space, 0));
  if (method === '') throw new AnswerNotKept(`${routeKey} is no method with a path`);
  const { partition, region, accountId, apiId, stage } = gateway;
  const before = `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/`;
  const path = parseRoutePath(routeKey.slice(space + 1));
  const pattern = `${before}${method === 'ANY' ? '*' : method}/${path.segments
    .map((segment) => (typeof segment === 'string' ? segment : '*'))
    .join('/')}`;
  // With a slash at its end as well.
  if (pattern.length >= MAX_METHOD_ARN_LENGTH) {
    throw new AnswerNotKept(`the ARN of ${routeKey} is longer than a gateway takes`);
  }
  return {
    routeKey,
    isAllowed,
    pattern,
    patternPlaces: placesOfPattern(pattern),
    places: [
      ...placesOfText(before),
      ...(method === 'ANY' ? SOME_SEGMENT : placesOfText(method)),
      ...(path.segments.length === 0 ? placesOfText('/') : []),
      ...path.segments.flatMap((segment) => [
        ...placesOfText('/'),
        ...(typeof segment === 'string'
          ? placesOfText(segment)
          : segment.isGreedy
            ? SOMETHING
            : SOME_SEGMENT),
      ]),
    ],
    isOneMethod: method !== 'ANY' && path.parameters.size === 0,
    literals: path.segments.filter((segment) => typeof segment === 'string'),
  };
}
