import type { Route } from './route';
import { routeKeyOf, serviceProblem } from './route';
import type {
  ServiceAction,
  ServiceConditionKey,
  ServiceResourceType,
} from './service-definition-parts';

/** What a service says of itself, as far as it is checked. */
export interface DeclaredService {
  readonly service: string;
  readonly actions: readonly ServiceAction[];
  readonly resourceTypes: readonly ServiceResourceType[];
  readonly conditionKeys: readonly ServiceConditionKey[];
}

const MAX_ACTIONS = 500;
const MAX_OTHERS = 200;

/** Keys of AWS that a service sets for its own resources and requests. */
const SERVICE_SET_KEYS = ['aws:resourcetag/', 'aws:requesttag/', 'aws:tagkeys'];

/** What is wrong with a definition: one sentence each, none for a good one. */
export function definitionProblems(declared: DeclaredService): string[] {
  const service = serviceProblem(declared.service);
  return [
    ...(service === undefined ? [] : [service]),
    ...countProblems('actions', declared.actions, 1, MAX_ACTIONS),
    ...countProblems('resourceTypes', declared.resourceTypes, 0, MAX_OTHERS),
    ...countProblems('conditionKeys', declared.conditionKeys, 0, MAX_OTHERS),
    ...actionProblems(declared),
    ...resourceTypeProblems(declared),
    ...conditionKeyProblems(declared),
  ];
}

function countProblems(
  what: string,
  list: readonly unknown[],
  least: number,
  most: number,
): string[] {
  return list.length >= least && list.length <= most
    ? []
    : [`${what} must be ${least} to ${most}, but were ${list.length}`];
}

function actionProblems({ actions, resourceTypes }: DeclaredService): string[] {
  const types = resourceTypes.map(({ name }) => name);
  return [
    ...repeated('action', actions, (name) => name.toLowerCase()),
    ...actions.flatMap(({ name, resourceTypes: about = [] }) => [
      ...(/^[A-Za-z0-9]{1,128}$/.test(name)
        ? []
        : [
            `the name of an action is letters and digits without the prefix, but was ${JSON.stringify(name)}`,
          ]),
      ...about
        .filter((type) => !types.includes(type))
        .map((type) => `action ${name} is about ${type}, which is none of resourceTypes`),
    ]),
  ];
}

function resourceTypeProblems({ service, resourceTypes }: DeclaredService): string[] {
  return [
    ...repeated('resource type', resourceTypes, (name) => name),
    ...resourceTypes
      .filter(({ arn }) => {
        const [head, , owner, , , ...resource] = arn.split(':');
        return head !== 'arn' || owner !== service || resource.join(':') === '';
      })
      .map(
        ({ name, arn }) =>
          `the arn of resource type ${name} must be one of the service (arn:\${Partition}:${service}:\${Region}:\${Account}:${name}/\${Id}), but was ${JSON.stringify(arn)}`,
      ),
  ];
}

function conditionKeyProblems({ service, conditionKeys }: DeclaredService): string[] {
  return [
    ...repeated('condition key', conditionKeys, (name) => name.toLowerCase()),
    ...conditionKeys
      .filter(({ name }) => {
        const folded = name.toLowerCase();
        return (
          !folded.startsWith(`${service}:`) &&
          !SERVICE_SET_KEYS.some((start) => folded.startsWith(start))
        );
      })
      .map(
        ({ name }) =>
          `condition key ${name} is not the service's to set: its keys begin with ${service}:`,
      ),
  ];
}

function repeated(
  what: string,
  list: readonly { readonly name: string }[],
  fold: (name: string) => string,
): string[] {
  const seen = new Set<string>();
  return list.flatMap(({ name }) => {
    if (seen.has(fold(name))) return [`${what} ${name} is declared more than once`];
    seen.add(fold(name));
    return [];
  });
}

/** Where routes ask for what the service does not have: such calls would always be denied. */
export function undefinedInRoutes(declared: DeclaredService, routes: readonly Route[]): string[] {
  return routes.flatMap((route) => {
    const name = `route ${routeKeyOf(route)}`;
    const action = declared.actions.find(
      (candidate) => `${declared.service}:${candidate.name}` === route.action,
    );
    const keys = Object.keys(route.contextKeys ?? {}).filter(
      (key) => !declared.conditionKeys.some((known) => isLike(known.name, key)),
    );
    return [
      ...(action === undefined
        ? [`${name}: the service has no action ${route.action}`]
        : aboutProblem(declared, action, route).map((problem) => `${name}: ${problem}`)),
      ...keys.map((key) => `${name}: the service has no condition key ${key}`),
    ];
  });
}

function aboutProblem(
  { resourceTypes }: DeclaredService,
  { name, resourceTypes: about = [] }: ServiceAction,
  { resource }: Route,
): string[] {
  if (about.length === 0) {
    return resource === '*' ? [] : [`${name} is about no resource type, so its resource is *`];
  }
  const arns = resourceTypes.filter((type) => about.includes(type.name)).map(({ arn }) => arn);
  return arns.some((arn) => isLike(arn, resource))
    ? []
    : [`${name} is about ${about.join(', ')} (${arns.join(', ')}), and not about ${resource}`];
}

/** Whether a text is what a pattern describes; each `${…}` of the pattern stands for any text. */
function isLike(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.toLowerCase().split(/\$\{[^}]*\}/);
  const last = others.pop();
  const folded = text.toLowerCase();
  if (last === undefined) return folded === first;
  let position = first.length;
  for (const piece of others) {
    const found = folded.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return (
    folded.startsWith(first) && folded.endsWith(last) && position <= folded.length - last.length
  );
}
