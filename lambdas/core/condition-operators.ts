import { compileArnPattern } from './arn';
import { decodeBase64 } from './base64';
import { parseDate } from './dates';
import { compileIpRange, parseIpAddress } from './ip-address';
import { equalsFolded, foldCase } from './letter-case';
import { parseNumber } from './numbers';
import type { ConditionContext } from './request-context';
import { compilePattern, parseTemplate, resolveTemplate, staticText } from './variables';
import type { Template } from './variables';

/** Whether one value of the request matches any of the policy's values. */
export type ValueTest = (value: string, context: ConditionContext) => boolean;

/**
 * One row of the operator table. Everything that tells one operator from another stands in its row; what reads the table
 * knows no operator by name.
 */
export type ConditionOperator = ComparisonOperator | PresenceOperator;

export interface ComparisonOperator {
  readonly kind: 'comparison';
  readonly name: string;
  /** `…Not…`: holds where none of the policy's values matches. */
  readonly negated: boolean;
  /** Whether `${…}` in the policy's values is a variable. */
  readonly variables: boolean;
  /** Compiles the policy's values; one that cannot be read matches nothing. */
  readonly compile: (texts: readonly string[], variables: boolean) => ValueTest;
}

export interface PresenceOperator {
  readonly kind: 'presence';
  readonly name: string;
  readonly variables: false;
  readonly compilePresence: (texts: readonly string[]) => (present: boolean) => boolean;
}

type Compile = ComparisonOperator['compile'];

const NEVER: ValueTest = () => false;

function anyOf(tests: readonly ValueTest[]): ValueTest {
  const [first, second] = tests;
  if (first === undefined) return NEVER;
  if (second === undefined) return first;
  if (tests.length === 2) {
    return (value, context) => first(value, context) || second(value, context);
  }
  return (value, context) => tests.some((test) => test(value, context));
}

/** Undefined where a variable is broken: such a value matches nothing. */
function readText(
  text: string,
  variables: boolean,
  kind: 'text' | 'literal',
): Template | undefined {
  return variables ? parseTemplate(text) : [{ kind, text }];
}

const compileEqual: Compile = (texts, variables) => {
  const exact: string[] = [];
  const tests: ValueTest[] = [];
  for (const text of texts) {
    const template = readText(text, variables, 'literal');
    if (template === undefined) continue;
    const plain = staticText(template);
    if (plain !== undefined) exact.push(plain);
    else tests.push((value, context) => value === resolveTemplate(template, context));
  }
  const [only] = exact;
  if (exact.length === 1) tests.unshift((value) => value === only);
  else if (exact.length > 1) {
    const all = new Set(exact);
    tests.unshift((value) => all.has(value));
  }
  return anyOf(tests);
};

const compileEqualIgnoringCase: Compile = (texts, variables) =>
  anyOf(
    texts.map((text): ValueTest => {
      const template = readText(text, variables, 'literal');
      if (template === undefined) return NEVER;
      const plain = staticText(template);
      if (plain !== undefined) {
        const folded = foldCase(plain);
        return (value) => equalsFolded(value, folded);
      }
      return (value, context) => {
        const resolved = resolveTemplate(template, context);
        return resolved !== undefined && equalsFolded(value, foldCase(resolved));
      };
    }),
  );

const compileLike: Compile = (texts, variables) =>
  anyOf(
    texts.map((text): ValueTest => {
      const template = readText(text, variables, 'text');
      if (template === undefined) return NEVER;
      const test = compilePattern(template);
      return (value, context) => test(value, 0, context);
    }),
  );

const compileArnLike: Compile = (texts, variables) =>
  anyOf(
    texts.map((text) => {
      const pattern = text === '*' ? 'arn:*:*:*:*:*' : text;
      return compileArnPattern(pattern, variables ? 'anywhere' : 'none') ?? NEVER;
    }),
  );

function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}

/** For values that are ordered; `bound` is the one policy value that decides when any of them may hold. */
function compileOrdered(
  parse: (text: string) => number | undefined,
  bound: 'least' | 'greatest',
  compare: (value: number, bound: number) => boolean,
): Compile {
  return (texts) => {
    const values = texts.map(parse).filter(isDefined);
    if (values.length === 0) return NEVER;
    const limit = values.reduce((left, right) =>
      bound === 'least' ? Math.min(left, right) : Math.max(left, right),
    );
    return (value) => {
      const parsed = parse(value);
      return parsed !== undefined && compare(parsed, limit);
    };
  };
}

function compileSame(parse: (text: string) => number | undefined): Compile {
  return (texts) => {
    const values = texts.map(parse).filter(isDefined);
    return (value) => {
      const parsed = parse(value);
      return parsed !== undefined && values.includes(parsed);
    };
  };
}

const compileBoolean: Compile = (texts) => {
  const wanted = texts.map(foldCase).filter((text) => text === 'true' || text === 'false');
  return (value) => wanted.some((text) => equalsFolded(value, text));
};

/**
 * The policy holds base64. A key that is binary comes in a request context either as its bytes or, as texts can hold no bytes, in
 * base64: both mean the same value.
 */
const compileBinary: Compile = (texts) => {
  const wanted = texts.map(decodeBase64).filter(isDefined);
  return (value) => {
    const decoded = decodeBase64(value);
    return wanted.some((bytes) => bytes === value || bytes === decoded);
  };
};

const compileIpAddress: Compile = (texts) => {
  const ranges = texts.map(compileIpRange).filter(isDefined);
  const [only] = ranges;
  if (only === undefined) return NEVER;
  return (value) => {
    const address = parseIpAddress(value);
    if (address === undefined) return false;
    return ranges.length === 1 ? only(address) : ranges.some((range) => range(address));
  };
};

function comparison(
  name: string,
  compile: Compile,
  { negated = false, variables = false } = {},
): ComparisonOperator {
  return { kind: 'comparison', name, compile, negated, variables };
}

function orderedRows(family: string, parse: (text: string) => number | undefined) {
  return [
    comparison(`${family}Equals`, compileSame(parse)),
    comparison(`${family}NotEquals`, compileSame(parse), { negated: true }),
    comparison(
      `${family}LessThan`,
      compileOrdered(parse, 'greatest', (a, b) => a < b),
    ),
    comparison(
      `${family}LessThanEquals`,
      compileOrdered(parse, 'greatest', (a, b) => a <= b),
    ),
    comparison(
      `${family}GreaterThan`,
      compileOrdered(parse, 'least', (a, b) => a > b),
    ),
    comparison(
      `${family}GreaterThanEquals`,
      compileOrdered(parse, 'least', (a, b) => a >= b),
    ),
  ];
}

const NEGATED = { negated: true, variables: true };
const POSITIVE = { variables: true };

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: readonly ConditionOperator[] = [
  comparison('StringEquals', compileEqual, POSITIVE),
  comparison('StringNotEquals', compileEqual, NEGATED),
  comparison('StringEqualsIgnoreCase', compileEqualIgnoringCase, POSITIVE),
  comparison('StringNotEqualsIgnoreCase', compileEqualIgnoringCase, NEGATED),
  comparison('StringLike', compileLike, POSITIVE),
  comparison('StringNotLike', compileLike, NEGATED),
  comparison('ArnEquals', compileArnLike, POSITIVE),
  comparison('ArnLike', compileArnLike, POSITIVE),
  comparison('ArnNotEquals', compileArnLike, NEGATED),
  comparison('ArnNotLike', compileArnLike, NEGATED),
  ...orderedRows('Numeric', parseNumber),
  ...orderedRows('Date', parseDate),
  comparison('Bool', compileBoolean),
  comparison('BinaryEquals', compileBinary),
  comparison('IpAddress', compileIpAddress),
  comparison('NotIpAddress', compileIpAddress, { negated: true }),
  {
    kind: 'presence',
    name: 'Null',
    variables: false,
    compilePresence: (texts) => {
      const wanted = texts.map(foldCase);
      return (present) => wanted.includes(present ? 'false' : 'true');
    },
  },
];

const BY_FOLDED_NAME: ReadonlyMap<string, ConditionOperator> = new Map(
  OPERATORS.map((operator) => [foldCase(operator.name), operator]),
);

export interface OperatorUse {
  readonly operator: ConditionOperator;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
}

/** Reads `ForAnyValue:StringEqualsIfExists`, in any case; undefined for what AWS has no operator for. */
export function parseOperator(name: string): OperatorUse | undefined {
  let rest = foldCase(name);
  let quantifier: OperatorUse['quantifier'];
  if (rest.startsWith('forallvalues:')) quantifier = 'ForAllValues';
  else if (rest.startsWith('foranyvalue:')) quantifier = 'ForAnyValue';
  if (quantifier !== undefined) rest = rest.slice(quantifier.length + 1);
  const ifExists = rest.endsWith('ifexists');
  if (ifExists) rest = rest.slice(0, -'ifexists'.length);
  const operator = BY_FOLDED_NAME.get(rest);
  if (operator === undefined) return undefined;
  // A set of values, or "if it exists", says nothing about whether a key is there.
  if (operator.kind === 'presence' && (ifExists || quantifier !== undefined)) return undefined;
  return { operator, quantifier, ifExists };
}
