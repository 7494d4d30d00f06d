import { parseOperator } from './condition-operators';
import type { ComparisonOperator, OperatorUse } from './condition-operators';
import { findContextValue } from './context-values';
import type { ContextValue } from './context-values';
import type { ConditionReason } from './decision';
import type { ConditionEntry } from './document';
import { foldCase } from './letter-case';
import type { ConditionContext } from './request-context';
import { renderTemplate } from './variables';

export type ConditionTest = (context: ConditionContext) => boolean;

/**
 * Compiles one operator and key with its values.
 *
 * A key that the request lacks (or that has an empty list) makes a positive operator false and a negated one true; `…IfExists` makes
 * it true; `ForAllValues` is true then and `ForAnyValue` false. Inside a set operator, negation is applied to each value of the
 * request. A single-valued operator never holds for a key with several values; a list of one value is that value.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function compileCondition(entry: ConditionEntry, variables: boolean): ConditionTest {
  const use = parseOperator(entry.operator);
  if (use === undefined) throw new TypeError(`no such condition operator: ${entry.operator}`);
  const { key, values } = entry;
  const folded = foldCase(key);
  const { operator } = use;
  if (operator.kind === 'presence') {
    const test = operator.compilePresence(values);
    return (context) => test(isPresent(findContextValue(context, key, folded)));
  }
  return use.quantifier === undefined
    ? compileSingle(operator, use, { key, folded, values, variables })
    : compileSet(operator, use, { key, folded, values, variables });
}

function isPresent(value: ContextValue | undefined): boolean {
  return value !== undefined && (typeof value === 'string' || value.length > 0);
}

interface Operands {
  readonly key: string;
  readonly folded: string;
  readonly values: readonly string[];
  readonly variables: boolean;
}

function compileSingle(
  operator: ComparisonOperator,
  { ifExists }: OperatorUse,
  { key, folded, values, variables }: Operands,
): ConditionTest {
  const { negated } = operator;
  const matches = operator.compile(values, variables && operator.variables);
  const whenMissing = negated || ifExists;
  return (context) => {
    const value = findContextValue(context, key, folded);
    if (typeof value === 'string') return matches(value, context) !== negated;
    const only = value?.[0];
    if (only === undefined) return whenMissing;
    return value?.length === 1 && matches(only, context) !== negated;
  };
}

function compileSet(
  operator: ComparisonOperator,
  { ifExists, quantifier }: OperatorUse,
  { key, folded, values, variables }: Operands,
): ConditionTest {
  const { negated } = operator;
  const matches = operator.compile(values, variables && operator.variables);
  const all = quantifier === 'ForAllValues';
  const whenMissing = all || ifExists;
  return (context) => {
    const value = findContextValue(context, key, folded);
    if (typeof value === 'string') return matches(value, context) !== negated;
    if (value === undefined || value.length === 0) return whenMissing;
    for (const one of value) {
      if ((matches(one, context) !== negated) !== all) return !all;
    }
    return all;
  };
}

/** What a condition asked for and what the request had. */
export function explainCondition(
  entry: ConditionEntry,
  variables: boolean,
  context: ConditionContext,
  matched: boolean,
): ConditionReason {
  const actual = findContextValue(context, entry.key, foldCase(entry.key));
  const replaces = variables && parseOperator(entry.operator)?.operator.variables === true;
  return {
    operator: entry.operator,
    key: entry.key,
    expected: replaces ? entry.values.map((value) => renderTemplate(value, context)) : entry.values,
    actual: typeof actual === 'string' ? [actual] : actual,
    matched,
  };
}
