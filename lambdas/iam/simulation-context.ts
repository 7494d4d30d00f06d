import { decodeBase64 } from '../core/base64';
import { parseDate } from '../core/dates';
import { parseIpAddress } from '../core/ip-address';
import { foldCase } from '../core/letter-case';
import { parseNumber } from '../core/numbers';
import type { ConditionContext } from '../core/request-context';
import { IamError } from '../protocol/errors';

/** One condition key that a simulation is told. */
export interface ContextEntry {
  readonly ContextKeyName?: string | undefined;
  readonly ContextKeyValues?: readonly string[] | undefined;
  readonly ContextKeyType?: string | undefined;
}

/** What a value of each type must be, and what the simulator calls it. Text and truth values may be anything, as in AWS. */
const FORMATS: Readonly<
  Record<string, { readonly words: string; readonly accepts: (value: string) => boolean }>
> = {
  numeric: { words: 'numeric format', accepts: (value) => parseNumber(value) !== undefined },
  date: { words: 'DateTime format', accepts: (value) => parseDate(value) !== undefined },
  ip: { words: 'IP address', accepts: (value) => parseIpAddress(value) !== undefined },
  binary: {
    words: 'base-64 encoded binary format',
    accepts: (value) => decodeBase64(value) !== undefined,
  },
};

const LIST_SUFFIX = 'List';

/**
 * The keys that a simulation is told, by their names.
 *
 * Errors: InvalidInput in the simulator's words, for a key that is given twice in any case of letters, for several values of a single-valued
 * type, and for a value that is not of its type.
 */
export function readContextEntries(entries: readonly ContextEntry[]): ConditionContext {
  const context: Record<string, string | readonly string[]> = {};
  const names = new Set<string>();
  for (const {
    ContextKeyName: name,
    ContextKeyValues: values = [],
    ContextKeyType: type,
  } of entries) {
    if (name === undefined) {
      throw new IamError('InvalidInput', 'A context entry must have a context key name.');
    }
    const folded = foldCase(name);
    if (names.has(folded)) {
      throw new IamError('InvalidInput', `Duplicate context key: ${name}.`);
    }
    names.add(folded);
    context[name] = readValues(
      name,
      values,
      type ?? (values.length === 1 ? 'string' : 'stringList'),
    );
  }
  return context;
}

function readValues(
  name: string,
  values: readonly string[],
  type: string,
): string | readonly string[] {
  const isList = type.endsWith(LIST_SUFFIX);
  const format = FORMATS[isList ? type.slice(0, -LIST_SUFFIX.length) : type];
  const [only] = values;
  if (!isList && (only === undefined || values.length > 1)) {
    throw new IamError(
      'InvalidInput',
      `Context key ${type} expected a single value, but received ${values.length}.`,
    );
  }
  if (format !== undefined && !values.every((value) => format.accepts(value))) {
    throw new IamError(
      'InvalidInput',
      `Invalid context value for key ${name}: expected ${format.words}.`,
    );
  }
  return isList || only === undefined ? values : only;
}
