import { readDocument } from './openapi-document';
import type {
  DocumentObject,
  DocumentPlace,
  DocumentProblem,
  DocumentValue,
} from './openapi-document';
import { routeProblems, serviceProblem } from './route';
import type { Route } from './route';
import type { AccessLevel } from './service-definition-parts';

/** An operation of an OpenAPI document that says what it is. */
export interface OpenApiRoute {
  readonly route: Route;
  readonly accessLevel: AccessLevel | undefined;
  readonly place: DocumentPlace;
}

/** What an OpenAPI document says about routes. */
export interface OpenApiRoutes {
  /** The one service that all actions are of; undefined where there is no route. */
  readonly service: string | undefined;
  readonly routes: readonly OpenApiRoute[];
  /** Operations that say nothing: calls to them are decided as `execute-api:Invoke`. */
  readonly unmapped: readonly { readonly routeKey: string; readonly place: DocumentPlace }[];
  readonly problems: readonly DocumentProblem[];
}

/** The members of an operation that are read. */
export const EXTENSIONS = {
  action: 'x-portcullis-action',
  resource: 'x-portcullis-resource',
  contextKeys: 'x-portcullis-context-keys',
  accessLevel: 'x-portcullis-access-level',
} as const;

const METHODS = new Map([
  ['delete', 'DELETE'],
  ['get', 'GET'],
  ['head', 'HEAD'],
  ['options', 'OPTIONS'],
  ['patch', 'PATCH'],
  ['post', 'POST'],
  ['put', 'PUT'],
  ['x-amazon-apigateway-any-method', 'ANY'],
]);
const ACCESS_LEVELS: readonly string[] = [
  'List',
  'Read',
  'Write',
  'Tagging',
  'Permissions management',
] satisfies AccessLevel[];

/**
 * Reads an OpenAPI 3.0 or 3.1 document, in YAML or JSON: the action of each operation (`x-portcullis-action: orders:GetOrder`), its
 * resource (`x-portcullis-resource`: `*`, an ARN, or what stands behind the account in one: `order/{orderId}`), and perhaps its
 * condition keys and access level. Whatever is wrong is told with its place; nothing is guessed.
 *
 * Source: https://spec.openapis.org/oas/v3.1.1.html
 */
export function readOpenApiRoutes(text: string): OpenApiRoutes {
  const { root, problems } = readDocument(text);
  if (root === undefined) return { service: undefined, routes: [], unmapped: [], problems };
  return new OpenApiReader(root).read();
}

class OpenApiReader {
  private readonly routes: OpenApiRoute[] = [];
  private readonly unmapped: OpenApiRoutes['unmapped'][number][] = [];
  private readonly problems: DocumentProblem[] = [];
  private service: string | undefined;

  constructor(private readonly root: DocumentObject) {}

  read(): OpenApiRoutes {
    const version = this.root.members.get('openapi');
    if (version?.text === undefined || !/^3\.[01]\.[0-9]+$/.test(version.text)) {
      this.report(version?.place ?? this.root.place, 'openapi must be "3.0.x" or "3.1.x"');
    } else {
      this.readPaths();
    }
    const { service, routes, unmapped, problems } = this;
    return { service, routes, unmapped, problems };
  }

  private report(place: DocumentPlace, message: string): void {
    this.problems.push({ ...place, message });
  }

  private readPaths(): void {
    const value = this.root.members.get('paths');
    const paths = value?.object();
    if (paths === undefined) {
      this.report(value?.place ?? this.root.place, 'there is no object of paths');
      return;
    }
    for (const [path, item] of paths.members) {
      if (path.startsWith('x-')) continue;
      const members = item.object()?.members;
      if (members === undefined || members.has('$ref')) {
        this.report(item.place, 'a path is an object; one that refers elsewhere is not followed');
        continue;
      }
      this.readOperations(path, members);
    }
  }

  private readOperations(path: string, members: ReadonlyMap<string, DocumentValue>): void {
    const misplaced = Object.values(EXTENSIONS).find((name) => members.has(name));
    if (misplaced !== undefined) {
      const place = members.get(misplaced)?.place ?? this.root.place;
      this.report(place, `${misplaced} belongs to an operation, not to a path`);
    }
    for (const [name, value] of members) {
      const method = METHODS.get(name);
      if (method !== undefined) {
        const operation = value.object();
        if (operation === undefined) this.report(value.place, 'an operation is an object');
        else this.readOperation(method, path, { ...operation, place: value.place });
      } else if (name === 'trace') {
        this.report(value.place, 'no gateway has a route for TRACE');
      }
    }
  }

  private readOperation(method: string, path: string, operation: DocumentObject): void {
    const { place, members } = operation;
    const unknown = [...members.keys()].filter(
      (name) =>
        name.startsWith('x-portcullis-') && !(Object.values(EXTENSIONS) as string[]).includes(name),
    );
    for (const name of unknown) {
      this.report(members.get(name)?.place ?? place, `${name} is not known`);
    }
    const found = Object.values(EXTENSIONS).filter((name) => members.has(name));
    if (found.length === 0) {
      this.unmapped.push({ routeKey: `${method} ${path}`, place });
      return;
    }
    const action = this.textOf(operation, EXTENSIONS.action);
    const resource = this.textOf(operation, EXTENSIONS.resource);
    const contextKeys = this.contextKeysOf(operation);
    if (action === undefined || resource === undefined || contextKeys === undefined) return;
    const service = this.serviceOf(action, members.get(EXTENSIONS.action)?.place ?? place);
    if (service === undefined) return;
    const route: Route = {
      method,
      path,
      action,
      resource: wholeResource(service, resource),
      ...(Object.keys(contextKeys).length === 0 ? {} : { contextKeys }),
    };
    const problems = routeProblems(service, route);
    for (const problem of problems) this.report(place, problem);
    const accessLevel = this.accessLevelOf(operation);
    if (problems.length === 0) this.routes.push({ route, accessLevel, place });
  }

  private textOf({ place, members }: DocumentObject, name: string): string | undefined {
    const value = members.get(name);
    if (value?.text === undefined) {
      this.report(value?.place ?? place, `${name} must be a text`);
    }
    return value?.text;
  }

  private accessLevelOf({ members }: DocumentObject): AccessLevel | undefined {
    const value = members.get(EXTENSIONS.accessLevel);
    if (value === undefined) return undefined;
    if (value.text !== undefined && ACCESS_LEVELS.includes(value.text)) {
      return value.text as AccessLevel;
    }
    this.report(
      value.place,
      `${EXTENSIONS.accessLevel} must be one of ${ACCESS_LEVELS.join(', ')}`,
    );
    return undefined;
  }

  private contextKeysOf({ members }: DocumentObject): Record<string, string> | undefined {
    const value = members.get(EXTENSIONS.contextKeys);
    if (value === undefined) return {};
    const entries = [...(value.object()?.members ?? [])];
    const texts = entries.map(([key, source]) => [key, source.text] as const);
    if (texts.length > 0 && texts.every(([, source]) => source !== undefined)) {
      return Object.fromEntries(texts) as Record<string, string>;
    }
    this.report(
      value.place,
      `${EXTENSIONS.contextKeys} must be an object of condition keys, each with a text such as header.x-channel`,
    );
    return undefined;
  }

  /** The prefix of an action, where it is that of all actions before. */
  private serviceOf(action: string, place: DocumentPlace): string | undefined {
    const [service = ''] = action.split(':', 1);
    const problem = action.includes(':')
      ? serviceProblem(service)
      : `${EXTENSIONS.action} must be a service, a colon and a name, but was ${JSON.stringify(action)}`;
    if (problem !== undefined) {
      this.report(place, problem);
      return undefined;
    }
    this.service ??= service;
    if (this.service === service) return service;
    this.report(
      place,
      `all actions of one document are of one service, but this is of ${service} and one before of ${this.service}`,
    );
    return undefined;
  }
}

function wholeResource(service: string, resource: string): string {
  return resource === '*' || resource.startsWith('arn:')
    ? resource
    : `arn:\${Partition}:${service}:\${Region}:\${Account}:${resource}`;
}
