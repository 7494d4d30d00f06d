import type { XmlElement } from '../credentials/xml-element';
import { invalidToken } from './refusal';

/** The text of an element. Errors: SamlRefused where there are elements within it: some would read one part, some another. */
export function textOf(element: XmlElement): string {
  if (element.children.length > 0) {
    throw invalidToken(`${element.localName} in the SAML assertion must be a text`);
  }
  return element.text;
}
