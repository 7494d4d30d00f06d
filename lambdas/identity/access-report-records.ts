import { bytes, number, oneOf, row, text } from './records';

/** A report on when services were accessed last, as it was when it was made. */
export interface AccessReportRecord {
  /** Who may read it: the caller that asked for it, as GetCallerIdentity gives its id. */
  readonly OwnerId: string;
  readonly JobType: 'SERVICE_LEVEL' | 'ACTION_LEVEL';
  /** Epoch milliseconds. */
  readonly JobCreationDate: number;
  /** {@link AccessReportContent} as JSON, gzipped. */
  readonly Content: Uint8Array;
}

export interface AccessReportContent {
  readonly services: readonly string[];
  readonly entities: readonly AccessReportEntity[];
}

/** A user or role that the report is about, by its id. */
export interface AccessReportEntity {
  readonly kind: 'User' | 'Role';
  readonly id: string;
  readonly arn: string;
  readonly accesses: readonly AccessReportAccess[];
}

export interface AccessReportAccess {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

export const readAccessReport = row<AccessReportRecord>('access report', {
  OwnerId: text,
  JobType: oneOf('SERVICE_LEVEL', 'ACTION_LEVEL'),
  JobCreationDate: number,
  Content: bytes,
});
