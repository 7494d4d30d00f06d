import { contextKeyProblems } from './route-context';

/** What one route of an API is, in the words of policies. It is named by `routeKey`, or by `method` and `path`. */
export interface Route {
  /**
   * As the API declares it: `GET /orders/{orderId}` of a REST or HTTP API, `$default` of an HTTP API, `$connect` of a WebSocket
   * API, `Query.getOrder` of a GraphQL API.
   *
   * @default - `method` and `path` name the route
   */
  readonly routeKey?: string;
  /**
   * `GET`, `POST`, …, or `ANY` for every method that the path has.
   *
   * @default - `routeKey` names the route
   */
  readonly method?: string;
  /**
   * As the API declares it: `/orders/{orderId}`.
   *
   * @default - `routeKey` names the route
   */
  readonly path?: string;
  /** `orders:GetOrder`. */
  readonly action: string;
  /**
   * The ARN of what the action acts on, or `*` where there is no one thing. A path parameter, or an argument of a GraphQL field, in
   * braces stands for its value;
   * `${Partition}`, `${Region}` and `${Account}` stand for those of the call: `arn:${Partition}:orders:${Region}:${Account}:order/{orderId}`.
   */
  readonly resource: string;
  /**
   * Condition keys of the service, each with where a call says its value: `path.orderId`, `query.channel`, `header.x-channel`, or
   * `claim.department` for what the caller's OIDC provider vouches for. What a call does not say is absent.
   *
   * @default - none
   */
  readonly contextKeys?: Readonly<Record<string, string>>;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'];
const VARIABLES = ['Partition', 'Region', 'Account'];
const PLACEHOLDER = /(\$?)\{([^{}]*)\}/g;
/** What an ARN may be made of besides its placeholders. */
const LITERAL = /^[A-Za-z0-9_.,:;/@=+~!&'()[\]|-]*$/;
const MAX_RESOURCE_LENGTH = 1600;

/** Services whose actions Portcullis itself defines; an API that claimed one would make its routes mean something else. */
const RESERVED_SERVICES = [
  'appsync',
  'aws',
  'cognito-identity',
  'execute-api',
  'iam',
  'lambda',
  'organizations',
  'portcullis',
  'saml',
  'sts',
];

/** What is wrong with a service prefix, or undefined. */
export function serviceProblem(service: string): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(service)) {
    return `service must begin with a lower-case letter and hold at most 64 lower-case letters, digits and hyphens, but was ${JSON.stringify(service)}`;
  }
  if (RESERVED_SERVICES.includes(service)) {
    return `service must not be ${service}: ${RESERVED_SERVICES.join(', ')} are defined by Portcullis`;
  }
  return undefined;
}

/** `GET /orders/{orderId}`, `$default`, `Query.getOrder`: how gateways, catalogues and messages name a route. */
export function routeKeyOf({ routeKey, method = '', path = '' }: Route): string {
  return routeKey ?? `${method} ${path}`;
}

/** The method and the path of a key that has them. */
export function methodAndPathOf(routeKey: string): { method: string; path: string } | undefined {
  const [, method, path] = /^([^ ]*) (.*)$/.exec(routeKey) ?? [];
  return method === undefined || path === undefined ? undefined : { method, path };
}

/** What is wrong with a route in itself: one sentence each, none for a good one. */
export function routeProblems(service: string, route: Route): string[] {
  const name = `route ${routeKeyOf(route)}`;
  const action = actionProblem(service, route.action);
  return [
    ...namingProblems(route),
    ...(action === undefined ? [] : [action]),
    ...resourceProblems(service, route),
    ...contextKeyProblems(service, route.contextKeys ?? {}, [...parametersOf(route).keys()]),
  ].map((problem) => `${name}: ${problem}`);
}

function namingProblems(route: Route): string[] {
  const isByPath = route.method !== undefined && route.path !== undefined;
  if (route.routeKey === undefined ? !isByPath : (route.method ?? route.path) !== undefined) {
    return ['it is named by routeKey alone, or by method and path together'];
  }
  const parts = methodAndPathOf(routeKeyOf(route));
  if (parts === undefined) {
    return isSpecialKey(routeKeyOf(route))
      ? []
      : ['routeKey must be a method and a path, $default, $connect or Type.field'];
  }
  return [
    ...(METHODS.includes(parts.method) ? [] : [`method must be one of ${METHODS.join(', ')}`]),
    ...pathProblems(parts.path),
  ];
}

const PARAMETER = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/;
const SEGMENT = /^[A-Za-z0-9._:@$,+!'()=~-]+$/;

/** A path is what a gateway takes for one: parameters are whole parts, one that takes the rest is the last. */
function pathProblems(path: string): string[] {
  if (!path.startsWith('/')) return ['path must begin with /'];
  const segments = path === '/' ? [] : path.slice(1).split('/');
  const names = segments.flatMap((segment) => PARAMETER.exec(segment)?.[1] ?? []);
  const isGreedyBefore = segments.slice(0, -1).some((segment) => segment.endsWith('+}'));
  const isWrong = (segment: string): boolean =>
    !PARAMETER.test(segment) && (!SEGMENT.test(segment) || segment === '.' || segment === '..');
  return [
    ...(segments.some(isWrong)
      ? [
          "path must be of parts that are a parameter in braces or letters, digits and ._:@$,+!'()=~-",
        ]
      : []),
    ...(new Set(names).size === names.length ? [] : ['path must not have a parameter twice']),
    ...(isGreedyBefore ? ['path must not go on after a parameter that takes the rest of it'] : []),
  ];
}

const FIELD = /^[_A-Za-z][_0-9A-Za-z]{0,127}\.[_A-Za-z][_0-9A-Za-z]{0,127}$/;

function isSpecialKey(routeKey: string): boolean {
  return routeKey === '$default' || routeKey === '$connect' || FIELD.test(routeKey);
}

function actionProblem(service: string, action: string): string | undefined {
  const prefix = `${service}:`;
  const operation = action.startsWith(prefix) ? action.slice(prefix.length) : '';
  if (/^[A-Za-z][A-Za-z0-9]{0,127}$/.test(operation)) return undefined;
  return `action must be ${prefix} and a name of letters and digits, but was ${JSON.stringify(action)}`;
}

function resourceProblems(service: string, route: Route): string[] {
  const { resource } = route;
  if (resource === '*') return [];
  const [arn, partition, resourceService, region, account, ...rest] = resource.split(':');
  const name = rest.join(':');
  const isArn =
    arn === 'arn' &&
    /^([a-z-]+|\$\{Partition\})$/.test(partition ?? '') &&
    /^([a-z0-9-]*|\$\{Region\})$/.test(region ?? '') &&
    name !== '';
  if (!isArn || resource.length > MAX_RESOURCE_LENGTH) {
    return [
      `resource must be * or an ARN of at most ${MAX_RESOURCE_LENGTH} characters (arn:\${Partition}:${service}:\${Region}:\${Account}:order/{orderId}), but was ${JSON.stringify(resource)}`,
    ];
  }
  const problems: string[] = [];
  if (resourceService !== service) {
    problems.push(
      `resource must belong to the service ${service}, but names ${JSON.stringify(resourceService)}`,
    );
  }
  if (account !== '${Account}' && !/^([0-9]{12})?$/.test(account ?? '')) {
    problems.push(
      `the account in resource must be \${Account}, twelve digits or nothing, but was ${JSON.stringify(account)}`,
    );
  }
  return [...problems, ...placeholderProblems(name, route)];
}

/** Placeholders in what comes after the account; so that different requests never give one ARN. */
function placeholderProblems(name: string, route: Route): string[] {
  const problems: string[] = [];
  const parameters = parametersOf(route);
  const seen = new Set<string>();
  const literal = name.replace(PLACEHOLDER, (_match, dollar: string, placeholder: string) => {
    const known = dollar === '$' ? VARIABLES : [...parameters.keys()];
    if (!known.includes(placeholder)) {
      problems.push(`resource names ${dollar}{${placeholder}}, but ${whatIsKnown(dollar, known)}`);
    }
    if (dollar === '' && seen.has(placeholder)) {
      problems.push(`resource names {${placeholder}} twice`);
    }
    if (dollar === '') seen.add(placeholder);
    return '';
  });
  if (/[*?]/.test(literal)) {
    problems.push('resource must not hold * or ?: a request is for one resource');
  } else if (!LITERAL.test(literal)) {
    problems.push(
      `resource has an unpaired brace or a character that no ARN needs in ${JSON.stringify(route.resource)}`,
    );
  }
  return [...problems, ...separationProblems(name, parameters)];
}

function separationProblems(name: string, parameters: ReadonlyMap<string, boolean>): string[] {
  const problems: string[] = [];
  const parts = name.split(/[/:]/);
  if (parts.some((part) => [...part.matchAll(PLACEHOLDER)].filter(isParameter).length > 1)) {
    problems.push('resource has two path parameters without / or : between them');
  }
  for (const [parameter, isGreedy] of parameters) {
    const place = name.indexOf(`{${parameter}}`);
    if (isGreedy && place !== -1 && !name.endsWith(`{${parameter}}`)) {
      problems.push(`resource goes on after {${parameter}}, which takes the rest of the path`);
    }
  }
  return problems;
}

const isParameter = ([, dollar]: RegExpMatchArray): boolean => dollar === '';

/** A field of GraphQL does not say here which arguments it has: those that the resource names are those that it must be given. */
function parametersOf(route: Route): Map<string, boolean> {
  const key = routeKeyOf(route);
  if (!FIELD.test(key)) return pathParameters(methodAndPathOf(key)?.path ?? '');
  return new Map(
    [...route.resource.matchAll(PLACEHOLDER)]
      .filter(isParameter)
      .map(([, , name = '']) => [name, false]),
  );
}

/** The names in `/orders/{orderId}` and `/files/{path+}`, and whether each takes the rest of the path. */
function pathParameters(path: string): Map<string, boolean> {
  return new Map(
    [...path.matchAll(/\{([^{}+]+)(\+?)\}/g)].map(([, name = '', plus]) => [name, plus === '+']),
  );
}

function whatIsKnown(dollar: string, known: readonly string[]): string {
  if (dollar === '$') return `variables are ${known.join(', ')}`;
  return known.length === 0
    ? 'the path has no parameters'
    : `the path's parameters are ${known.join(', ')}`;
}
