import type { Pattern } from './constraint-table';

/*
 * The patterns of IAM's and STS's parameters, as their API references print them.
 *
 * Invariant: no pattern here can match one text in two ways, so that matching takes time linear in the text.
 */

/** A pattern matches the whole value. The text is one of this file's own, never input. */
function pattern(text: string, sentence?: string): Pattern {
  const expression = new RegExp(`^(?:${text})$`, 'u');
  return sentence === undefined ? { text, expression } : { text, expression, sentence };
}

const NAME_SENTENCE = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';
const PATH_SENTENCE =
  'It must begin and end with / and contain only alphanumeric characters and/or / characters.';
const PATH_PREFIX_SENTENCE =
  'It must begin with the / character and contain only alphanumeric characters and/or / characters.';

const POLICY_PATH = '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/';

export const PATTERNS = {
  name: pattern('[\\w+=,.@-]+', NAME_SENTENCE),
  nameOrEmpty: pattern('[\\w+=,.@-]*'),
  word: pattern('[\\w]+'),
  wordOrEmpty: pattern('[\\w]*'),
  wordWithHyphens: pattern('[\\w-]+'),
  wordWithHyphensOrEmpty: pattern('[\\w-]*'),
  samlProviderName: pattern('[\\w._-]+'),
  serialNumber: pattern('[\\w+=/:,.@-]+'),
  serialNumberOrEmpty: pattern('[\\w+=/:,.@-]*'),
  externalId: pattern('[\\w+=,.@:\\/-]*'),
  digits: pattern('[\\d]+'),
  digitsOrEmpty: pattern('[\\d]*'),
  accountId: pattern('\\d{12}'),
  path: pattern('(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', PATH_SENTENCE),
  pathPrefix: pattern('\\u002F[\\u0021-\\u007F]*', PATH_PREFIX_SENTENCE),
  policyPath: pattern(POLICY_PATH, PATH_SENTENCE),
  policyPathPrefix: pattern(POLICY_PATH, PATH_PREFIX_SENTENCE),
  /** Policy documents, certificates, passwords: Latin-1 with line breaks. */
  latin1: pattern('[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+'),
  marker: pattern('[\\u0020-\\u00FF]+'),
  description: pattern('[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*'),
  workflowId: pattern('[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]+'),
  printable: pattern('[ -~]+'),
  tagKey: pattern('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+'),
  tagValue: pattern('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*'),
  arn: pattern(
    '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
  ),
  accountAlias: pattern('^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$'),
  versionId: pattern('v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?'),
  removedPrivateKey: pattern('[A-Z0-9]+'),
  entityPath: pattern('^o-[0-9a-z]{10,32}\\/r-[0-9a-z]{4,32}[0-9a-z-\\/]*'),
  organizationsPolicyId: pattern('^p-[0-9a-zA-Z_]{8,128}$'),
  notificationChannel: pattern('^[a-zA-Z0-9:_.-]+$'),
  ownerId: pattern('^[a-zA-Z0-9:/+=,.@_-]+$'),
  redirectUrl: pattern('^http(s?)://[a-zA-Z0-9._/-]*(\\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$'),
} as const;
