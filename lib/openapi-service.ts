import type { DocumentProblem } from './openapi-document';
import type { OpenApiRoute, OpenApiRoutes } from './openapi-routes';
import type {
  AccessLevel,
  ServiceAction,
  ServiceConditionKey,
  ServiceResourceType,
} from './service-definition-parts';

/** What the routes of an OpenAPI document make of a service. */
export interface OpenApiService {
  readonly actions: readonly ServiceAction[];
  readonly resourceTypes: readonly ServiceResourceType[];
  readonly conditionKeys: readonly ServiceConditionKey[];
  readonly problems: readonly DocumentProblem[];
}

/**
 * The definition of the service that a document's routes are of: each action with the types of the resources that its routes name, a
 * type for each form of ARN, named by the words in it, and the condition keys, of type String where `keyTypes` has no other.
 */
export function deriveService(
  { routes }: OpenApiRoutes,
  keyTypes: readonly ServiceConditionKey[] = [],
): OpenApiService {
  const types = nameTypes(routes);
  const problems: DocumentProblem[] = [];
  const names = [...new Set(routes.map(({ route }) => route.action))];
  const actions = names.map((action) => {
    const ofAction = routes.filter(({ route }) => route.action === action);
    return deriveAction(action, ofAction, types, problems);
  });
  const keys = new Set(routes.flatMap(({ route }) => Object.keys(route.contextKeys ?? {})));
  const typed = new Set(keyTypes.map(({ name }) => name));
  return {
    actions,
    resourceTypes: [...types.values()],
    conditionKeys: [
      ...keyTypes,
      ...[...keys]
        .filter((name) => !typed.has(name))
        .map((name): ServiceConditionKey => ({ name, type: 'String' })),
    ],
    problems,
  };
}

function deriveAction(
  action: string,
  routes: readonly OpenApiRoute[],
  types: ReadonlyMap<string, ServiceResourceType>,
  problems: DocumentProblem[],
): ServiceAction {
  const report = ({ place }: OpenApiRoute, message: string): void => {
    problems.push({ ...place, message });
  };
  const [first] = routes;
  const given = routes.find(({ accessLevel }) => accessLevel !== undefined);
  for (const route of routes) {
    if (route.accessLevel !== undefined && route.accessLevel !== given?.accessLevel) {
      report(route, `${action} has another access level before`);
    }
    if ((route.route.resource === '*') !== (first?.route.resource === '*')) {
      report(route, `${action} is about all resources (*) in one route, and about one in another`);
    }
  }
  const names = routes.map(({ route }) => types.get(formOf(route.resource))?.name);
  const keys = routes.flatMap(({ route }) => Object.keys(route.contextKeys ?? {}));
  return {
    name: action.slice(action.indexOf(':') + 1),
    accessLevel: given?.accessLevel ?? accessLevelOf(routes),
    resourceTypes: [...new Set(names.filter((name) => name !== undefined))],
    conditionKeys: [...new Set(keys)],
  };
}

/** What the methods promise; whoever lists says so in the document. */
function accessLevelOf(routes: readonly OpenApiRoute[]): AccessLevel {
  const isRead = routes.every(({ route }) => ['GET', 'HEAD'].includes(route.method ?? ''));
  return isRead ? 'Read' : 'Write';
}

const PLACEHOLDER = /(?<!\$)\{([^{}]*)\}/g;

/** What ARNs have in common that differ in the names of their parameters alone. */
const formOf = (resource: string): string => resource.replace(PLACEHOLDER, '{}');

/** The resource types by the form of their ARNs; `order`, `order-line`, and `order-2` for another form of the same words. */
function nameTypes(routes: readonly OpenApiRoute[]): ReadonlyMap<string, ServiceResourceType> {
  const types = new Map<string, ServiceResourceType>();
  const taken = new Set<string>();
  for (const { route } of routes) {
    const form = formOf(route.resource);
    if (route.resource === '*' || types.has(form)) continue;
    const words = form
      .split(':')
      .slice(5)
      .join('/')
      .split(/[/${}]+/);
    const base = words.filter((word) => word !== '').join('-') || 'resource';
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    types.set(form, { name, arn: route.resource.replace(PLACEHOLDER, '${$1}') });
  }
  return types;
}
