import type { PrincipalElement, PrincipalKind } from './document';
import type { JsonNode } from './json';
import type { Path, PolicyReader } from './policy-reader';
import { isPrincipal } from './principals';

const KINDS: readonly PrincipalKind[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/**
 * Reads a Principal or NotPrincipal: `"*"`, or an object of AWS, Service, Federated and CanonicalUser.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function parsePrincipal(
  parser: PolicyReader,
  node: JsonNode,
  path: Path,
): PrincipalElement | undefined {
  if (node.kind === 'string' && node.value === '*') return { AWS: ['*'] };
  if (node.kind !== 'object' || node.members.length === 0) {
    const message = 'a Principal is "*" or an object of AWS, Service, Federated or CanonicalUser';
    const awsMessage = node.kind === 'string' ? invalidPrincipal(node.value) : undefined;
    return awsMessage === undefined
      ? parser.reportSyntax('INVALID_PRINCIPAL', path, node, message)
      : parser.report('INVALID_PRINCIPAL', path, node, message, awsMessage);
  }
  const principal: Partial<Record<PrincipalKind, readonly string[]>> = {};
  for (const { name, value } of node.members) {
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined) {
      const message = `\`${name}\` is no kind of principal`;
      parser.reportSyntax('UNKNOWN_ELEMENT', [...path, name], value, message);
      continue;
    }
    const texts = parser.parseStrings(value, [...path, name]);
    if (texts === undefined) continue;
    if (texts.length === 0) {
      parser.reportSyntax('EMPTY_ELEMENT', [...path, name], value, 'a principal was expected');
    }
    for (const text of texts) {
      if (!isPrincipal(kind, text)) {
        const message = invalidPrincipal(`"${kind}":"${text}"`);
        parser.report('INVALID_PRINCIPAL', [...path, name], value, message);
      }
    }
    principal[kind] = texts;
  }
  return principal;
}

function invalidPrincipal(text: string): string {
  return `Invalid principal in policy: ${text}`;
}
