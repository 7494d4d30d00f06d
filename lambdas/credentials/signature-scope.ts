/*
 * The two parts of a signature that many requests of one client have alike: for whom and for what it counts, and which headers it
 * covers. Nothing in them is proven.
 */

/** Who signs, and for what. */
export interface Credential {
  /** As sent. */
  readonly text: string;
  /** Whether it is five parts, none of them empty; any other is refused by verification. */
  readonly hasFiveParts: boolean;
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** All but the access key id, as it is signed. */
  readonly scope: string;
  /** Anything but `aws4_request` is refused by verification. */
  readonly terminator: string;
}

/** The names of the signed headers, lower-case. */
export interface SignedHeaders {
  /** Sorted; one that the client listed twice is here twice. */
  readonly names: readonly string[];
  /** The same, with `;` between them. */
  readonly text: string;
  readonly includesHost: boolean;
}

export const readCredential = remember((text): Credential => {
  const parts = text.split('/');
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = parts;
  const hasFiveParts = parts.length === 5 && !parts.includes('');
  const scope = parts.slice(1).join('/');
  return { text, hasFiveParts, accessKeyId, scope, date, region, service, terminator };
});

export const readSignedHeaders = remember((text): SignedHeaders => {
  const names = text.split(';').sort();
  return { names, text: names.join(';'), includesHost: names.includes('host') };
});

/** Of each kind; then it begins anew. */
const MAX_REMEMBERED = 200;
const MAX_REMEMBERED_LENGTH = 500;

/** The function, which depends on the text alone, with what it gave for texts that came before. */
function remember<Value extends object>(read: (text: string) => Value): (text: string) => Value {
  const values = new Map<string, Value>();
  return (text) => {
    const known = values.get(text);
    if (known !== undefined) return known;
    const value = read(text);
    if (text.length <= MAX_REMEMBERED_LENGTH) {
      if (values.size >= MAX_REMEMBERED) values.clear();
      values.set(text, value);
    }
    return value;
  };
}
