/** What a member's value must satisfy. */
export interface Constraint {
  /** Least and most: code points of a string, elements of a list, the value of a number. Both are allowed. */
  readonly range?: readonly [minimum: number, maximum: number];
  readonly pattern?: Pattern;
  readonly values?: readonly string[];
  /** Of a list: what its elements must satisfy. */
  readonly element?: Constraint;
}

export interface Pattern {
  /** As AWS prints it. */
  readonly text: string;
  readonly expression: RegExp;
  /** What IAM says of a value that does not match, in the place of the pattern; it looks only once nothing else is wrong. */
  readonly sentence?: string;
}

export interface ConstraintTable {
  /** By the member's name, wherever it stands. */
  readonly members: Readonly<Record<string, Constraint>>;
  /** Operation → member, where it differs from the above. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, Constraint>>>>;
}
