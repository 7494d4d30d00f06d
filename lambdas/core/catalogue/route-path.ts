import { CatalogueRefused } from './resource-template';

/** A parameter of a route, e.g. `{orderId}`; `{proxy+}` is greedy and takes the rest of the path. */
export interface RouteParameter {
  readonly name: string;
  readonly isGreedy: boolean;
}

/** A route's path as API Gateway writes it, in pieces. */
export interface RoutePath {
  readonly text: string;
  readonly segments: readonly (string | RouteParameter)[];
  readonly parameters: ReadonlyMap<string, RouteParameter>;
}

/** API Gateway's own limit lies below; this one bounds the work. */
const MAX_PATH_LENGTH = 1024;

const PARAMETER = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/;

/**
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
const LITERAL_SEGMENT = /^[A-Za-z0-9._:@$,+!'()=~-]+$/;

/** Parses `/orders/{orderId}`. Throws {@link CatalogueRefused}. */
export function parseRoutePath(text: string): RoutePath {
  if (!text.startsWith('/') || text.length > MAX_PATH_LENGTH) {
    throw new CatalogueRefused(
      `a path begins with / and has at most ${MAX_PATH_LENGTH} characters, unlike ${text.slice(0, 80)}`,
    );
  }
  const parameters = new Map<string, RouteParameter>();
  const texts = text === '/' ? [] : text.slice(1).split('/');
  const segments = texts.map((segment, index) => {
    const [, name, plus] = PARAMETER.exec(segment) ?? [];
    if (name === undefined) {
      if (!LITERAL_SEGMENT.test(segment) || segment === '.' || segment === '..') {
        throw new CatalogueRefused(`the path ${text} has a part that no resource of a gateway has`);
      }
      return segment;
    }
    const parameter = { name, isGreedy: plus === '+' };
    if (parameters.has(name)) {
      throw new CatalogueRefused(`the path ${text} has {${name}} twice`);
    }
    if (parameter.isGreedy && index !== texts.length - 1) {
      throw new CatalogueRefused(`the path ${text} goes on after {${name}+}`);
    }
    parameters.set(name, parameter);
    return parameter;
  });
  return { text, segments, parameters };
}

/**
 * One path parameter as a piece of an ARN: decoded exactly once, and refused (undefined) where a gateway, a backend and a policy
 * could read it differently or where it would change the ARN's parts:
 *
 * - an empty value, and `.` or `..` as a value or as a part of a greedy one;
 * - `/` (unless greedy), `\`, `*`, `?`, `"`, control characters, however they were encoded;
 * - a percent sign that is left after decoding, and what does not decode to text.
 *
 * `:` is let through here; a template that separates by colons refuses it. What is let through stands in the ARN as it is.
 */
export function readPathParameter(encoded: string, isGreedy: boolean): string | undefined {
  const value = decodeOnce(encoded);
  if (value === undefined || !isPlainText(value)) {
    return undefined;
  }
  const parts = value.split('/');
  if (parts.length > 1 && !isGreedy) {
    return undefined;
  }
  return parts.some((part) => part === '' || part === '.' || part === '..') ? undefined : value;
}

function decodeOnce(encoded: string): string | undefined {
  if (!encoded.includes('%')) {
    return encoded;
  }
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function isPlainText(value: string): boolean {
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const isLoneSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (isControl || isLoneSurrogate || '\\*?"%'.includes(character)) {
      return false;
    }
  }
  return true;
}
