import type { ConditionContext } from '../../lambdas/core/request-context';
import {
  charactersOf,
  fits,
  hasVariables,
  lookUp,
  readPieces,
  splitArn,
  splitArnPattern,
  substitute,
  textOf,
} from './pattern';
import type { Token } from './pattern';
import { listOf } from './scenario';
import type { ConditionElement } from './scenario';

/** What an operator may look at besides the two values. */
interface Surroundings {
  readonly version: string | undefined;
  readonly context: ConditionContext;
}

/** True when one value of the policy matches one value of the request. */
type ValueTest = (inPolicy: string, inRequest: string, surroundings: Surroundings) => boolean;

interface Operator {
  readonly matches: ValueTest;
  /** Negated operators hold where the test holds for none of the policy's values, and for a missing key. */
  readonly negated: boolean;
}

/**
 * True when every operator, every key of it, holds.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
export function conditionHolds(
  condition: ConditionElement | undefined,
  surroundings: Surroundings,
): boolean {
  return Object.entries(condition ?? {}).every(([operatorName, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      keyHolds(operatorName, key, listOf(values).map(String), surroundings),
    ),
  );
}

function keyHolds(
  operatorName: string,
  key: string,
  inPolicy: readonly string[],
  surroundings: Surroundings,
): boolean {
  const name = readOperatorName(operatorName);
  const found = lookUp(surroundings.context, key);
  if (name.base === 'null') {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
    return inPolicy.some((value) => value.toLowerCase() === String(found === undefined));
  }
  const operator = OPERATORS[name.base];
  if (operator === undefined) throw new Error(`unknown condition operator ${operatorName}`);
  if (found === undefined) return holdsForMissingKey(name, operator);
  const holds = (inRequest: string): boolean => {
    const matchesOne = inPolicy.some((value) => operator.matches(value, inRequest, surroundings));
    return operator.negated ? !matchesOne : matchesOne;
  };
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  if (name.set === 'forallvalues') return listOf(found).every(holds);
  if (name.set === 'foranyvalue') return listOf(found).some(holds);
  // Several values match no single-valued operator; exactly one is taken for the value.
  const values = listOf(found);
  return values.length === 1 && values.every(holds);
}

/** IfExists: true. ForAllValues: true of the empty set; ForAnyValue: false. Else only negated operators hold. */
function holdsForMissingKey(name: OperatorName, operator: Operator): boolean {
  if (name.ifExists || name.set === 'forallvalues') return true;
  return name.set === undefined && operator.negated;
}

interface OperatorName {
  readonly set: string | undefined;
  readonly base: string;
  readonly ifExists: boolean;
}

/** `ForAnyValue:StringEqualsIfExists` in its parts, lower-cased: names of operators have no letter case. */
function readOperatorName(text: string): OperatorName {
  const [, set, base = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(text.toLowerCase()) ?? [];
  return { set, base, ifExists: ifExists !== undefined };
}

/** A policy's value with its variables replaced; undefined where one has no value: such a value matches nothing. */
function resolve(value: string, { version, context }: Surroundings): readonly Token[] | undefined {
  return substitute(readPieces(value, hasVariables(version)), context);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String */
const stringEquals: ValueTest = (inPolicy, inRequest, surroundings) => {
  const tokens = resolve(inPolicy, surroundings);
  return tokens !== undefined && textOf(tokens) === inRequest;
};

const stringEqualsIgnoreCase: ValueTest = (inPolicy, inRequest, surroundings) => {
  const tokens = resolve(inPolicy, surroundings);
  return tokens !== undefined && textOf(tokens).toLowerCase() === inRequest.toLowerCase();
};

const stringLike: ValueTest = (inPolicy, inRequest, surroundings) => {
  const tokens = resolve(inPolicy, surroundings);
  return tokens !== undefined && fits(tokens, inRequest);
};

/** Each of the six parts on its own: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN */
const arnLike: ValueTest = (inPolicy, inRequest, { version, context }) => {
  const parts = splitText(inRequest);
  // A star alone is any ARN, as in Resource; it makes no ARN of what is none.
  if (inPolicy === '*') return parts !== undefined;
  const pattern = splitArnPattern(readPieces(inPolicy, hasVariables(version)));
  if (pattern === undefined || parts === undefined) return false;
  return pattern.every((pieces, index) => {
    const tokens = substitute(pieces, context);
    return tokens !== undefined && fits(tokens, parts[index] ?? '');
  });
};

/** The six parts of a text that is an ARN. */
export function splitText(text: string): readonly string[] | undefined {
  return splitArn(charactersOf(text))?.map((part) =>
    part.map((piece) => ('character' in piece ? piece.character : '')).join(''),
  );
}

/** Integers and decimals, as JSON writes numbers too: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric */
const readNumber = (text: string): number | undefined =>
  /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : undefined;

/**
 * Milliseconds since the epoch of a W3C date or of epoch seconds; undefined for every other text, and for days that
 * no calendar has.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
 */
export function readInstant(text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const [whole, date = '', time = 'T00:00', seconds = ':00', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d(?:-\d\d)?)(?:(T\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const day = date.length === 7 ? `${date}-01` : date;
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const instant = Date.parse(`${day}${time}${seconds}${fraction}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}

type Comparison = (inRequest: number, inPolicy: number) => boolean;

const compare =
  (read: (text: string) => number | undefined, comparison: Comparison): ValueTest =>
  (inPolicy, inRequest) => {
    const left = read(inRequest);
    const right = read(inPolicy);
    return left !== undefined && right !== undefined && comparison(left, right);
  };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean */
const bool: ValueTest = (inPolicy, inRequest) =>
  ['true', 'false'].includes(inPolicy.toLowerCase()) &&
  inPolicy.toLowerCase() === inRequest.toLowerCase();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals */
const binaryEquals: ValueTest = (inPolicy, inRequest) => {
  const bytes = readBase64(inPolicy);
  // A request that holds text alone can hold the bytes themselves or their base64.
  return bytes !== undefined && (bytes === inRequest || bytes === readBase64(inRequest));
};

const readBase64 = (text: string): string | undefined =>
  /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Buffer.from(text, 'base64').toString('latin1')
    : undefined;

/** The bits of an address, 32 or 128 of them, most significant first; undefined for what is no address. */
function readAddress(text: string): string | undefined {
  const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');
  // An IPv4 address in IPv6's notation is the IPv4 address.
  const mapped = /^::ffff:(?=.*\.)(.*)$/i.exec(text);
  if (mapped !== null) return readAddress(mapped[1] ?? '');
  const octets = text.split('.');
  if (octets.length === 4) {
    const right = octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
    return right ? octets.map((octet) => bits(Number(octet), 8)).join('') : undefined;
  }
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9a-f:]+$/i.test(text)) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = halves.length === 2 ? 8 - head.length - tail.length : 0;
  if (gap < 0 || (halves.length === 2 && gap === 0)) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  const right = groups.length === 8 && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
  if (!right) return undefined;
  const all = groups.map((group) => bits(Number.parseInt(group, 16), 16)).join('');
  return all.startsWith('0'.repeat(80) + '1'.repeat(16)) ? all.slice(96) : all;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress */
const ipAddress: ValueTest = (inPolicy, inRequest) => {
  const [network = '', length, ...more] = inPolicy.split('/');
  const range = readAddress(network);
  const address = readAddress(inRequest);
  if (range === undefined || address?.length !== range.length || more.length > 0) return false;
  // Of an IPv4 network in IPv6's notation the first 96 bits are the notation's.
  const notation = range.length === 32 && network.includes(':') ? 96 : 0;
  const prefix = length === undefined ? range.length : readPrefixLength(length) - notation;
  if (prefix < 0) return false;
  return prefix <= range.length && address.slice(0, prefix) === range.slice(0, prefix);
};

const readPrefixLength = (text: string): number =>
  /^\d{1,3}$/.test(text) ? Number(text) : Infinity;

const is = (matches: ValueTest): Operator => ({ matches, negated: false });
const isNot = (matches: ValueTest): Operator => ({ matches, negated: true });

const comparisons = (
  type: string,
  read: (text: string) => number | undefined,
): Record<string, Operator> => ({
  [`${type}equals`]: is(compare(read, (left, right) => left === right)),
  [`${type}notequals`]: isNot(compare(read, (left, right) => left === right)),
  [`${type}lessthan`]: is(compare(read, (left, right) => left < right)),
  [`${type}lessthanequals`]: is(compare(read, (left, right) => left <= right)),
  [`${type}greaterthan`]: is(compare(read, (left, right) => left > right)),
  [`${type}greaterthanequals`]: is(compare(read, (left, right) => left >= right)),
});

const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: is(stringEquals),
  stringnotequals: isNot(stringEquals),
  stringequalsignorecase: is(stringEqualsIgnoreCase),
  stringnotequalsignorecase: isNot(stringEqualsIgnoreCase),
  stringlike: is(stringLike),
  stringnotlike: isNot(stringLike),
  ...comparisons('numeric', readNumber),
  ...comparisons('date', readInstant),
  bool: is(bool),
  binaryequals: is(binaryEquals),
  ipaddress: is(ipAddress),
  notipaddress: isNot(ipAddress),
  arnequals: is(arnLike),
  arnlike: is(arnLike),
  arnnotequals: isNot(arnLike),
  arnnotlike: isNot(arnLike),
};
