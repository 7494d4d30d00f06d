import { IamError } from './errors';
import type { HttpRequest } from './http';
import { LIMITS } from './limits';

/**
 * The parameters of one Query request as a tree: `Tags.member.1.Key=team` is the value of the node at Tags → member → 1 → Key.
 * Maps, not objects, so that no name has a meaning to JavaScript.
 */
export interface ParameterNode {
  value: string | undefined;
  children: Map<string, ParameterNode> | undefined;
}

/** A request of the Query protocol before its operation is known. */
export interface QueryCall {
  readonly action: string;
  /** Undefined where the request has none; which versions are served is for whoever dispatches to say. */
  readonly version: string | undefined;
  readonly parameters: ParameterNode;
}

/** Errors: `RequestEntityTooLarge`. To be called before anything else looks at the body. */
export function refuseLargeBody(request: HttpRequest): void {
  if ((request.body?.byteLength ?? 0) > LIMITS.bodyBytes) {
    throw new IamError(
      'RequestEntityTooLarge',
      `The request body must have at most ${LIMITS.bodyBytes} bytes.`,
    );
  }
}

/**
 * Reads a request of the Query protocol: a GET with everything in its query, or a POST with a form body, whose query counts as well
 * (a presigned POST has all of its parameters there).
 *
 * AWS takes the first of several parameters of one name. Here a repeated name is refused: a value that was looked at and a value
 * that is used can then never be two different ones.
 *
 * Errors: `RequestEntityTooLarge`, `MalformedInput`, `MissingAction`.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/programming.html
 */
export function readQueryCall(request: HttpRequest): QueryCall {
  refuseLargeBody(request);
  const pairs = [...request.query, ...formOf(request)];
  if (pairs.length > LIMITS.parameters) {
    throw malformed(`A request must have at most ${LIMITS.parameters} parameters.`);
  }
  const parameters = treeOf(pairs);
  const action = parameters.children?.get('Action')?.value;
  if (action === undefined || action === '') {
    throw new IamError(
      'MissingAction',
      'The request is missing an action or a required parameter.',
    );
  }
  return { action, version: parameters.children?.get('Version')?.value, parameters };
}

function formOf(request: HttpRequest): readonly (readonly [string, string])[] {
  if (request.body === undefined || request.body.byteLength === 0) {
    return [];
  }
  if (request.method !== 'POST') {
    throw malformed(`A ${request.method} request must not have a body.`);
  }
  const contentTypes = request.headers.get('content-type') ?? [];
  const mediaType = contentTypes[0]?.split(';', 1)[0]?.trim().toLowerCase();
  if (contentTypes.length !== 1 || mediaType !== 'application/x-www-form-urlencoded') {
    throw malformed('The content type of the body must be application/x-www-form-urlencoded.');
  }
  return parseForm(decodeUtf8(request.body));
}

/** Name/value pairs in their order. A name without `=` has the empty value. Errors: `MalformedInput`. */
export function parseForm(text: string): [name: string, value: string][] {
  const fields = text.split('&', LIMITS.parameters + 1);
  if (fields.length > LIMITS.parameters) {
    throw malformed(`A request must have at most ${LIMITS.parameters} parameters.`);
  }
  return fields
    .filter((field) => field !== '')
    .map((field) => {
      const equals = field.indexOf('=');
      return equals < 0
        ? [decodeFormText(field), '']
        : [decodeFormText(field.slice(0, equals)), decodeFormText(field.slice(equals + 1))];
    });
}

function decodeFormText(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) {
    return spaced;
  }
  try {
    // Refuses what a lenient decoder would keep or replace: a lone percent sign, bytes that are not UTF-8.
    return decodeURIComponent(spaced);
  } catch {
    throw malformed('A parameter is not percent-encoded UTF-8.');
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('The request body is not UTF-8.');
  }
}

function treeOf(pairs: readonly (readonly [string, string])[]): ParameterNode {
  const root: ParameterNode = { value: undefined, children: undefined };
  for (const [name, value] of pairs) {
    const node = nodeAt(root, name);
    if (node.value !== undefined) {
      throw malformed(`The parameter ${name} is given more than once.`);
    }
    node.value = value;
  }
  return root;
}

function nodeAt(root: ParameterNode, name: string): ParameterNode {
  if (name.length > LIMITS.parameterNameLength) {
    throw malformed(
      `The name of a parameter must have at most ${LIMITS.parameterNameLength} characters.`,
    );
  }
  const parts = name.split('.');
  if (parts.length > LIMITS.depth) {
    throw malformed(`The parameter ${name} is nested too deeply.`);
  }
  let node = root;
  for (const part of parts) {
    node.children ??= new Map();
    let child = node.children.get(part);
    if (child === undefined) {
      child = { value: undefined, children: undefined };
      node.children.set(part, child);
    }
    node = child;
  }
  return node;
}

/** Errors of this kind are the caller's: the request cannot be read as what it says it is. */
export function malformed(message: string): IamError {
  return new IamError('MalformedInput', message);
}
