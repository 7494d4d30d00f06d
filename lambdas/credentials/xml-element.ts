import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** One element of a document that has been read strictly. */
export interface XmlElement {
  /** undefined where no declaration gives its prefix one. */
  readonly namespace: string | undefined;
  readonly localName: string;
  /** By their names as written, declarations of namespaces among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

/** An element as the parser gives it in document order: its name with its children, and its attributes under `:@`. */
type Node = Readonly<Record<string, unknown>>;

type Namespaces = ReadonlyMap<string, string>;

const MAX_DEPTH = 32;

/**
 * The root element of a document; undefined for what is no XML, has several roots, more than 32 levels, or a DOCTYPE: no entity, no
 * external document, nothing that the text does not say itself.
 */
export function parseXml(document: string): XmlElement | undefined {
  if (/<!\s*(?:DOCTYPE|ENTITY)/i.test(document) || XMLValidator.validate(document) !== true) {
    return undefined;
  }
  try {
    return parse(document);
  } catch {
    return undefined;
  }
}

export function isElement(element: XmlElement, namespace: string, localName: string): boolean {
  return element.namespace === namespace && element.localName === localName;
}

/** Every element below one, in the order of the document. */
export function descendantsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The children of one name. */
export function childrenOf(
  element: XmlElement,
  namespace: string,
  localName: string,
): readonly XmlElement[] {
  return element.children.filter((child) => isElement(child, namespace, localName));
}

/** Errors: whatever the parser throws, RangeError for too many levels. */
function parse(document: string): XmlElement | undefined {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    trimValues: false,
  });
  const nodes = parser.parse(document) as readonly Node[];
  const elements = nodes.flatMap((node) => readElement(node, new Map(), 1));
  return elements.length === 1 ? elements[0] : undefined;
}

function readElement(node: Node, outer: Namespaces, depth: number): readonly XmlElement[] {
  if (depth > MAX_DEPTH) {
    throw new RangeError('too many levels of elements');
  }
  const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) {
    return [];
  }
  const attributes = (node[':@'] ?? {}) as Readonly<Record<string, string>>;
  const namespaces = new Map(outer);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute === 'xmlns') namespaces.set('', value);
    if (attribute.startsWith('xmlns:')) namespaces.set(attribute.slice(6), value);
  }
  const nodes = node[name] as readonly Node[];
  const colon = name.indexOf(':');
  return [
    {
      namespace: namespaces.get(colon < 0 ? '' : name.slice(0, colon)),
      localName: name.slice(colon + 1),
      attributes,
      children: nodes.flatMap((child) => readElement(child, namespaces, depth + 1)),
      text: nodes.map((child) => (child['#text'] as string | undefined) ?? '').join(''),
    },
  ];
}
