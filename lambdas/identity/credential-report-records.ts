import { bytes, number, row } from './records';

/** The account's credential report, as it was when it was made. */
export interface CredentialReportRecord {
  /** Epoch milliseconds. */
  readonly GeneratedTime: number;
  readonly PartCount: number;
}

/** One part of the report's text, gzipped: an item of the store holds no more. */
export interface CredentialReportPartRecord {
  /** Of the report that it is a part of. */
  readonly GeneratedTime: number;
  readonly Content: Uint8Array;
}

export const readCredentialReport = row<CredentialReportRecord>('credential report', {
  GeneratedTime: number,
  PartCount: number,
});

export const readCredentialReportPart = row<CredentialReportPartRecord>('credential report part', {
  GeneratedTime: number,
  Content: bytes,
});
