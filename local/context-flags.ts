/** What the local run itself says to every app. */
const OWN_CONTEXT: ReadonlySet<string> = new Set(['sandbox']);

/**
 * The context of `-c name=value`, read as the CDK's command line reads it: the value is text and may hold `=`, the last of several
 * for one name counts, and names that begin with `aws:` are the CDK's own.
 *
 * Errors: what is no assignment (the CDK goes on with a warning), a name of the CDK's own, and one that the local run sets.
 */
export function readContextFlags(assignments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(assignments.map(readAssignment));
}

function readAssignment(assignment: string): readonly [name: string, value: string] {
  const end = assignment.indexOf('=');
  if (end < 1) {
    throw new Error(`--context takes name=value, not ${JSON.stringify(assignment)}`);
  }
  const name = assignment.slice(0, end);
  if (name.startsWith('aws:')) {
    throw new Error(`--context takes no names that begin with aws:, but was given ${name}`);
  }
  if (OWN_CONTEXT.has(name)) {
    throw new Error(`--context takes no ${name}: the local run sets it`);
  }
  return [name, assignment.slice(end + 1)];
}
