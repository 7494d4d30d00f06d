import { gunzipSync, gzipSync } from 'node:zlib';
import {
  GenerateCredentialReport$,
  GetCredentialReport$,
  type GenerateCredentialReportResponse,
  type GetCredentialReportResponse,
} from '@aws-sdk/client-iam';
import {
  readCredentialReport,
  readCredentialReportPart,
  type CredentialReportPartRecord,
  type CredentialReportRecord,
} from '../../identity/credential-report-records';
import { toAttributes } from '../../identity/records';
import { commit, ConcurrentChange, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { credentialReportKey, credentialReportPartKey } from '../../store/keys';
import type { Item } from '../../store/store';
import { writeCredentialReport } from '../credential-report';
import { loadCredentialOwners } from '../credential-report-data';
import { onEverything } from '../targets';

/**
 * Source: "You can generate a credential report as often as once every four hours."
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
const LIFETIME_MILLISECONDS = 4 * 60 * 60 * 1000;

/** An item holds 400 KB, with its key and its other attributes. */
const PART_BYTES = 300 * 1024;

/** A transaction holds 4 MB. */
const MAX_PARTS = 12;

const generateCredentialReport: Operation<object, GenerateCredentialReportResponse> = {
  name: 'GenerateCredentialReport',
  schema: GenerateCredentialReport$,
  accessLevel: 'Read',
  route: 'POST /credential-report',
  authorization: onEverything('iam:GenerateCredentialReport'),
  errors: ['LimitExceeded'],
  // Made within this call, and answered as AWS answers: begun now, complete when asked again.
  run: async (_input, call) => {
    const present = await findReport(call);
    if (present !== undefined && isFresh(present.report, call.now)) {
      return { State: 'COMPLETE' };
    }
    const content = gzipSync(writeCredentialReport(await loadCredentialOwners(call)));
    await commit(call, reportSteps(call, content, present?.item));
    return {
      State: 'STARTED',
      Description: 'No report exists. Starting a new report generation task',
    };
  },
};

const getCredentialReport: Operation<object, GetCredentialReportResponse> = {
  name: 'GetCredentialReport',
  schema: GetCredentialReport$,
  accessLevel: 'Read',
  route: 'GET /credential-report',
  authorization: onEverything('iam:GetCredentialReport'),
  errors: ['ReportExpired', 'ReportInProgress', 'ReportNotPresent'],
  run: async (_input, call) => {
    const present = await findReport(call);
    if (present === undefined) {
      throw new IamError(
        'ReportNotPresent',
        'The credential report does not exist. To generate a credential report, use GenerateCredentialReport.',
      );
    }
    const { report } = present;
    if (!isFresh(report, call.now)) {
      throw new IamError(
        'ReportExpired',
        'The most recent credential report has expired. To generate a new credential report, use GenerateCredentialReport.',
      );
    }
    return {
      Content: gunzipSync(await loadContent(call, report)),
      ReportFormat: 'text/csv',
      GeneratedTime: new Date(report.GeneratedTime),
    };
  },
};

function isFresh({ GeneratedTime }: CredentialReportRecord, now: number): boolean {
  return now - GeneratedTime <= LIFETIME_MILLISECONDS;
}

async function findReport(
  call: Call,
): Promise<{ readonly item: Item; readonly report: CredentialReportRecord } | undefined> {
  const item = await call.store.get(credentialReportKey(call.accountId), { consistent: true });
  return item === undefined ? undefined : { item, report: readCredentialReport(item) };
}

/** Errors: Error for a report that no transaction can hold. */
function reportSteps(call: Call, content: Uint8Array, present: Item | undefined): readonly Step[] {
  const count = Math.ceil(content.length / PART_BYTES);
  if (count > MAX_PARTS) {
    throw new Error(`a credential report of ${content.length} bytes cannot be stored`);
  }
  const record: CredentialReportRecord = { GeneratedTime: call.now, PartCount: count };
  const parts = Array.from({ length: count }, (_part, index): Step => {
    const part: CredentialReportPartRecord = {
      GeneratedTime: call.now,
      Content: content.slice(index * PART_BYTES, (index + 1) * PART_BYTES),
    };
    return {
      write: {
        kind: 'put',
        key: credentialReportPartKey(call.accountId, index),
        attributes: toAttributes(part),
        condition: { exists: 'any' },
      },
    };
  });
  return [
    {
      write: {
        kind: 'put',
        key: credentialReportKey(call.accountId),
        attributes: toAttributes(record),
        condition:
          present === undefined ? { exists: false } : { exists: true, revision: present.revision },
      },
    },
    ...parts,
  ];
}

async function loadContent(
  call: Call,
  { GeneratedTime, PartCount }: CredentialReportRecord,
): Promise<Uint8Array> {
  const items = await call.store.getMany(
    Array.from({ length: PartCount }, (_part, index) =>
      credentialReportPartKey(call.accountId, index),
    ),
    { consistent: true },
  );
  const parts = items.map((item) =>
    item === undefined ? undefined : readCredentialReportPart(item),
  );
  return Buffer.concat(
    parts.map((part) => {
      if (part?.GeneratedTime !== GeneratedTime) {
        throw new ConcurrentChange('the credential report was made anew while it was read');
      }
      return part.Content;
    }),
  );
}

export const credentialReportOperations: readonly AnyOperation[] = [
  generateCredentialReport,
  getCredentialReport,
];
