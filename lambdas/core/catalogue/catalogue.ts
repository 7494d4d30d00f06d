import { compileArnPattern } from '../arn';
import type { ArnTest } from '../arn';
import { compilePieces, cutPattern } from '../glob';
import type { TailTest } from '../glob';
import { foldCase } from '../letter-case';
import type {
  ActionDefinition,
  ConditionKeyDefinition,
  ServiceDefinition,
} from './service-definition';

/**
 * The services that are known, for looking things up. Whatever a definition does not mention, a service that it defines does not
 * have; about services without a definition nothing is said.
 */
export class Catalogue {
  private readonly services: ReadonlyMap<string, KnownService>;

  constructor(definitions: readonly ServiceDefinition[]) {
    const services = new Map<string, KnownService>();
    for (const definition of definitions) {
      const prefix = foldCase(definition.service);
      if (services.has(prefix)) throw new TypeError(`two definitions of ${definition.service}`);
      services.set(prefix, new KnownService(definition));
    }
    this.services = services;
  }

  /** Whether anything is known about a service, by its prefix. */
  hasService(service: string): boolean {
    return this.services.has(foldCase(service));
  }

  /** The action of that name, in any case of letters. */
  findAction(action: string): ActionDefinition | undefined {
    return this.serviceOf(action)?.actions.get(foldCase(action))?.definition;
  }

  /** The names of all actions that a pattern (`orders:Get*`) matches, with their prefix. */
  findActions(pattern: string): readonly string[] {
    const test = compilePieces(cutPattern(foldCase(pattern)));
    return [...this.services.values()].flatMap(({ definition, actions }) =>
      [...actions]
        .filter(([folded]) => test(folded, 0))
        .map(([, action]) => `${definition.service}:${action.definition.name}`),
    );
  }

  /**
   * Whether a resource is one that an action can be about; undefined where the action's service is not known. An action without
   * resource types is about `*` alone, and one that its service does not have is about nothing.
   */
  relates(action: string): ((resource: string) => boolean) | undefined {
    const service = this.serviceOf(action);
    if (service === undefined) return undefined;
    const resources = service.actions.get(foldCase(action))?.resources;
    if (resources === undefined) return () => false;
    if (resources.length === 0) return (resource) => resource === '*';
    return (resource) => resources.some((test) => test(resource, {}));
  }

  /**
   * The same as patterns of a Resource element, each `${…}` any text; undefined where the action's service is not known. `*` is the
   * resource of that name.
   */
  resourcePatterns(action: string): readonly string[] | undefined {
    const service = this.serviceOf(action);
    const known = service?.actions.get(foldCase(action));
    if (service === undefined || known === undefined) return service && [];
    const { resourceTypes } = known.definition;
    if (resourceTypes.length === 0) return ['*'];
    return service.definition.resourceTypes
      .filter(({ name }) => resourceTypes.includes(name))
      .map(({ arn }) => fillIn(arn));
  }

  /** Whether a resource is one of a type, given by its name; undefined where the action's service is not known. `*` is of any type. */
  isOfType(type: string, action: string, resource: string): boolean | undefined {
    const service = this.serviceOf(action);
    if (service === undefined) return undefined;
    return resource === '*' || service.resourceTypes.get(type)?.(resource, {}) === true;
  }

  /** The condition key of that name, in any case of letters, among those that the service of an action sets. */
  findConditionKey(action: string, key: string): ConditionKeyDefinition | undefined {
    const folded = foldCase(key);
    const keys = this.serviceOf(action)?.conditionKeys ?? [];
    return keys.find(({ test }) => test(folded, 0))?.definition;
  }

  private serviceOf(action: string): KnownService | undefined {
    return this.services.get(foldCase(action.slice(0, Math.max(action.indexOf(':'), 0))));
  }
}

interface KnownAction {
  readonly definition: ActionDefinition;
  readonly resources: readonly ArnTest[];
}

interface KnownKey {
  readonly definition: ConditionKeyDefinition;
  readonly test: TailTest;
}

class KnownService {
  /** By whole name in lower case. */
  readonly actions: ReadonlyMap<string, KnownAction>;
  readonly conditionKeys: readonly KnownKey[];
  /** By name. */
  readonly resourceTypes: ReadonlyMap<string, ArnTest>;

  constructor(readonly definition: ServiceDefinition) {
    const tests = new Map(
      definition.resourceTypes.map(({ name, arn }) => [name, compileDefinedArn(arn)]),
    );
    this.resourceTypes = tests;
    this.actions = new Map(
      definition.actions.map((action) => [
        foldCase(`${definition.service}:${action.name}`),
        {
          definition: action,
          resources: action.resourceTypes.map((name) => {
            const test = tests.get(name);
            if (test === undefined) throw new TypeError(`no resource type ${name}`);
            return test;
          }),
        },
      ]),
    );
    this.conditionKeys = definition.conditionKeys.map((key) => ({
      definition: key,
      test: compilePieces(cutPattern(foldCase(fillIn(key.name)))),
    }));
  }
}

/** Each `${…}` of a definition stands for any text. */
function fillIn(text: string): string {
  let filled = '';
  let index = 0;
  for (;;) {
    const start = text.indexOf('${', index);
    const end = start < 0 ? -1 : text.indexOf('}', start);
    if (end < 0) return filled + text.slice(index);
    filled += `${text.slice(index, start)}*`;
    index = end + 1;
  }
}

function compileDefinedArn(arn: string): ArnTest {
  const test = compileArnPattern(fillIn(arn), 'none');
  if (test === undefined) throw new TypeError(`no ARN: ${arn}`);
  return test;
}

export function createCatalogue(definitions: readonly ServiceDefinition[]): Catalogue {
  return new Catalogue(definitions);
}
