const MAX_KEYS = 20;
/** Credentials: a policy never needs one, and the value of a condition may be shown in reasons. */
const SECRET_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];
const SOURCE = /^(?:(path|query|header)\.([\w.-]{1,128})|(claim)\.([!-~]{1,128}))$/;

/** What is wrong with the condition keys of a route: one sentence each. `parameters` are those that its path has. */
export function contextKeyProblems(
  service: string,
  contextKeys: Readonly<Record<string, string>>,
  parameters: readonly string[],
): string[] {
  const entries = Object.entries(contextKeys);
  const folded = new Set(entries.map(([key]) => key.toLowerCase()));
  if (folded.size !== entries.length) {
    return ['contextKeys has a key twice: case does not tell keys apart'];
  }
  if (entries.length > MAX_KEYS) {
    return [`contextKeys has ${entries.length} keys, but a route takes at most ${MAX_KEYS}`];
  }
  return entries.flatMap(([key, source]) => [
    ...nameProblems(service, key),
    ...sourceProblems(key, source, parameters),
  ]);
}

function nameProblems(service: string, key: string): string[] {
  const own = key.startsWith(`${service}:`) ? key.slice(service.length + 1) : '';
  return /^[\w./-]{1,128}$/.test(own)
    ? []
    : [
        `contextKeys has ${JSON.stringify(key)}, but callers set keys that begin with ${service}: alone`,
      ];
}

function sourceProblems(key: string, source: string, parameters: readonly string[]): string[] {
  const [, from, name, claim] = SOURCE.exec(source) ?? [];
  if (claim !== undefined) return [];
  if (from === undefined || name === undefined) {
    return [
      `${key} comes from path., query., header. or claim. and a name, but was ${JSON.stringify(source)}`,
    ];
  }
  if (from === 'path' && !parameters.includes(name)) {
    return [`${key} comes from ${source}, but the path has no {${name}}`];
  }
  return from === 'header' && SECRET_HEADERS.includes(name.toLowerCase())
    ? [`${key} comes from ${source}, which is a credential`]
    : [];
}
