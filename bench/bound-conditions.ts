import { listOf } from '../test/model/scenario';
import type { ConditionElement } from '../test/model/scenario';

/*
 * The bound's conditions and patterns: the operators that the workloads use, as closures.
 */

export type Context = Readonly<Record<string, string>>;
export type TextTest = (text: string) => boolean;
export type RequestTest = (resource: string, context: Context) => boolean;

/** A pattern of `*` alone as a closure, with the usual shapes written out. */
export function compileGlob(pattern: string): TextTest {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== '');
  const least = first.length + last.length;
  if (middle.length === 0) {
    if (last === '') return (text) => text.startsWith(first);
    return (text) => text.length >= least && text.startsWith(first) && text.endsWith(last);
  }
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return from <= text.length - last.length;
  };
}

/** True where one of the tests is. */
export function compileAny(tests: readonly TextTest[]): TextTest {
  const [one, two, ...more] = tests;
  if (one === undefined) return () => false;
  if (two === undefined) return one;
  if (more.length === 0) return (text) => one(text) || two(text);
  return (text) => tests.some((test) => test(text));
}

function addressOf(text: string): number {
  let address = 0;
  let octet = 0;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code === 46) {
      address = address * 256 + octet;
      octet = 0;
    } else {
      octet = octet * 10 + code - 48;
    }
  }
  return (address * 256 + octet) >>> 0;
}

function compileRange(range: string): TextTest {
  const [network = '', length = '32'] = range.split('/');
  const mask = length === '0' ? 0 : (0xffffffff << (32 - Number(length))) >>> 0;
  const base = (addressOf(network) & mask) >>> 0;
  return (text) => (addressOf(text) & mask) >>> 0 === base;
}

/** A pattern with one variable: the parts around it, compared in place. */
function compileVariable(pattern: string): (text: string, context: Context) => boolean {
  const start = pattern.indexOf('${');
  if (start < 0) {
    const test = compileGlob(pattern);
    return (text) => test(text);
  }
  const end = pattern.indexOf('}', start);
  const before = pattern.slice(0, start);
  const name = pattern.slice(start + 2, end);
  const after = pattern.slice(end + 1);
  const tail = after.slice(0, -1);
  if (!after.endsWith('*') || tail.includes('*') || before.includes('*')) {
    throw new Error(`the bound does not know the pattern ${pattern}`);
  }
  return (text, context) => {
    const value = context[name];
    return (
      value !== undefined &&
      text.startsWith(before) &&
      text.startsWith(value, before.length) &&
      text.startsWith(tail, before.length + value.length)
    );
  };
}

function compileValues(operator: string, values: readonly string[]): TextTest {
  const [first = ''] = values;
  const numbers = values.map(Number);
  switch (operator) {
    case 'StringEquals': {
      if (values.length === 1) return (text) => text === first;
      const set = new Set(values);
      return (text) => set.has(text);
    }
    case 'Bool':
      return (text) => text === first;
    case 'ArnLike':
      return compileAny(values.map(compileGlob));
    case 'IpAddress':
    case 'NotIpAddress':
      return compileAny(values.map(compileRange));
    case 'NumericLessThan': {
      const most = Math.max(...numbers);
      return (text) => Number(text) < most;
    }
    case 'NumericGreaterThan': {
      const least = Math.min(...numbers);
      return (text) => Number(text) > least;
    }
    default:
      throw new Error(`the bound does not know the operator ${operator}`);
  }
}

function compileKey(operator: string, key: string, values: readonly string[]): RequestTest {
  if (operator === 'StringLike') {
    const tests = values.map(compileVariable);
    return (_, context) => {
      const value = context[key];
      if (value === undefined) return false;
      for (const test of tests) if (test(value, context)) return true;
      return false;
    };
  }
  const test = compileValues(operator, values);
  if (operator === 'NotIpAddress') {
    return (_, context) => {
      const value = context[key];
      return value === undefined || !test(value);
    };
  }
  return (_, context) => {
    const value = context[key];
    return value !== undefined && test(value);
  };
}

/** One test for each operator and key. */
export function compileCondition(condition: ConditionElement | undefined): readonly RequestTest[] {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) =>
      compileKey(operator, key, listOf(values).map(String)),
    ),
  );
}
