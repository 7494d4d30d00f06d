/** What one route of an API is, in the words of policies. */
export interface Route {
  /** `GET`, `POST`, …, or `ANY` for every method that the path has. */
  readonly method: string;
  /** As the API declares it: `/orders/{orderId}`. */
  readonly path: string;
  /** `orders:GetOrder`. */
  readonly action: string;
  /**
   * The ARN of what the action acts on, or `*` where there is no one thing. A path parameter in braces stands for its value;
   * `${Partition}`, `${Region}` and `${Account}` stand for those of the call: `arn:${Partition}:orders:${Region}:${Account}:order/{orderId}`.
   */
  readonly resource: string;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'];
const VARIABLES = ['Partition', 'Region', 'Account'];

/** Services whose actions Portcullis itself defines; an API that claimed one would make its routes mean something else. */
const RESERVED_SERVICES = ['iam', 'sts', 'organizations', 'execute-api'];

/** What is wrong with a service prefix, or undefined. */
export function serviceProblem(service: string): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(service)) {
    return `service must begin with a lower-case letter and hold at most 63 lower-case letters, digits and hyphens, but was ${JSON.stringify(service)}`;
  }
  if (RESERVED_SERVICES.includes(service)) {
    return `service must not be ${service}: ${RESERVED_SERVICES.join(', ')} are defined by Portcullis`;
  }
  return undefined;
}

/** What is wrong with a route in itself: one sentence each, none for a good one. */
export function routeProblems(service: string, route: Route): string[] {
  const name = `route ${route.method} ${route.path}`;
  const problems: string[] = [];
  if (!METHODS.includes(route.method)) {
    problems.push(`${name}: method must be one of ${METHODS.join(', ')}`);
  }
  if (!route.path.startsWith('/')) problems.push(`${name}: path must begin with /`);
  const action = actionProblem(service, route.action);
  if (action !== undefined) problems.push(`${name}: ${action}`);
  problems.push(...resourceProblems(service, route).map((problem) => `${name}: ${problem}`));
  return problems;
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
  const [arn, partition, resourceService, , account, ...rest] = splitArn(resource);
  if (arn !== 'arn' || !partition || rest.join('') === '') {
    return [
      `resource must be * or an ARN (arn:\${Partition}:${service}:\${Region}:\${Account}:order/{orderId}), but was ${JSON.stringify(resource)}`,
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
  if (/[*?]/.test(resource)) {
    problems.push('resource must not hold * or ?: a request is for one resource');
  }
  return [...problems, ...placeholderProblems(route)];
}

/** Six parts; colons from the sixth part on belong to it. */
function splitArn(text: string): string[] {
  const parts = text.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function placeholderProblems(route: Route): string[] {
  const problems: string[] = [];
  const parameters = pathParameters(route.path);
  const withoutPlaceholders = route.resource.replace(
    /(\$?)\{([^{}]*)\}/g,
    (_match, dollar: string, name: string) => {
      const known = dollar === '$' ? VARIABLES : parameters;
      if (!known.includes(name)) {
        const what =
          dollar === '$' ? `variables are ${VARIABLES.join(', ')}` : pathSays(parameters);
        problems.push(`resource names ${dollar}{${name}}, but ${what}`);
      }
      return '';
    },
  );
  if (/[${}]/.test(withoutPlaceholders)) {
    problems.push(`resource has an unpaired brace or $ in ${JSON.stringify(route.resource)}`);
  }
  return problems;
}

/** The names in `/orders/{orderId}` and `/files/{path+}`. */
function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => match[1] ?? '');
}

function pathSays(parameters: readonly string[]): string {
  return parameters.length === 0
    ? 'the path has no parameters'
    : `the path's parameters are ${parameters.join(', ')}`;
}
