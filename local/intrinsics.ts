import { isTemplateObject, TemplateError } from './template';
import type { Template, TemplateObject, TemplateValue } from './template';

/** What intrinsic functions look things up in. Lookups throw TemplateError for what they do not know. */
export interface IntrinsicScope {
  readonly template: Template;
  readonly pseudoParameters: Readonly<Record<string, TemplateValue>>;
  ref(logicalId: string): TemplateValue;
  attribute(logicalId: string, attribute: string): TemplateValue;
  importValue(exportName: string): TemplateValue;
  stackOutput(stackName: string, outputId: string): TemplateValue;
}

const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = TemplateValue | typeof NO_VALUE;
type Evaluate = (argument: TemplateValue, scope: IntrinsicScope, where: string) => Resolved;

/**
 * The value with every intrinsic function replaced by what it stands for. `where` names the place in error messages.
 * Throws TemplateError for anything that cannot be resolved; nothing is guessed.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveIntrinsics(
  value: TemplateValue,
  scope: IntrinsicScope,
  where: string,
): TemplateValue {
  const resolved = resolveValue(value, scope, where);
  if (resolved === NO_VALUE)
    throw new TemplateError(`${where}: AWS::NoValue stands where a value must be`);
  return resolved;
}

/** The same for the value of a property; undefined where AWS::NoValue takes the property away. */
export function resolveProperty(
  value: TemplateValue,
  scope: IntrinsicScope,
  where: string,
): TemplateValue | undefined {
  const resolved = resolveValue(value, scope, where);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** Whether a condition of the template holds; an absent name always holds. */
export function conditionHolds(
  name: string | undefined,
  scope: IntrinsicScope,
  where: string,
): boolean {
  if (name === undefined) return true;
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) throw new TemplateError(`${where}: there is no condition ${name}`);
  return truth(condition, scope, `${where}, condition ${name}`);
}

function resolveValue(value: TemplateValue, scope: IntrinsicScope, where: string): Resolved {
  if (typeof value === 'string') {
    if (value.includes('{{resolve:')) {
      throw new TemplateError(
        `${where}: the local run cannot resolve the dynamic reference ${value}`,
      );
    }
    return value;
  }
  if (Array.isArray(value)) {
    return (value as readonly TemplateValue[])
      .map((item, index) => resolveValue(item, scope, `${where}[${index}]`))
      .filter((item) => item !== NO_VALUE);
  }
  if (!isTemplateObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0) {
    const evaluate = FUNCTIONS[name];
    if (evaluate !== undefined) return evaluate(value[name] ?? null, scope, where);
    if (name.startsWith('Fn::')) {
      throw new TemplateError(`${where}: the local run does not know the function ${name}`);
    }
  }
  return resolveObject(value, scope, where);
}

function resolveObject(
  value: TemplateObject,
  scope: IntrinsicScope,
  where: string,
): TemplateObject {
  const resolved: [string, TemplateValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    const item = resolveValue(member, scope, `${where}.${name}`);
    if (item !== NO_VALUE) resolved.push([name, item]);
  }
  return Object.fromEntries(resolved);
}

const FUNCTIONS: Readonly<Record<string, Evaluate | undefined>> = {
  Ref: (argument, scope, where) => ref(string(argument, where, 'Ref'), scope, where),
  'Fn::GetAtt': (argument, scope, where) => getAttribute(argument, scope, where),
  'Fn::Join': (argument, scope, where) => join(argument, scope, where),
  'Fn::Sub': (argument, scope, where) => substitute(argument, scope, where),
  'Fn::Split': (argument, scope, where) => {
    const [delimiter, text] = list(argument, scope, where, 'Fn::Split', 2);
    return string(text, where, 'Fn::Split').split(string(delimiter, where, 'Fn::Split'));
  },
  'Fn::Select': (argument, scope, where) => select(argument, scope, where),
  'Fn::ImportValue': (argument, scope, where) =>
    scope.importValue(string(resolveIntrinsics(argument, scope, where), where, 'Fn::ImportValue')),
  'Fn::GetStackOutput': (argument, scope, where) => stackOutput(argument, scope, where),
  'Fn::FindInMap': (argument, scope, where) => findInMap(argument, scope, where),
  'Fn::Base64': (argument, scope, where) =>
    Buffer.from(string(resolveIntrinsics(argument, scope, where), where, 'Fn::Base64')).toString(
      'base64',
    ),
  'Fn::If': (argument, scope, where) => {
    const [condition, whenTrue, whenFalse] = raw(argument, where, 'Fn::If', 3);
    const name = string(condition, where, 'Fn::If');
    return resolveValue(
      (conditionHolds(name, scope, where) ? whenTrue : whenFalse) ?? null,
      scope,
      where,
    );
  },
};

function truth(condition: TemplateValue, scope: IntrinsicScope, where: string): boolean {
  if (!isTemplateObject(condition)) throw new TemplateError(`${where}: not a condition function`);
  const [name, argument] = Object.entries(condition)[0] ?? ['', null];
  switch (name) {
    case 'Fn::Equals': {
      const [left, right] = list(argument, scope, where, name, 2);
      return JSON.stringify(left) === JSON.stringify(right);
    }
    case 'Fn::Not':
      return !raw(argument, where, name, 1).every((item) => truth(item, scope, where));
    case 'Fn::And':
      return raw(argument, where, name).every((item) => truth(item, scope, where));
    case 'Fn::Or':
      return raw(argument, where, name).some((item) => truth(item, scope, where));
    case 'Condition':
      return conditionHolds(string(argument, where, name), scope, where);
    default:
      throw new TemplateError(
        `${where}: the local run does not know the condition function ${name}`,
      );
  }
}

function ref(name: string, scope: IntrinsicScope, where: string): Resolved {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const pseudo = scope.pseudoParameters[name];
  if (pseudo !== undefined) return pseudo;
  const parameter = scope.template.Parameters?.[name];
  if (parameter === undefined) return located(where, () => scope.ref(name));
  if (parameter.Default === undefined) {
    throw new TemplateError(`${where}: parameter ${name} has no default and nobody to ask`);
  }
  return parameter.Default;
}

function getAttribute(
  argument: TemplateValue,
  scope: IntrinsicScope,
  where: string,
): TemplateValue {
  const [logicalId, ...path] =
    typeof argument === 'string'
      ? argument.split('.')
      : list(argument, scope, where, 'Fn::GetAtt', 2).map((item) =>
          string(item, where, 'Fn::GetAtt'),
        );
  return located(where, () => scope.attribute(logicalId ?? '', path.join('.')));
}

function join(argument: TemplateValue, scope: IntrinsicScope, where: string): string {
  const [delimiter, items] = list(argument, scope, where, 'Fn::Join', 2);
  if (!Array.isArray(items)) throw new TemplateError(`${where}: Fn::Join needs a list`);
  return (items as readonly TemplateValue[])
    .map((item) => scalar(item, where, 'Fn::Join'))
    .join(string(delimiter, where, 'Fn::Join'));
}

function substitute(argument: TemplateValue, scope: IntrinsicScope, where: string): string {
  const [template, variables]: readonly (TemplateValue | undefined)[] =
    typeof argument === 'string' ? [argument, {}] : raw(argument, where, 'Fn::Sub', 2);
  if (!isTemplateObject(variables)) throw new TemplateError(`${where}: Fn::Sub needs a map`);
  return string(template, where, 'Fn::Sub').replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const variable = variables[name];
    if (variable !== undefined) {
      return scalar(resolveIntrinsics(variable, scope, where), where, 'Fn::Sub');
    }
    const value = name.includes('.')
      ? getAttribute(name, scope, where)
      : ref(name, scope, `${where}, Fn::Sub`);
    if (value === NO_VALUE) throw new TemplateError(`${where}: Fn::Sub cannot hold AWS::NoValue`);
    return scalar(value, where, 'Fn::Sub');
  });
}

function select(argument: TemplateValue, scope: IntrinsicScope, where: string): TemplateValue {
  const [index, items] = list(argument, scope, where, 'Fn::Select', 2);
  if (!Array.isArray(items)) throw new TemplateError(`${where}: Fn::Select needs a list`);
  const item = (items as readonly TemplateValue[])[
    Number(scalar(index ?? null, where, 'Fn::Select'))
  ];
  if (item === undefined) throw new TemplateError(`${where}: Fn::Select has no such index`);
  return item;
}

function stackOutput(argument: TemplateValue, scope: IntrinsicScope, where: string): TemplateValue {
  const resolved = resolveIntrinsics(argument, scope, where);
  if (!isTemplateObject(resolved)) {
    throw new TemplateError(`${where}: Fn::GetStackOutput needs StackName and OutputName`);
  }
  const stackName = string(resolved['StackName'], where, 'Fn::GetStackOutput');
  const outputName = string(resolved['OutputName'], where, 'Fn::GetStackOutput');
  return located(where, () => scope.stackOutput(stackName, outputName));
}

function findInMap(argument: TemplateValue, scope: IntrinsicScope, where: string): TemplateValue {
  const keys = list(argument, scope, where, 'Fn::FindInMap', 3).map((key) =>
    scalar(key, where, 'Fn::FindInMap'),
  );
  const [map = '', first = '', second = ''] = keys;
  const value = scope.template.Mappings?.[map]?.[first]?.[second];
  if (value === undefined) throw new TemplateError(`${where}: no mapping ${keys.join('.')}`);
  return value;
}

function located<T>(where: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof TemplateError) || error.message.includes(where)) throw error;
    throw new TemplateError(`${where}: ${error.message}`);
  }
}

function raw(
  argument: TemplateValue,
  where: string,
  name: string,
  length?: number,
): readonly TemplateValue[] {
  if (!Array.isArray(argument)) throw new TemplateError(`${where}: ${name} needs a list`);
  const items = argument as readonly TemplateValue[];
  if (length !== undefined && items.length !== length) {
    throw new TemplateError(`${where}: ${name} needs ${length} arguments, not ${items.length}`);
  }
  return items;
}

function list(
  argument: TemplateValue,
  scope: IntrinsicScope,
  where: string,
  name: string,
  length: number,
): readonly TemplateValue[] {
  return raw(argument, where, name, length).map((item) => resolveIntrinsics(item, scope, where));
}

function string(value: TemplateValue | undefined, where: string, name: string): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(`${where}: ${name} needs a string, not ${JSON.stringify(value)}`);
}

function scalar(value: TemplateValue, where: string, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${where}: ${name} needs a scalar, not ${JSON.stringify(value)}`);
}
