/** What a request may have at most; checked before anything is made of it. */
export const LIMITS = {
  /** Bytes of a body. API Gateway passes ten times as much; no operation needs a tenth of this. */
  bodyBytes: 1_048_576,
  /** Parameters of one request, from query and body together. */
  parameters: 10_000,
  /** Characters of one parameter's name. */
  parameterNameLength: 512,
  /** Dots in one parameter's name, and levels of a JSON document. */
  depth: 16,
  /** The highest N in `List.member.N` and `Map.entry.N.key`. */
  listIndex: 10_000,
} as const;
