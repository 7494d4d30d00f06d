/** A fault in Portcullis's own code: what it asked of the store makes no sense. Never a caller's fault, never an outage. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/** Throws {@link AssertionFailed} with `message` unless `condition` holds. */
export function assertThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}
