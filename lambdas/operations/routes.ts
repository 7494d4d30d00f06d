import type { Operation } from './operation';

/** As much of a row as its route needs. */
type Routed = Pick<Operation<never, unknown>, 'name' | 'route'>;

/** The row that a request's method and path stand for. */
export interface RouteMatch<Row> {
  readonly operation: Row;
  /** Members of the input by name, still percent-encoded. */
  readonly pathParameters: ReadonlyMap<string, string>;
}

interface Node<Row> {
  readonly literals: Map<string, Node<Row>>;
  /** What stands for any one segment. */
  parameter: Node<Row> | undefined;
  end: Route<Row> | undefined;
}

interface Route<Row> {
  readonly operation: Row;
  readonly segments: readonly string[];
}

const newNode = <Row>(): Node<Row> => ({
  literals: new Map(),
  parameter: undefined,
  end: undefined,
});

/** The member that a segment of a route stands for; undefined for a segment that stands for itself. */
export function parameterOf(segment: string): string | undefined {
  return segment.startsWith('{') && segment.endsWith('}') ? segment.slice(1, -1) : undefined;
}

/** `POST /users` in its parts. */
export function splitRoute(route: Routed['route']): {
  readonly method: string;
  readonly path: string;
  readonly segments: readonly string[];
} {
  const space = route.indexOf(' ');
  const path = route.slice(space + 1);
  return { method: route.slice(0, space), path, segments: path.split('/').slice(1) };
}

/**
 * The routes of one service's rows.
 *
 * Invariant: no two routes match one request. Where a method has a literal at some place, it has no parameter there.
 */
export class Routes<Row extends Routed> {
  readonly #methods = new Map<string, Node<Row>>();

  /** Errors: TypeError for two routes that match one request. */
  constructor(operations: readonly Row[]) {
    for (const operation of operations) {
      this.#add(operation);
    }
  }

  /**
   * The row for a request; undefined where there is none. `segments` are as they were sent: a segment that is empty or a dot segment
   * is none of a route, because a signature says the same with it and without it.
   */
  find(method: string, segments: readonly string[]): RouteMatch<Row> | undefined {
    let node = this.#methods.get(method);
    for (const segment of segments) {
      if (segment === '' || segment === '.' || segment === '..') {
        return undefined;
      }
      node = node?.literals.get(segment) ?? node?.parameter;
    }
    const route = node?.end;
    return route === undefined
      ? undefined
      : { operation: route.operation, pathParameters: parametersOf(route, segments) };
  }

  #add(operation: Row): void {
    const { method, segments } = splitRoute(operation.route);
    let node = this.#methods.get(method) ?? newNode<Row>();
    this.#methods.set(method, node);
    for (const segment of segments) {
      const child = childOf(node, segment);
      if (node.literals.size > 0 && node.parameter !== undefined) {
        throw ambiguous(operation);
      }
      node = child;
    }
    if (node.end !== undefined) {
      throw ambiguous(operation);
    }
    node.end = { operation, segments };
  }
}

function childOf<Row>(node: Node<Row>, segment: string): Node<Row> {
  if (parameterOf(segment) !== undefined) {
    return (node.parameter ??= newNode());
  }
  const child = node.literals.get(segment) ?? newNode<Row>();
  node.literals.set(segment, child);
  return child;
}

function ambiguous({ name, route }: Routed): TypeError {
  return new TypeError(`another route matches what ${name} has at ${route}`);
}

function parametersOf(
  route: Route<unknown>,
  segments: readonly string[],
): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const name = parameterOf(route.segments[index] ?? '');
    if (name !== undefined) {
      parameters.set(name, segment);
    }
  }
  return parameters;
}
