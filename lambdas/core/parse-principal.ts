import type { PrincipalElement, PrincipalKind } from './document';
import type { JsonNode } from './json';
import type { PolicyReader } from './policy-reader';
import { isPrincipal } from './principals';

const KINDS: readonly PrincipalKind[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/**
 * Reads a Principal or NotPrincipal: `"*"`, or an object of AWS, Service, Federated and CanonicalUser.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function parsePrincipal(reader: PolicyReader, node: JsonNode): PrincipalElement | undefined {
  if (node.kind === 'string') {
    if (node.value === '*') return { AWS: ['*'] };
    reader.report('INVALID_PRINCIPAL', node, invalidPrincipal(node.value));
    return undefined;
  }
  if (node.kind !== 'object' || node.members.length === 0) {
    const message = 'a Principal is "*" or an object of AWS, Service, Federated or CanonicalUser';
    reader.reportSyntax('INVALID_TYPE', node, message);
    return undefined;
  }
  const principal: Partial<Record<PrincipalKind, readonly string[]>> = {};
  for (const { name, value } of node.members) {
    reader.path.push(name);
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined) {
      reader.reportSyntax('UNKNOWN_ELEMENT', value, `\`${name}\` is no kind of principal`);
    } else principal[kind] = parseNames(reader, kind, value);
    reader.path.pop();
  }
  return principal;
}

function parseNames(
  reader: PolicyReader,
  kind: PrincipalKind,
  node: JsonNode,
): readonly string[] | undefined {
  const texts = reader.parseStrings(node);
  if (texts?.length === 0) {
    reader.reportSyntax('EMPTY_ELEMENT', node, 'a principal was expected');
  }
  for (const text of texts ?? []) {
    if (isPrincipal(kind, text)) continue;
    reader.report('INVALID_PRINCIPAL', node, invalidPrincipal(`"${kind}":"${text}"`));
  }
  return texts;
}

function invalidPrincipal(text: string): string {
  return `Invalid principal in policy: ${text}`;
}
