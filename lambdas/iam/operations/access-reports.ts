import { gunzipSync, gzipSync } from 'node:zlib';
import {
  GenerateServiceLastAccessedDetails$,
  GetServiceLastAccessedDetails$,
  GetServiceLastAccessedDetailsWithEntities$,
  type GenerateServiceLastAccessedDetailsRequest,
  type GenerateServiceLastAccessedDetailsResponse,
  type GetServiceLastAccessedDetailsRequest,
  type GetServiceLastAccessedDetailsResponse,
  type GetServiceLastAccessedDetailsWithEntitiesRequest,
  type GetServiceLastAccessedDetailsWithEntitiesResponse,
} from '@aws-sdk/client-iam';
import {
  readAccessReport,
  type AccessReportContent,
  type AccessReportRecord,
} from '../../identity/access-report-records';
import { findPolicy } from '../../identity/lookup';
import { toAttributes } from '../../identity/records';
import { resourceTagContext } from '../../identity/tags';
import { commit } from '../../operations/commit';
import type { Authorization, Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { accessReportKey } from '../../store/keys';
import { isPolicyArn, makeAccessReport } from '../access-report-data';
import { viewEntities, viewService } from '../access-report-views';
import { onSource } from '../source-targets';
import { checkPolicyArn, onEverything } from '../targets';

/** How long a report can be read; AWS names no time. */
const LIFETIME_SECONDS = 7 * 24 * 60 * 60;

/** An item holds 400 KB, with its key and its other attributes. */
const MAX_CONTENT_BYTES = 390 * 1024;

type GenerateInput = GenerateServiceLastAccessedDetailsRequest;

const onEntity = onSource<GenerateInput>(
  'iam:GenerateServiceLastAccessedDetails',
  (input) => input.Arn,
);

/** On a user, group or role, or on a managed policy. */
const onEntityOrPolicy: Authorization<GenerateInput> = {
  ...onEntity,
  resourceType: 'user, group, role or policy',
  resources: (input, call) => {
    if (!isPolicyArn(input.Arn)) return onEntity.resources(input, call);
    checkPolicyArn(input.Arn);
    return [input.Arn];
  },
  context: async (input, call) =>
    isPolicyArn(input.Arn)
      ? resourceTagContext((await findPolicy(call, input.Arn))?.entity.Tags ?? [])
      : ((await onEntity.context?.(input, call)) ?? {}),
};

const generateServiceLastAccessedDetails: Operation<
  GenerateInput,
  GenerateServiceLastAccessedDetailsResponse
> = {
  name: 'GenerateServiceLastAccessedDetails',
  schema: GenerateServiceLastAccessedDetails$,
  accessLevel: 'Read',
  route: 'POST /service-last-accessed-details',
  authorization: onEntityOrPolicy,
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const content = await makeAccessReport(call, input.Arn);
    const record: AccessReportRecord = {
      OwnerId: call.caller.userId,
      JobType: input.Granularity ?? 'SERVICE_LEVEL',
      JobCreationDate: call.now,
      Content: gzipSync(JSON.stringify(content)),
    };
    if (record.Content.length > MAX_CONTENT_BYTES) {
      throw new Error(`a report of ${record.Content.length} bytes cannot be stored`);
    }
    const jobId = createJobId(call);
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: accessReportKey(call.accountId, jobId),
          attributes: toAttributes(record),
          expiresAt: Math.ceil(call.now / 1000) + LIFETIME_SECONDS,
          condition: { exists: false },
        },
      },
    ]);
    return { JobId: jobId };
  },
};

const getServiceLastAccessedDetails: Operation<
  GetServiceLastAccessedDetailsRequest,
  GetServiceLastAccessedDetailsResponse
> = {
  name: 'GetServiceLastAccessedDetails',
  schema: GetServiceLastAccessedDetails$,
  accessLevel: 'Read',
  route: 'GET /service-last-accessed-details/{JobId}',
  authorization: onEverything('iam:GetServiceLastAccessedDetails'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { record, content } = await requireReport(call, input.JobId);
    const { rows, end } = await takePageOf(call, input, content.services, (service) => service);
    return {
      ...jobMembers(record),
      JobType: record.JobType,
      ServicesLastAccessed: rows.map((service) => viewService(content, service, record.JobType)),
      ...end,
    };
  },
};

const getServiceLastAccessedDetailsWithEntities: Operation<
  GetServiceLastAccessedDetailsWithEntitiesRequest,
  GetServiceLastAccessedDetailsWithEntitiesResponse
> = {
  name: 'GetServiceLastAccessedDetailsWithEntities',
  schema: GetServiceLastAccessedDetailsWithEntities$,
  accessLevel: 'Read',
  route: 'GET /service-last-accessed-details/{JobId}/services/{ServiceNamespace}/entities',
  authorization: onEverything('iam:GetServiceLastAccessedDetailsWithEntities'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { record, content } = await requireReport(call, input.JobId);
    const entities = await viewEntities(call, content, input.ServiceNamespace);
    const { rows, end } = await takePageOf(call, input, entities, ({ position }) => position);
    return {
      ...jobMembers(record),
      EntityDetailsList: rows.map(({ details }) => details),
      ...end,
    };
  },
};

function jobMembers({ JobCreationDate }: AccessReportRecord) {
  // Made within the call that asked for it.
  const date = new Date(JobCreationDate);
  return { JobStatus: 'COMPLETED', JobCreationDate: date, JobCompletionDate: date } as const;
}

/** Errors: NoSuchEntity, also for a report that somebody else asked for. */
async function requireReport(
  call: Call,
  jobId: string,
): Promise<{ readonly record: AccessReportRecord; readonly content: AccessReportContent }> {
  const item = await call.store.get(accessReportKey(call.accountId, jobId), { consistent: true });
  const record = item === undefined ? undefined : readAccessReport(item);
  if (record?.OwnerId !== call.caller.userId) {
    throw new IamError('NoSuchEntity', `The job with id ${jobId} cannot be found.`);
  }
  const content = JSON.parse(gunzipSync(record.Content).toString()) as AccessReportContent;
  return { record, content };
}

/** A random UUID. */
function createJobId({ randomBytes }: Call): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const accessReportOperations: readonly AnyOperation[] = [
  generateServiceLastAccessedDetails,
  getServiceLastAccessedDetails,
  getServiceLastAccessedDetailsWithEntities,
];
