import type { SynthesizedStack } from './assembly';
import { conditionHolds, resolveIntrinsics, resolveProperty } from './intrinsics';
import type { IntrinsicScope } from './intrinsics';
import { identifyResource } from './resource-identity';
import type { ResourceIdentity } from './resource-identity';
import { isTemplateObject, TemplateError } from './template';
import type { ResourceDefinition, TemplateObject, TemplateValue } from './template';

/** One resource of one stack whose condition holds. */
export interface Resource {
  readonly stack: SynthesizedStack;
  readonly logicalId: string;
  readonly type: string;
  readonly definition: ResourceDefinition;
}

/** What a custom resource answered when it was made. */
export interface CustomResourceResult {
  readonly physicalResourceId: string;
  readonly data: TemplateObject;
}

/** Every stack of the run as one deployment: exports of one stack are imports of another, whichever app it is in. */
export class Stacks {
  readonly resources: readonly Resource[];
  readonly #scopes = new Map<SynthesizedStack, IntrinsicScope>();
  readonly #byId = new Map<string, Resource>();
  readonly #identities = new Map<string, ResourceIdentity>();
  readonly #customResources = new Map<string, CustomResourceResult>();

  constructor(readonly stacks: readonly SynthesizedStack[]) {
    for (const stack of stacks) {
      if (stacks.some((other) => other !== stack && other.stackName === stack.stackName)) {
        throw new TemplateError(`two stacks have the name ${stack.stackName}`);
      }
      this.#scopes.set(stack, this.#scopeOf(stack));
    }
    this.resources = stacks.flatMap((stack) => this.#resourcesOf(stack));
    for (const resource of this.resources) this.#byId.set(addressOf(resource), resource);
  }

  ofType(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resolved properties; throws TemplateError naming stack, resource and property. */
  properties(resource: Resource): TemplateObject {
    const names = Object.keys(resource.definition.Properties ?? {});
    const entries = names.map((name) => [name, this.property(resource, name)] as const);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, TemplateValue] => entry[1] !== undefined),
    );
  }

  /** One resolved property; undefined when the template does not set it. */
  property(resource: Resource, name: string): TemplateValue | undefined {
    const value = resource.definition.Properties?.[name];
    if (value === undefined) return undefined;
    return resolveProperty(value, this.#scope(resource.stack), `${placeOf(resource)}.${name}`);
  }

  identity(resource: Resource): ResourceIdentity {
    const address = addressOf(resource);
    const known = this.#identities.get(address);
    if (known !== undefined) return known;
    const { stackName, accountId, region } = resource.stack;
    const identity = identifyResource(resource.type, {
      stackName,
      accountId,
      region,
      logicalId: resource.logicalId,
      property: (name) => this.property(resource, name),
    });
    this.#identities.set(address, identity);
    return identity;
  }

  /** The resolved value of a stack's output; undefined when the stack has none of that name. */
  output(stack: SynthesizedStack, outputId: string): TemplateValue | undefined {
    const output = stack.template.Outputs?.[outputId];
    const place = `stack ${stack.stackName}, output ${outputId}`;
    if (output === undefined || !conditionHolds(output.Condition, this.#scope(stack), place))
      return undefined;
    return resolveIntrinsics(output.Value, this.#scope(stack), place);
  }

  /** The resource that a value refers to by Ref, Fn::GetAtt or a list of one of them; undefined when there is none. */
  referenced(stack: SynthesizedStack, value: TemplateValue, type: string): Resource | undefined {
    for (const logicalId of referencesIn(value).logicalIds) {
      const resource = this.#byId.get(`${stack.stackName}/${logicalId}`);
      if (resource?.type === type) return resource;
    }
    return undefined;
  }

  /** The resources that must exist before this one: DependsOn, references and imports. */
  dependencies(resource: Resource): readonly Resource[] {
    const { definition, stack } = resource;
    const dependsOn = definition.DependsOn ?? [];
    const named = typeof dependsOn === 'string' ? [dependsOn] : dependsOn;
    const found = this.#follow(stack, definition.Properties ?? {});
    const explicit = named.flatMap(
      (logicalId) => this.#byId.get(`${stack.stackName}/${logicalId}`) ?? [],
    );
    return [...explicit, ...found];
  }

  rememberCustomResource(resource: Resource, result: CustomResourceResult): void {
    this.#customResources.set(addressOf(resource), result);
  }

  #follow(stack: SynthesizedStack, value: TemplateValue): readonly Resource[] {
    const { logicalIds, exportNames } = referencesIn(value);
    const direct = logicalIds.flatMap(
      (logicalId) => this.#byId.get(`${stack.stackName}/${logicalId}`) ?? [],
    );
    const imported = exportNames.flatMap((name) => {
      const place = `stack ${stack.stackName}, Fn::ImportValue`;
      const found = this.#findExport(resolveIntrinsics(name, this.#scope(stack), place));
      return found === undefined ? [] : this.#follow(found.stack, found.value);
    });
    return [...direct, ...imported];
  }

  #resourcesOf(stack: SynthesizedStack): readonly Resource[] {
    return Object.entries(stack.template.Resources).flatMap(([logicalId, definition]) => {
      const resource = { stack, logicalId, type: definition.Type, definition };
      return conditionHolds(definition.Condition, this.#scope(stack), placeOf(resource))
        ? [resource]
        : [];
    });
  }

  #scope(stack: SynthesizedStack): IntrinsicScope {
    const scope = this.#scopes.get(stack);
    if (scope === undefined)
      throw new TemplateError(`stack ${stack.stackName} is not part of this run`);
    return scope;
  }

  #scopeOf(stack: SynthesizedStack): IntrinsicScope {
    const find = (logicalId: string): Resource => {
      const resource = this.#byId.get(`${stack.stackName}/${logicalId}`);
      if (resource !== undefined) return resource;
      throw new TemplateError(`stack ${stack.stackName} has no resource ${logicalId}`);
    };
    return {
      template: stack.template,
      pseudoParameters: {
        'AWS::AccountId': stack.accountId,
        'AWS::Region': stack.region,
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stack.stackName,
        'AWS::StackId': stackIdOf(stack),
        'AWS::NotificationARNs': [],
      },
      ref: (logicalId) => this.#ref(find(logicalId)),
      attribute: (logicalId, attribute) => this.#attribute(find(logicalId), attribute),
      importValue: (exportName) => this.#importValue(exportName),
      stackOutput: (stackName, outputId) => {
        const exporting = this.stacks.find((candidate) => candidate.stackName === stackName);
        const value = exporting && this.output(exporting, outputId);
        if (value === undefined)
          throw new TemplateError(`stack ${stackName} has no output ${outputId}`);
        return value;
      },
    };
  }

  #ref(resource: Resource): TemplateValue {
    return isCustomResource(resource)
      ? this.#result(resource).physicalResourceId
      : this.identity(resource).ref;
  }

  #attribute(resource: Resource, attribute: string): TemplateValue {
    const attributes = isCustomResource(resource)
      ? this.#result(resource).data
      : this.identity(resource).attributes;
    const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (value !== undefined) return value;
    throw new TemplateError(
      `${resource.logicalId} (${resource.type}) has no attribute ${attribute} here`,
    );
  }

  #result(resource: Resource): CustomResourceResult {
    const result = this.#customResources.get(addressOf(resource));
    if (result !== undefined) return result;
    throw new TemplateError(`the custom resource ${resource.logicalId} has not been made yet`);
  }

  #importValue(exportName: string): TemplateValue {
    const found = this.#findExport(exportName);
    if (found === undefined) throw new TemplateError(`no stack of this run exports ${exportName}`);
    return resolveIntrinsics(
      found.value,
      this.#scope(found.stack),
      `stack ${found.stack.stackName}, export ${exportName}`,
    );
  }

  #findExport(
    exportName: TemplateValue,
  ): { stack: SynthesizedStack; value: TemplateValue } | undefined {
    for (const stack of this.stacks) {
      for (const [outputId, output] of Object.entries(stack.template.Outputs ?? {})) {
        if (output.Export === undefined) continue;
        const place = `stack ${stack.stackName}, output ${outputId}`;
        const name = resolveIntrinsics(output.Export.Name, this.#scope(stack), place);
        if (name === exportName && conditionHolds(output.Condition, this.#scope(stack), place)) {
          return { stack, value: output.Value };
        }
      }
    }
    return undefined;
  }
}

/** A resource's address within the run: stack name and logical id. */
export function addressOf(resource: Resource): string {
  return `${resource.stack.stackName}/${resource.logicalId}`;
}

/** How error messages name a resource. */
export function placeOf(resource: Resource): string {
  return `stack ${resource.stack.stackName}, resource ${resource.logicalId}`;
}

export function stackIdOf(stack: SynthesizedStack): string {
  return `arn:aws:cloudformation:${stack.region}:${stack.accountId}:stack/${stack.stackName}/00000000-0000-4000-a000-000000000000`;
}

export function isCustomResource(resource: Resource): boolean {
  return (
    resource.type.startsWith('Custom::') || resource.type === 'AWS::CloudFormation::CustomResource'
  );
}

/** Logical ids (Ref, Fn::GetAtt, Fn::Sub) and export names that a value mentions, in every branch of its conditions. */
function referencesIn(value: TemplateValue): {
  logicalIds: string[];
  exportNames: TemplateValue[];
} {
  const logicalIds: string[] = [];
  const exportNames: TemplateValue[] = [];
  const visit = (item: TemplateValue): void => {
    if (Array.isArray(item)) {
      for (const member of item as readonly TemplateValue[]) visit(member);
    } else if (isTemplateObject(item)) {
      for (const [name, member] of Object.entries(item)) {
        if (name === 'Ref' && typeof member === 'string') logicalIds.push(member);
        if (name === 'Fn::GetAtt') logicalIds.push(firstPart(member));
        if (name === 'Fn::Sub') logicalIds.push(...variablesOf(member));
        if (name === 'Fn::ImportValue') exportNames.push(member);
        visit(member);
      }
    }
  };
  visit(value);
  return { logicalIds, exportNames };
}

function firstPart(argument: TemplateValue): string {
  const first = Array.isArray(argument) ? (argument as readonly TemplateValue[])[0] : argument;
  return typeof first === 'string' ? (first.split('.')[0] ?? '') : '';
}

function variablesOf(argument: TemplateValue): readonly string[] {
  const template = Array.isArray(argument) ? (argument as readonly TemplateValue[])[0] : argument;
  if (typeof template !== 'string') return [];
  return [...template.matchAll(/\$\{([^!}][^}]*)\}/g)].map(
    (match) => match[1]?.split('.')[0] ?? '',
  );
}
