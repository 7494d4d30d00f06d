/**
 * Epoch milliseconds of a time of SAML, which is in UTC also where it does not say so; NaN for what is no time.
 *
 * Source: SAML V2.0 Core, section 1.3.3
 */
export function readSamlDate(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(text)
    ? Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
    : Number.NaN;
}
