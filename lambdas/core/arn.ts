import { compilePieces } from './glob';
import type { ConditionContext } from './request-context';
import { compilePattern, fixedPieces, parseTemplate } from './variables';
import type { PatternTest, Template } from './variables';

/**
 * The parts of `arn:partition:service:region:account:resource`; the last one may hold colons.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** Undefined where the text has not six parts or does not begin with `arn`. Parts may be empty or hold wildcards. */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const parts = text.split(':');
  const [, partition, service, region, accountId] = parts;
  if (parts.length < 6 || partition === undefined || service === undefined) return undefined;
  if (region === undefined || accountId === undefined) return undefined;
  return { partition, service, region, accountId, resource: parts.slice(5).join(':') };
}

/** Whether a resource matches; the context is where variables find their values. */
export type ArnTest = (value: string, context: ConditionContext) => boolean;

/** Where variables are variables: nowhere, behind the fifth colon (Resource), or anywhere (ARN conditions). */
export type VariablePlace = 'none' | 'resource' | 'anywhere';

/**
 * Compiles an ARN with wildcards. Each of the six parts is matched alone: a wildcard never runs across one of the first
 * five colons, and in the last part it runs across `/` and `:`. Undefined where the text is no ARN.
 *
 * The pattern is split before anything is put in for its variables, with `${…}` taken as one token, so that
 * neither the colon in `${aws:username}` nor one in a value moves a part.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
 */
export function compileArnPattern(text: string, variables: VariablePlace): ArnTest | undefined {
  const parts = splitArnPattern(text, variables !== 'none');
  if (parts?.[0] !== 'arn') return undefined;
  const head: Template[] = [];
  for (let index = 1; index < 5; index += 1) {
    const template = parseSegment(parts[index] ?? '', variables === 'anywhere');
    if (template === undefined) return undefined;
    head.push(template);
  }
  const tail = parseSegment(parts[5] ?? '', variables !== 'none');
  if (tail === undefined) return undefined;
  return compileSimpleHead(parts, tail, variables) ?? compileSegments(head, tail);
}

function parseSegment(text: string, variables: boolean): Template | undefined {
  return variables ? parseTemplate(text) : [{ kind: 'text', text }];
}

/**
 * Six parts, split at the first five colons, with `${…}` one token if asked. An ARN that ends early has `*` for what it
 * lacks, as AWS reads it; one with an empty part and less than six parts is none, and has no parts.
 */
export function splitArnPattern(text: string, tokens: boolean): readonly string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  let index = 0;
  while (parts.length < 5 && index < text.length) {
    if (tokens && text.startsWith('${', index)) {
      const close = text.indexOf('}', index);
      index = close < 0 ? text.length : close + 1;
    } else {
      if (text[index] === ':') {
        parts.push(text.slice(start, index));
        start = index + 1;
      }
      index += 1;
    }
  }
  parts.push(text.slice(start));
  if (parts.length < 3 || (parts.length < 6 && parts.includes(''))) return undefined;
  while (parts.length < 6) parts.push('*');
  return parts;
}

/**
 * For heads whose parts are plain text or a lone `*`, which nearly all are: runs of text, and between two runs a skip to
 * the next colon.
 *
 * Invariant: the runs hold all five colons together, so the fifth colon of the value is where the head ends.
 */
function compileSimpleHead(
  parts: readonly string[],
  tail: Template,
  variables: VariablePlace,
): ArnTest | undefined {
  const runs = [`arn:`];
  for (let index = 1; index < 5; index += 1) {
    const part = parts[index] ?? '';
    if (part === '*') runs.push(':');
    else if (/[*?]/.test(part) || (variables === 'anywhere' && part.includes('${'))) {
      return undefined;
    } else runs[runs.length - 1] = `${runs[runs.length - 1] ?? ''}${part}:`;
  }
  const lastRun = runs.pop() ?? '';
  const tailTest = prefixTail(lastRun, tail);
  const [first, second] = runs;
  if (first === undefined) return (value, context) => tailTest(value, 0, context);
  if (second === undefined) {
    const { length } = first;
    return (value, context) => {
      if (!value.startsWith(first)) return false;
      const colon = value.indexOf(':', length);
      return colon >= 0 && tailTest(value, colon, context);
    };
  }
  return (value, context) => {
    let index = 0;
    for (const run of runs) {
      if (!value.startsWith(run, index)) return false;
      index = value.indexOf(':', index + run.length);
      if (index < 0) return false;
    }
    return tailTest(value, index, context);
  };
}

/** The last run and the last part as one pattern, so that one comparison does for both. */
function prefixTail(run: string, tail: Template): PatternTest {
  const pieces = fixedPieces(tail);
  const first = pieces?.[0];
  if (pieces !== undefined && first !== undefined && first.holes === undefined) {
    return compilePieces([{ text: run + first.text }, ...pieces.slice(1)]);
  }
  const test = compilePattern(tail);
  return (value, from, context) =>
    value.startsWith(run, from) && test(value, from + run.length, context);
}

/** For heads with wildcards inside a part, or with variables. */
function compileSegments(head: readonly Template[], tail: Template): ArnTest {
  const headTests = head.map(compilePattern);
  const tailTest = compilePattern(tail);
  return (value, context) => {
    if (!value.startsWith('arn:')) return false;
    let index = 4;
    for (const test of headTests) {
      const colon = value.indexOf(':', index);
      if (colon < 0 || !test(value.slice(index, colon), 0, context)) return false;
      index = colon + 1;
    }
    return tailTest(value, index, context);
  };
}
