import { hash } from 'node:crypto';

/** What AppSync hands over of the body, as it read it. */
export interface GraphqlBody {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Whether a signed hash is that of a body that says this. AppSync keeps the bytes of the body to itself, so that nobody behind the
 * authorizer could compare them; but each body that is tried here says the same, and whoever signed one of them meant this.
 *
 * Tried is compact JSON of `query`, `variables` and `operationName`, in any order, without those that are not there, or with null or
 * nothing for them. A client that writes another JSON is refused, and uses a bearer session instead.
 */
export function isGraphqlBody(body: GraphqlBody, payloadHash: string): boolean {
  const { query, operationName, variables } = body;
  const hasVariables = Object.keys(variables).length > 0;
  const variablesForms = hasVariables ? [variables] : [undefined, {}, null];
  const nameForms = operationName === undefined ? [undefined, null, ''] : [operationName];
  for (const variablesForm of variablesForms) {
    for (const nameForm of nameForms) {
      const members = [
        ['query', query],
        ['variables', variablesForm],
        ['operationName', nameForm],
      ].filter(([, value]) => value !== undefined);
      for (const order of permutations(members)) {
        const text = `{${order.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
        if (hash('sha256', text, 'hex') === payloadHash) {
          return true;
        }
      }
    }
  }
  return false;
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) {
    return [items];
  }
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((others) => [item, ...others]),
  );
}
