/** A problem of a policy document, as data; rendered last. */
export interface Finding {
  /** A stable code, e.g. `DUPLICATE_MEMBER`, `UNKNOWN_ELEMENT`. */
  readonly code: string;
  /** Where in the document: `['Statement', 0, 'Action']`. */
  readonly path: readonly (string | number)[];
  /** One sentence; AWS's own where AWS has one. */
  readonly message: string;
  /** What AWS answers for it (`MalformedPolicyDocument`), where its words differ from `message`. */
  readonly awsMessage?: string;
  /** `error` refuses the policy; the others are advice, as in AWS's policy validation. */
  readonly severity: 'error' | 'security-warning' | 'warning' | 'suggestion';
  /** 1-based line and column in the text. */
  readonly position?: { readonly line: number; readonly column: number };
}
