/** Everything that XML 1.0 cannot hold, not even escaped: control characters, lone surrogates, U+FFFE and U+FFFF. */
// eslint-disable-next-line no-control-regex
const UNREPRESENTABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

const ESCAPED = /[&<>"'\r\n\t]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser turns a bare carriage return into a line feed, and some trim white space that is not written as a reference.
  '\r': '&#xD;',
  '\n': '&#xA;',
  '\t': '&#x9;',
};

/**
 * Text for an element's content or an attribute's value. What XML cannot represent becomes U+FFFD: an answer that its reader cannot
 * parse would look like an outage.
 */
export function escapeXml(text: string): string {
  return text
    .replace(UNREPRESENTABLE, '\uFFFD')
    .replace(ESCAPED, (character) => ESCAPES[character] ?? character);
}

/** `<name>content</name>`, or `<name/>` for empty content. `content` is XML already. */
export function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

/** The outermost element with its default namespace. */
export function rootElement(name: string, xmlNamespace: string, content: string): string {
  return `<${name} xmlns="${escapeXml(xmlNamespace)}">${content}</${name}>`;
}
