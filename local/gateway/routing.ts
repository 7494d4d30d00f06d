import type { Method } from './rest-api';

export interface MatchedRoute {
  readonly method: Method;
  /** As sent, percent-encoding included; a REST API does not decode them. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  readonly methods: Map<string, Method>;
  parameter: { readonly name: string; readonly node: Node } | undefined;
  greedy: { readonly name: string; readonly methods: Map<string, Method> } | undefined;
}

/**
 * Finds the method of a request. At each segment a literal goes before a parameter, and a parameter before a greedy one; a
 * branch in which nothing serves the HTTP method is left again for the next one. Trailing slashes do not count, and
 * encoded slashes do not separate.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export class Router {
  readonly #root = createNode();

  constructor(methods: readonly Method[]) {
    for (const method of methods) this.#add(method);
  }

  match(httpMethod: string, path: string): MatchedRoute | undefined {
    const segments = splitPath(path);
    const parameters: [string, string][] = [];
    const method = find(this.#root, segments, 0, httpMethod, parameters);
    return method === undefined
      ? undefined
      : { method, pathParameters: Object.fromEntries(parameters) };
  }

  #add(method: Method): void {
    let node = this.#root;
    for (const segment of splitPath(method.resourcePath)) {
      if (segment.startsWith('{') && segment.endsWith('+}')) {
        node.greedy ??= { name: segment.slice(1, -2), methods: new Map() };
        node.greedy.methods.set(method.httpMethod, method);
        return;
      }
      node = descend(node, segment);
    }
    node.methods.set(method.httpMethod, method);
  }
}

function createNode(): Node {
  return { literals: new Map(), methods: new Map(), parameter: undefined, greedy: undefined };
}

function descend(node: Node, segment: string): Node {
  if (segment.startsWith('{') && segment.endsWith('}')) {
    node.parameter ??= { name: segment.slice(1, -1), node: createNode() };
    return node.parameter.node;
  }
  const known = node.literals.get(segment);
  if (known !== undefined) return known;
  const added = createNode();
  node.literals.set(segment, added);
  return added;
}

function find(
  node: Node,
  segments: readonly string[],
  index: number,
  httpMethod: string,
  parameters: [string, string][],
): Method | undefined {
  const segment = segments[index];
  if (segment === undefined) return methodOf(node.methods, httpMethod);
  const literal = node.literals.get(segment);
  const inLiteral = literal && find(literal, segments, index + 1, httpMethod, parameters);
  if (inLiteral !== undefined) return inLiteral;
  if (node.parameter !== undefined && segment !== '') {
    parameters.push([node.parameter.name, segment]);
    const inParameter = find(node.parameter.node, segments, index + 1, httpMethod, parameters);
    if (inParameter !== undefined) return inParameter;
    parameters.pop();
  }
  const greedy = node.greedy && methodOf(node.greedy.methods, httpMethod);
  if (greedy !== undefined)
    parameters.push([node.greedy?.name ?? '', segments.slice(index).join('/')]);
  return greedy;
}

/** What ANY stands for. */
const ANY_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

function methodOf(methods: ReadonlyMap<string, Method>, httpMethod: string): Method | undefined {
  return methods.get(httpMethod) ?? (ANY_METHODS.has(httpMethod) ? methods.get('ANY') : undefined);
}

function splitPath(path: string): readonly string[] {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  const trimmed = path.slice(1, end);
  return trimmed === '' ? [] : trimmed.split('/');
}
