import { splitArnPattern } from './arn';
import type { CompiledStatement } from './compiled-statement';
import type { RequestContext } from './request-context';

/** From this many statements about one action on, they are looked up by resource. */
const INDEXED_STATEMENTS = 8;

/** At most this many lengths of prefixes are looked up for one resource. */
const PREFIX_LENGTHS = 8;

/** Statements about one action, in one layer; all Allow or all Deny. */
export class StatementList {
  /** A statement that matches whatever the request is, where there is one. */
  readonly unconditional: CompiledStatement | undefined;
  private readonly scanned: readonly CompiledStatement[];
  private readonly index: ResourceIndex | undefined;
  private positions: ReadonlyMap<CompiledStatement, number> | undefined;

  constructor(readonly statements: readonly CompiledStatement[]) {
    this.unconditional = statements.find((statement) => statement.isUnconditional);
    const indexed =
      statements.length < INDEXED_STATEMENTS ? [] : statements.filter(hasResourcePrefixes);
    if (indexed.length < INDEXED_STATEMENTS) this.scanned = statements;
    else {
      const behindIndex = new Set(indexed);
      this.scanned = statements.filter((statement) => !behindIndex.has(statement));
      this.index = new ResourceIndex(indexed);
    }
  }

  /** A statement that matches resource and conditions; it does not matter which. */
  find(request: RequestContext): CompiledStatement | undefined {
    const { scanned } = this;
    for (let index = 0; index < scanned.length; index += 1) {
      const statement = scanned[index];
      if (statement?.test(request) === true) return statement;
    }
    return this.index?.find(request);
  }

  /** Every statement that matches, in order. */
  findAll(request: RequestContext): CompiledStatement[] {
    const found = this.scanned.filter((statement) => statement.test(request));
    if (this.index === undefined) return found;
    const behindIndex = this.index.candidates(request);
    const all = [...found, ...behindIndex.filter((statement) => statement.test(request))];
    return all.sort((left, right) => this.positionOf(left) - this.positionOf(right));
  }

  /** A statement whose resources match, whatever its conditions say. */
  findByResource(request: RequestContext): CompiledStatement | undefined {
    return (
      this.scanned.find((statement) => statement.matchesResource(request)) ??
      this.index?.candidates(request).find((statement) => statement.matchesResource(request))
    );
  }

  private positionOf(statement: CompiledStatement): number {
    this.positions ??= new Map(this.statements.map((one, position) => [one, position]));
    return this.positions.get(statement) ?? 0;
  }
}

function hasResourcePrefixes({ statement }: CompiledStatement): boolean {
  return statement.Resource?.every((pattern) => resourcePrefix(pattern) !== '') === true;
}

/** The text at the beginning of the last part of an ARN, before any wildcard or variable. */
function resourcePrefix(pattern: string): string {
  // A `${` before the fifth colon would make the split depend on the policy's version.
  const part = splitArnPattern(pattern, false)?.[5] ?? '';
  if (pattern.indexOf('${') >= 0 && pattern.indexOf('${') < pattern.length - part.length) return '';
  const end = part.search(/[*?]|\$\{/);
  return end < 0 ? part : part.slice(0, end);
}

/**
 * Statements by the beginning of their resources' last part. A resource is looked up by each length of prefix that occurs, with
 * one running hash over its characters; the statements found are asked as always, so that equal hashes do no harm.
 */
class ResourceIndex {
  private readonly lengths: readonly number[];
  private readonly buckets = new Map<number, CompiledStatement[]>();

  constructor(statements: readonly CompiledStatement[]) {
    const prefixes = statements.flatMap((statement) =>
      (statement.statement.Resource ?? []).map((pattern) => ({
        statement,
        prefix: resourcePrefix(pattern),
      })),
    );
    this.lengths = chooseLengths(prefixes.map(({ prefix }) => prefix.length));
    for (const { statement, prefix } of prefixes) {
      const length = this.lengths.findLast((one) => one <= prefix.length) ?? 0;
      const hash = hashOf(prefix, length);
      const bucket = this.buckets.get(hash);
      if (bucket === undefined) this.buckets.set(hash, [statement]);
      else if (!bucket.includes(statement)) bucket.push(statement);
    }
  }

  find(request: RequestContext): CompiledStatement | undefined {
    const { resource } = request;
    const start = resourcePartStart(resource);
    if (start < 0) return undefined;
    let hash = 0;
    let index = start;
    for (const length of this.lengths) {
      const end = start + length;
      if (end > resource.length) return undefined;
      for (; index < end; index += 1) hash = hashStep(hash, resource.charCodeAt(index));
      const bucket = this.buckets.get(hash);
      if (bucket === undefined) continue;
      for (const statement of bucket) if (statement.test(request)) return statement;
    }
    return undefined;
  }

  /** The statements that may match a resource, each once. */
  candidates({ resource }: RequestContext): readonly CompiledStatement[] {
    const start = resourcePartStart(resource);
    const found = new Set<CompiledStatement>();
    for (const length of start < 0 ? [] : this.lengths) {
      const hash = hashOf(resource.slice(start, start + length), length);
      for (const statement of this.buckets.get(hash) ?? []) found.add(statement);
    }
    return [...found];
  }
}

/** Behind the fifth colon, or -1 where there are not five. */
function resourcePartStart(resource: string): number {
  let index = 0;
  for (let colons = 0; colons < 5; colons += 1) {
    index = resource.indexOf(':', index) + 1;
    if (index === 0) return -1;
  }
  return index;
}

/** Ascending; where too many occur, some of them, always with the shortest: longer prefixes are cut. */
function chooseLengths(lengths: readonly number[]): readonly number[] {
  const distinct = [...new Set(lengths)].sort((left, right) => left - right);
  if (distinct.length <= PREFIX_LENGTHS) return distinct;
  const step = (distinct.length - 1) / (PREFIX_LENGTHS - 1);
  const chosen = Array.from({ length: PREFIX_LENGTHS }, (_item, index) => Math.round(index * step));
  return distinct.filter((_length, index) => chosen.includes(index));
}

function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

function hashOf(text: string, length: number): number {
  let hash = 0;
  for (let index = 0; index < length; index += 1) hash = hashStep(hash, text.charCodeAt(index));
  return hash;
}
