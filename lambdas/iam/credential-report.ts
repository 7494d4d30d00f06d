/** What one line of a credential report says of a user, or of root. Times are epoch milliseconds. */
export interface CredentialOwnerReport {
  readonly user: string;
  readonly arn: string;
  readonly createDate: number;
  readonly isRoot: boolean;
  /** undefined where there is no password. */
  readonly password:
    | { readonly setDate: number; readonly lastUsed?: number; readonly nextRotation?: number }
    | undefined;
  readonly hasMfaDevice: boolean;
  readonly accessKeys: readonly AccessKeyReport[];
  readonly certificates: readonly CertificateReport[];
}

export interface AccessKeyReport {
  readonly id: string;
  readonly isActive: boolean;
  readonly createDate: number;
  readonly lastUse:
    { readonly date: number; readonly region: string; readonly service: string } | undefined;
}

export interface CertificateReport {
  readonly isActive: boolean;
  readonly uploadDate: number;
}

/** Access keys and certificates that a line has columns for. */
const COLUMNS_OF_EACH = 2;

const NOT_APPLICABLE = 'N/A';

const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...[1, 2].flatMap((number) => [
    `access_key_${number}_active`,
    `access_key_${number}_last_rotated`,
    `access_key_${number}_last_used_date`,
    `access_key_${number}_last_used_region`,
    `access_key_${number}_last_used_service`,
  ]),
  ...[1, 2].flatMap((number) => [`cert_${number}_active`, `cert_${number}_last_rotated`]),
  'additional_credentials_info',
];

/**
 * The report as AWS writes it: root first, lines that end in LF, none behind the last. The last column is empty but for whoever has
 * more credentials than there are columns for.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export function writeCredentialReport(owners: readonly CredentialOwnerReport[]): string {
  return [COLUMNS, ...owners.map(fieldsOf)].map((fields) => fields.map(quote).join(',')).join('\n');
}

/** A name may have a comma in it. */
function quote(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function fieldsOf(owner: CredentialOwnerReport): readonly string[] {
  const keys = [...owner.accessKeys].sort((left, right) => (left.id < right.id ? -1 : 1));
  const certificates = [...owner.certificates].sort(
    (left, right) =>
      Number(left.isActive) - Number(right.isActive) || left.uploadDate - right.uploadDate,
  );
  return [
    owner.user,
    owner.arn,
    formatTime(owner.createDate),
    ...passwordFields(owner),
    String(owner.hasMfaDevice),
    ...[0, 1].flatMap((index) => accessKeyFields(keys[index])),
    ...[0, 1].flatMap((index) => certificateFields(certificates[index])),
    additionalCredentials(owner),
  ];
}

function passwordFields({ password, isRoot }: CredentialOwnerReport): readonly string[] {
  const rotation = isRoot ? 'not_supported' : NOT_APPLICABLE;
  if (password === undefined) return ['false', NOT_APPLICABLE, NOT_APPLICABLE, rotation];
  const { lastUsed, setDate, nextRotation } = password;
  return [
    'true',
    lastUsed === undefined ? 'no_information' : formatTime(lastUsed),
    formatTime(setDate),
    nextRotation === undefined ? rotation : formatTime(nextRotation),
  ];
}

function accessKeyFields(key: AccessKeyReport | undefined): readonly string[] {
  const { lastUse } = key ?? {};
  return [
    String(key?.isActive ?? false),
    key === undefined ? NOT_APPLICABLE : formatTime(key.createDate),
    lastUse === undefined ? NOT_APPLICABLE : formatTime(lastUse.date),
    lastUse?.region ?? NOT_APPLICABLE,
    lastUse?.service ?? NOT_APPLICABLE,
  ];
}

function certificateFields(certificate: CertificateReport | undefined): readonly string[] {
  return [
    String(certificate?.isActive ?? false),
    certificate === undefined ? NOT_APPLICABLE : formatTime(certificate.uploadDate),
  ];
}

function additionalCredentials({ accessKeys, certificates }: CredentialOwnerReport): string {
  const more = [
    [accessKeys.length - COLUMNS_OF_EACH, 'access keys: ListAccessKeys'],
    [certificates.length - COLUMNS_OF_EACH, 'certificates: ListSigningCertificates'],
  ] as const;
  return more
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} additional ${words}`)
    .join('; ');
}

function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
