import type { Constraint, ConstraintTable, Pattern } from './constraint-table';
import { IamError } from './errors';
import { IAM_CONSTRAINTS } from './iam-constraints';
import { PORTCULLIS_CONSTRAINTS } from './portcullis-constraints';
import type { Structure } from './query';
import { describeOperation } from './schema';
import type { OperationSchema, Service, Shape, StructureShape } from './schema';
import { STS_CONSTRAINTS } from './sts-constraints';

const TABLES: Readonly<Record<Service, ConstraintTable>> = {
  iam: IAM_CONSTRAINTS,
  sts: STS_CONSTRAINTS,
  organizations: { members: {}, operations: {} },
  portcullis: PORTCULLIS_CONSTRAINTS,
};

/** The constraint of a member anywhere in an operation's input. */
export function constraintOf(
  service: Service,
  operation: string,
  memberName: string,
): Constraint | undefined {
  const table = TABLES[service];
  const own = Object.hasOwn(table.operations, operation) ? table.operations[operation] : undefined;
  if (own !== undefined && Object.hasOwn(own, memberName)) {
    return own[memberName];
  }
  return Object.hasOwn(table.members, memberName) ? table.members[memberName] : undefined;
}

/** One constraint that does not hold. */
interface Violation {
  /** `tags.1.member.key`: lower camel case, positions from 1. */
  readonly path: string;
  readonly value: unknown;
  readonly sensitive: boolean;
  readonly demand: string;
  /** The whole of what is said where nothing else is wrong. */
  readonly sentence?: string;
}

type Demand = Pick<Violation, 'demand' | 'sentence'>;

interface Validation {
  readonly service: Service;
  readonly operation: string;
  readonly violations: Violation[];
}

/**
 * Checks a decoded input: required members, lengths, ranges, patterns and enums, all at once.
 *
 * Errors: `ValidationError` with AWS's message, which names every violation; IAM looks at the letters of names and paths behind all
 * else, and names the first.
 */
export function validateInput(schema: OperationSchema, input: Structure): void {
  const operation = describeOperation(schema);
  const { name, service } = operation;
  const validation: Validation = { service, operation: name, violations: [] };
  checkStructure(operation.input, input, '', validation);
  const first = validation.violations[0];
  if (first === undefined) {
    return;
  }
  const violations = validation.violations.filter(({ sentence }) => sentence === undefined);
  if (violations.length === 0) {
    throw new IamError(
      'ValidationError',
      `The specified value for ${first.path} is invalid. ${first.sentence ?? ''}`,
    );
  }
  const errors = violations.length === 1 ? 'error' : 'errors';
  const list = violations.map((violation) => describe(violation, service)).join('; ');
  throw new IamError(
    'ValidationError',
    `${violations.length} validation ${errors} detected: ${list}`,
  );
}

/** IAM leaves the value out, STS quotes it; a missing member is `Value null` in both. */
function describe({ path, value, sensitive, demand }: Violation, service: Service): string {
  const quoted =
    value === undefined
      ? 'Value null at'
      : service === 'sts' && !sensitive
        ? `Value '${quote(value)}' at`
        : 'Value at';
  return `${quoted} '${path}' failed to satisfy constraint: ${demand}`;
}

function quote(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : `${value as string | number | boolean}`;
}

function checkStructure(
  shape: StructureShape,
  structure: Structure,
  path: string,
  validation: Validation,
): void {
  for (const member of shape.members()) {
    const value = structure[member.name];
    const memberPath = `${path}${member.name.charAt(0).toLowerCase()}${member.name.slice(1)}`;
    if (value === undefined) {
      if (member.required) {
        const demand = 'Member must not be null';
        validation.violations.push({ path: memberPath, value, sensitive: false, demand });
      }
      continue;
    }
    const constraint = constraintOf(validation.service, validation.operation, member.name);
    checkMember(member.shape, value, memberPath, constraint, validation);
  }
}

function checkMember(
  shape: Shape,
  value: unknown,
  path: string,
  constraint: Constraint | undefined,
  validation: Validation,
): void {
  const sensitive = 'sensitive' in shape && shape.sensitive;
  const demands = constraint === undefined ? [] : demandsNotMet(value, constraint, validation);
  validation.violations.push(...demands.map((demand) => ({ path, value, sensitive, ...demand })));
  if (shape.kind === 'structure') {
    checkStructure(shape, value as Structure, `${path}.`, validation);
  }
  // What is too long is refused for that alone: the limit comes before the work.
  if (shape.kind === 'list' && demands.length === 0) {
    const element = shape.element();
    if (element.kind === 'structure') {
      (value as readonly Structure[]).forEach((item, index) => {
        checkStructure(element, item, `${path}.${index + 1}.member.`, validation);
      });
    }
  }
}

/** In AWS's order: pattern and enum before length. */
function demandsNotMet(
  value: unknown,
  constraint: Constraint,
  validation: Validation,
): readonly Demand[] {
  const { range, pattern, values, element } = constraint;
  const demands: Demand[] = [];
  if (pattern !== undefined && typeof value === 'string' && !pattern.expression.test(value)) {
    const { sentence } = pattern;
    const demand = demandPattern(pattern);
    demands.push(
      sentence === undefined || validation.service !== 'iam' ? { demand } : { demand, sentence },
    );
  }
  if (values !== undefined && typeof value === 'string' && !values.includes(value)) {
    demands.push({ demand: demandValues(values, validation.service) });
  }
  if (range !== undefined) {
    demands.push(...rangeNotMet(value, range).map((demand) => ({ demand })));
  }
  if (element !== undefined && demands.length === 0) {
    const broken = (value as readonly unknown[]).some(
      (item) => demandsNotMet(item, element, validation).length > 0,
    );
    if (broken) {
      // AWS lists all that an element must satisfy, not what this one lacks.
      const all = allDemands(element, validation.service);
      demands.push({ demand: `Member must satisfy constraint: [${all}]` });
    }
  }
  return demands;
}

function rangeNotMet(value: unknown, range: readonly [number, number]): readonly string[] {
  const [minimum, maximum] = range;
  const [measure, measured] =
    typeof value === 'number' ? ['value', value] : ['length', lengthOf(value)];
  if (measured < minimum) {
    return [`Member must have ${measure} greater than or equal to ${minimum}`];
  }
  if (measured > maximum) {
    return [`Member must have ${measure} less than or equal to ${maximum}`];
  }
  return [];
}

function lengthOf(value: unknown): number {
  if (typeof value !== 'string') {
    return (value as readonly unknown[]).length;
  }
  let length = 0;
  for (const _codePoint of value) {
    length += 1;
  }
  return length;
}

function demandPattern({ text }: Pattern): string {
  return `Member must satisfy regular expression pattern: ${text}`;
}

/** IAM does not name the values. */
function demandValues(values: readonly string[], service: Service): string {
  const named = service === 'iam' ? '' : `: [${values.join(', ')}]`;
  return `Member must satisfy enum value set${named}`;
}

function allDemands({ range, pattern, values }: Constraint, service: Service): string {
  return [
    ...(range === undefined
      ? []
      : [
          `Member must have length less than or equal to ${range[1]}`,
          `Member must have length greater than or equal to ${range[0]}`,
        ]),
    ...(values === undefined ? [] : [demandValues(values, service)]),
    ...(pattern === undefined ? [] : [demandPattern(pattern)]),
  ].join(', ');
}
