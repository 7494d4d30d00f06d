/** A catalogue, or one of its routes, that says something it cannot mean. The message is for whoever wrote it. */
export class CatalogueRefused extends Error {
  override readonly name = 'CatalogueRefused';
}

/** What a gateway knows about itself, by the names that CloudFormation and AWS's policy examples use. */
export interface ResourceScope {
  readonly Partition: string;
  readonly Region: string;
  readonly Account: string;
}

type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'scope'; readonly name: keyof ResourceScope }
  | { readonly kind: 'parameter'; readonly name: string };

/** An ARN whose resource part has places for path parameters, or `*`. */
export interface ResourceTemplate {
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** Whether `:` separates within the resource part, so that no value may hold one. */
  readonly hasColons: boolean;
}

/**
 * As API Gateway limits method ARNs; a resource that is longer could not be a resource of any policy either.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export const MAX_RESOURCE_LENGTH = 1600;

const SCOPE_NAMES: readonly string[] = ['Partition', 'Region', 'Account'];

/** Letters that an ARN in a catalogue may be made of: no wildcard, no brace, no space, nothing that JSON would escape. */
const LITERAL = /^[A-Za-z0-9_.,:;/@=+~!&'()[\]|-]*$/;

/**
 * Parses `arn:${Partition}:orders:${Region}:${Account}:order/{orderId}`. Parameters stand in the resource part only, at most one
 * between two separators (`/` or `:`), and a greedy one at the very end: so different values never give one ARN.
 *
 * Throws {@link CatalogueRefused}.
 */
export function parseResourceTemplate(
  text: string,
  parameters: ReadonlyMap<string, { readonly isGreedy: boolean }>,
): ResourceTemplate {
  if (text === '*') {
    return { text, pieces: [{ kind: 'literal', text }], hasColons: false };
  }
  if (text.length > MAX_RESOURCE_LENGTH) {
    throw new CatalogueRefused(
      `a resource is at most ${MAX_RESOURCE_LENGTH} characters long, not ${text.length}`,
    );
  }
  const pieces = readPieces(text);
  checkArn(text);
  checkParameters(text, pieces, parameters);
  return {
    text,
    pieces,
    hasColons: resourcePart(text)
      .replaceAll(/\{[^}]*\}/g, '')
      .includes(':'),
  };
}

function readPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  while (position < text.length) {
    const open = text.indexOf('{', position);
    if (open === -1) {
      pieces.push(readLiteral(text, text.slice(position)));
      break;
    }
    const isScope = text[open - 1] === '$' && open > position;
    const literal = text.slice(position, isScope ? open - 1 : open);
    if (literal !== '') {
      pieces.push(readLiteral(text, literal));
    }
    const close = text.indexOf('}', open);
    if (close === -1) {
      throw new CatalogueRefused(`the resource ${text} has a brace that is never closed`);
    }
    const name = text.slice(open + 1, close);
    pieces.push(isScope ? readScope(text, name) : readParameter(text, name));
    position = close + 1;
  }
  return pieces;
}

function readLiteral(template: string, text: string): Piece {
  if (!LITERAL.test(text)) {
    throw new CatalogueRefused(
      `the resource ${template} has a character that no resource may have`,
    );
  }
  return { kind: 'literal', text };
}

/** API Gateway lets a name have a colon; here it would look like a separator. */
function readParameter(template: string, name: string): Piece {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new CatalogueRefused(
      `the resource ${template} has {${name}}, which is no parameter's name`,
    );
  }
  return { kind: 'parameter', name };
}

function readScope(template: string, name: string): Piece {
  if (!SCOPE_NAMES.includes(name)) {
    throw new CatalogueRefused(
      `the resource ${template} has \${${name}}; known are \${Partition}, \${Region} and \${Account}`,
    );
  }
  return { kind: 'scope', name: name as keyof ResourceScope };
}

/** Six parts, of which the service is named and the account is twelve digits, ours or nobody's. */
function checkArn(text: string): void {
  const [arn, partition, service, region, account] = text.split(':', 5);
  const isArn =
    arn === 'arn' &&
    /^([a-z-]+|\$\{Partition\})$/.test(partition ?? '') &&
    /^[a-z0-9-]+$/.test(service ?? '') &&
    /^([a-z0-9-]*|\$\{Region\})$/.test(region ?? '') &&
    /^([0-9]{12}|\$\{Account\}|)$/.test(account ?? '') &&
    resourcePart(text) !== '';
  if (!isArn) {
    throw new CatalogueRefused(
      `the resource ${text} is neither * nor an ARN with partition, service, region, account and resource`,
    );
  }
}

function checkParameters(
  text: string,
  pieces: readonly Piece[],
  parameters: ReadonlyMap<string, { readonly isGreedy: boolean }>,
): void {
  const seen = new Set<string>();
  pieces.forEach((piece, index) => {
    if (piece.kind !== 'parameter') {
      return;
    }
    const parameter = parameters.get(piece.name);
    if (parameter === undefined) {
      throw new CatalogueRefused(
        `the resource ${text} has {${piece.name}}, which its path has not`,
      );
    }
    if (seen.has(piece.name)) {
      throw new CatalogueRefused(`the resource ${text} has {${piece.name}} twice`);
    }
    seen.add(piece.name);
    if (parameter.isGreedy && index !== pieces.length - 1) {
      throw new CatalogueRefused(
        `the resource ${text} goes on after {${piece.name}}, which takes the rest of the path`,
      );
    }
  });
  for (const segment of resourcePart(text).split(/[/:]/)) {
    if (segment.replaceAll('${', '').split('{').length > 2) {
      throw new CatalogueRefused(`the resource ${text} has two parameters without / or : between`);
    }
  }
}

/** What comes after the fifth colon. */
function resourcePart(text: string): string {
  return text.split(':').slice(5).join(':');
}

/**
 * The ARN of one request. `parameters` are values that {@link readPathParameter} has let through; undefined where one is
 * missing or would change what the ARN's parts are.
 *
 * Invariant: values are put in once and never read again as a template.
 */
export function fillResourceTemplate(
  template: ResourceTemplate,
  scope: ResourceScope,
  parameters: ReadonlyMap<string, string>,
): string | undefined {
  let filled = '';
  for (const piece of template.pieces) {
    switch (piece.kind) {
      case 'literal':
        filled += piece.text;
        break;
      case 'scope':
        filled += scope[piece.name];
        break;
      case 'parameter': {
        const value = parameters.get(piece.name);
        if (value === undefined || (template.hasColons && value.includes(':'))) {
          return undefined;
        }
        filled += value;
        break;
      }
    }
  }
  return filled.length > MAX_RESOURCE_LENGTH ? undefined : filled;
}
