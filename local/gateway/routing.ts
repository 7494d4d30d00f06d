import type { Method } from './rest-api';

/** What a path is matched with. */
export interface Routable {
  /** `/orders/{orderId}`, `/files/{proxy+}`. */
  readonly resourcePath: string;
  /** `GET`, …, or `ANY`. */
  readonly httpMethod: string;
}

export interface MatchedRoute<M extends Routable = Method> {
  readonly method: M;
  /** In the form that the path had; only an HTTP API decodes it before it looks for a route. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node<M> {
  readonly literals: Map<string, Node<M>>;
  readonly methods: Map<string, M>;
  parameter: { readonly name: string; readonly node: Node<M> } | undefined;
  greedy: { readonly name: string; readonly methods: Map<string, M> } | undefined;
}

/** REST APIs ignore slashes at the end of a path and know seven methods as ANY; HTTP APIs do neither. */
export type RoutingRules = 'REST' | 'HTTP';

/**
 * Finds the method of a request. At each segment a literal goes before a parameter, and a parameter before a greedy one; a
 * branch in which nothing serves the HTTP method is left again for the next one. Encoded slashes do not separate.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export class Router<M extends Routable> {
  readonly #root = createNode<M>();

  constructor(
    methods: readonly M[],
    private readonly rules: RoutingRules = 'REST',
  ) {
    for (const method of methods) this.#add(method);
  }

  match(httpMethod: string, path: string): MatchedRoute<M> | undefined {
    const segments = splitPath(path, this.rules);
    const parameters: [string, string][] = [];
    const choose: Choose<M> = (methods) =>
      methods.get(httpMethod) ??
      (this.rules === 'HTTP' || ANY_METHODS.has(httpMethod) ? methods.get('ANY') : undefined);
    const method = find(this.#root, segments, 0, choose, parameters);
    return method === undefined
      ? undefined
      : { method, pathParameters: Object.fromEntries(parameters) };
  }

  #add(method: M): void {
    let node = this.#root;
    for (const segment of splitPath(method.resourcePath, this.rules)) {
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

function createNode<M>(): Node<M> {
  return { literals: new Map(), methods: new Map(), parameter: undefined, greedy: undefined };
}

function descend<M>(node: Node<M>, segment: string): Node<M> {
  if (segment.startsWith('{') && segment.endsWith('}')) {
    node.parameter ??= { name: segment.slice(1, -1), node: createNode() };
    return node.parameter.node;
  }
  const known = node.literals.get(segment);
  if (known !== undefined) return known;
  const added = createNode<M>();
  node.literals.set(segment, added);
  return added;
}

type Choose<M> = (methods: ReadonlyMap<string, M>) => M | undefined;

function find<M>(
  node: Node<M>,
  segments: readonly string[],
  index: number,
  choose: Choose<M>,
  parameters: [string, string][],
): M | undefined {
  const segment = segments[index];
  if (segment === undefined) return choose(node.methods);
  const literal = node.literals.get(segment);
  const inLiteral = literal && find(literal, segments, index + 1, choose, parameters);
  if (inLiteral !== undefined) return inLiteral;
  if (node.parameter !== undefined && segment !== '') {
    parameters.push([node.parameter.name, segment]);
    const inParameter = find(node.parameter.node, segments, index + 1, choose, parameters);
    if (inParameter !== undefined) return inParameter;
    parameters.pop();
  }
  const rest = segments.slice(index).join('/');
  const greedy = node.greedy && rest !== '' ? choose(node.greedy.methods) : undefined;
  if (greedy !== undefined) parameters.push([node.greedy?.name ?? '', rest]);
  return greedy;
}

/** What ANY stands for. */
const ANY_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

function splitPath(path: string, rules: RoutingRules): readonly string[] {
  let end = path.length;
  while (rules === 'REST' && end > 1 && path[end - 1] === '/') end -= 1;
  const trimmed = path.slice(1, end);
  return trimmed === '' ? [] : trimmed.split('/');
}
