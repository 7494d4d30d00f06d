/** One policy of a table: its name, and what it allows on every resource. */
export interface PolicyRow {
  readonly name: string;
  readonly grants: readonly string[];
}

/** What a letter behind a service stands for: the actions whose names begin so. */
const VERBS = {
  B: 'BatchGet',
  D: 'Describe',
  G: 'Get',
  L: 'List',
  Q: 'Query',
  R: 'Read',
  S: 'Search',
} as const;

export type Verb = keyof typeof VERBS;

/** The rows of a table, which has one policy a line. */
export function policyRows(table: string): readonly PolicyRow[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', ...grants] = line.split(' ');
      return { name, grants };
    });
}

/** The service and the verbs of `s3:GL`; undefined for every other kind of grant. */
export function verbsOf(
  grant: string,
): { readonly service: string; readonly verbs: readonly Verb[] } | undefined {
  const [service = '', letters] = grant.split(':');
  return letters !== undefined && /^[BDGLQRS]+$/.test(letters)
    ? { service, verbs: Array.from(letters) as Verb[] }
    : undefined;
}

/** The actions of one grant, in the policy language: `s3` is `s3:*`, `s3:GL` is `s3:Get*` and `s3:List*`, `s3:GetObject` itself. */
export function actionsOf(grant: string): readonly string[] {
  if (!grant.includes(':')) return [`${grant}:*`];
  const read = verbsOf(grant);
  return read === undefined ? [grant] : read.verbs.map((verb) => `${read.service}:${VERBS[verb]}*`);
}
