import { readFileSync } from 'node:fs';
import { type JsonNode, readJson } from '../../lambdas/core/json';

/** One scenario as a user wrote it; the core reads the rest of it strictly. */
export interface ScenarioEntry {
  readonly file: string;
  /** The scenario's own id, or its position in the file. */
  readonly id: string;
  /** Its JSON text: a duplicate member can be seen in nothing else. */
  readonly text: string;
  /** What it says under `expected`, if that is a string. */
  readonly expected: string | undefined;
}

const LIMITS = { maximumLength: 64 * 1024 * 1024, maximumDepth: 64 } as const;

function readNode(text: string): JsonNode {
  const { node, problems } = readJson(text, LIMITS);
  if (node === undefined) {
    const [problem] = problems;
    const line = text.slice(0, problem?.offset ?? 0).split('\n').length;
    throw new Error(`line ${line}: ${problem?.message ?? 'not JSON'}`);
  }
  return node;
}

function member(node: JsonNode, name: string): JsonNode | undefined {
  return node.kind === 'object'
    ? node.members.find((candidate) => candidate.name === name)?.value
    : undefined;
}

function textMember(node: JsonNode, name: string): string | undefined {
  const value = member(node, name);
  return value?.kind === 'string' ? value.value : undefined;
}

/** A list, an object with `cases`, or one scenario. */
function listScenarios(node: JsonNode): readonly JsonNode[] {
  if (node.kind === 'array') return node.items;
  const cases = member(node, 'cases');
  return cases?.kind === 'array' ? cases.items : [node];
}

/** The scenario texts of a file; duplicate members are left in them, for the core to judge. */
function splitScenarios(file: string, text: string): string[] {
  if (file.endsWith('.jsonl')) return text.split('\n').filter((line) => line.trim() !== '');
  return listScenarios(readNode(text)).map(({ start, end }) => text.slice(start, end));
}

/**
 * Scenarios of a file: JSON lines (`.jsonl`), or JSON that is a list, an object with `cases`, or one scenario.
 * `-` is standard input, as JSON.
 *
 * @throws Error that names the file, where it cannot be read or is not JSON.
 */
export function readScenarios(file: string): ScenarioEntry[] {
  try {
    const content = readFileSync(file === '-' ? 0 : file, 'utf8');
    return splitScenarios(file, content).map((text, index) => {
      const node = readNode(text);
      const id = textMember(node, 'id') ?? `#${index + 1}`;
      return { file, id, text, expected: textMember(node, 'expected') };
    });
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
