import { parseOperator } from './condition-operators';
import type { OperatorUse, ValueTest } from './condition-operators';
import { findContextValue } from './context-values';
import type { ContextValue } from './context-values';
import type { ConditionReason } from './decision';
import type { ConditionEntry } from './document';
import { foldCase } from './letter-case';
import type { ConditionContext } from './request-context';
import { parseTemplate, renderTemplate } from './variables';

export type ConditionTest = (context: ConditionContext) => boolean;

/** One operator and key of a statement, ready to be asked. */
export class CompiledCondition {
  readonly test: ConditionTest;
  private readonly folded: string;
  private readonly replaces: boolean;

  constructor(
    private readonly entry: ConditionEntry,
    variables: boolean,
  ) {
    const use = parseOperator(entry.operator);
    if (use === undefined) throw new TypeError(`no such condition operator: ${entry.operator}`);
    this.folded = foldCase(entry.key);
    this.replaces =
      variables && use.operator.variables && entry.values.some((value) => value.includes('${'));
    this.test = compileCondition(entry, use, this.folded, variables);
  }

  /** All that the condition looks at: its key, and those of the variables in its values. */
  get keys(): readonly string[] {
    const { key, values } = this.entry;
    const variables = this.replaces
      ? values
          .flatMap((value) => parseTemplate(value) ?? [])
          .filter(({ kind }) => kind === 'variable')
      : [];
    return [key, ...variables.map((part) => ('key' in part ? part.key : ''))];
  }

  /** What the condition asked for and what the request had. */
  explain(context: ConditionContext): ConditionReason {
    const { operator, key, values } = this.entry;
    const actual = findContextValue(context, key, this.folded);
    return {
      operator,
      key,
      expected: this.replaces ? values.map((value) => renderTemplate(value, context)) : values,
      actual: typeof actual === 'string' ? [actual] : actual,
      matched: this.test(context),
    };
  }
}

/**
 * Compiles one operator and key with its values.
 *
 * A key that the request lacks (or that has an empty list) makes a positive operator false and a negated one true; `…IfExists` makes
 * it true; `ForAllValues` is true then and `ForAnyValue` false. Inside a set operator, negation is applied to each value of the
 * request. A single-valued operator never holds for a key with several values; a list of one value is that value.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function compileCondition(
  { key, values }: ConditionEntry,
  use: OperatorUse,
  folded: string,
  variables: boolean,
): ConditionTest {
  const { operator } = use;
  if (operator.kind === 'presence') {
    const test = operator.compilePresence(values);
    return (context) => test(isPresent(findContextValue(context, key, folded)));
  }
  const matches = operator.compile(values, variables && operator.variables);
  const compile = use.quantifier === undefined ? compileSingle : compileSet;
  return compile(matches, operator.negated, use, { key, folded });
}

function isPresent(value: ContextValue | undefined): boolean {
  return value !== undefined && (typeof value === 'string' || value.length > 0);
}

interface Key {
  readonly key: string;
  readonly folded: string;
}

function compileSingle(
  matches: ValueTest,
  negated: boolean,
  { ifExists }: OperatorUse,
  { key, folded }: Key,
): ConditionTest {
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
  matches: ValueTest,
  negated: boolean,
  { ifExists, quantifier }: OperatorUse,
  { key, folded }: Key,
): ConditionTest {
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
