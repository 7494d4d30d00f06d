/** An error that a Query or REST XML service answers a caller with. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

/** What an answer in XML is made of; undefined members are left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** The decoded parameters of a form body; the first of several with one name counts. */
export class QueryParameters {
  readonly #values = new Map<string, string>();

  constructor(body: string) {
    for (const [name, value] of new URLSearchParams(body)) {
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Throws ValidationError when it is absent or empty. */
  required(name: string): string {
    const value = this.get(name);
    if (value !== undefined && value !== '') return value;
    throw new QueryError('ValidationError', `${name} is required`);
  }

  /** The members of a list of structures: `Tags.member.1.Key`, … */
  structures(name: string): readonly ReadonlyMap<string, string>[] {
    const prefix = `${name}.member.`;
    const found = new Map<number, Map<string, string>>();
    for (const [key, value] of this.#values) {
      if (!key.startsWith(prefix)) continue;
      const [index = '', ...member] = key.slice(prefix.length).split('.');
      const structure = found.get(Number(index)) ?? new Map<string, string>();
      found.set(Number(index), structure.set(member.join('.'), value));
    }
    return [...found].sort(([left], [right]) => left - right).map(([, structure]) => structure);
  }
}

/** One operation's answer in the form of the Query protocol. */
export function formatQueryAnswer(
  operation: string,
  namespace: string,
  result: XmlValue,
  requestId: string,
): string {
  return (
    `<${operation}Response xmlns="${namespace}"><${operation}Result>${formatXml(result)}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
  );
}

export function formatQueryError(error: QueryError, requestId: string): string {
  return (
    `<ErrorResponse><Error><Type>Sender</Type><Code>${error.code}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
  );
}

export function formatXml(value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) {
    return (value as readonly XmlValue[])
      .map((item) => `<member>${formatXml(item)}</member>`)
      .join('');
  }
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `<${name}>${formatXml(member)}</${name}>`)
    .join('');
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
