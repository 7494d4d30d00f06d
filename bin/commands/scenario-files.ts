import { readFileSync } from 'node:fs';

/** One scenario as a user wrote it; the core reads the rest of it strictly. */
export interface ScenarioEntry {
  readonly file: string;
  /** The scenario's own id, or its position in the file. */
  readonly id: string;
  readonly scenario: unknown;
  readonly expected: unknown;
}

function parseEntries(file: string, text: string): unknown[] {
  if (file.endsWith('.jsonl')) {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): unknown => JSON.parse(line));
  }
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) return value;
  if (
    typeof value === 'object' &&
    value !== null &&
    'cases' in value &&
    Array.isArray(value.cases)
  ) {
    return value.cases;
  }
  return [value];
}

/**
 * Scenarios of a file: JSON lines (`.jsonl`), or JSON that is a list, an object with `cases`, or one scenario.
 * `-` is standard input, as JSON.
 *
 * @throws Error that names the file, where it cannot be read or is not JSON.
 */
export function readScenarios(file: string): ScenarioEntry[] {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8');
    return parseEntries(file, text).map((scenario, index) => {
      const entry = typeof scenario === 'object' && scenario !== null ? scenario : {};
      const id = 'id' in entry && typeof entry.id === 'string' ? entry.id : `#${index + 1}`;
      return { file, id, scenario, expected: 'expected' in entry ? entry.expected : undefined };
    });
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
