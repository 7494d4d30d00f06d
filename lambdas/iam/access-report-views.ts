import type {
  EntityDetails,
  ServiceLastAccessed,
  TrackedActionLastAccessed,
} from '@aws-sdk/client-iam';
import type { AccessReportAccess, AccessReportContent } from '../identity/access-report-records';
import type { Call } from '../operations/operation';
import { findEntities } from './access-report-data';
import { nameOfService } from './service-access';

/** One access, and who made it. */
interface MadeAccess extends AccessReportAccess {
  readonly arn: string;
}

/** One service of a report; without the members of an access where there was none. */
export function viewService(
  { entities }: AccessReportContent,
  service: string,
  jobType: 'SERVICE_LEVEL' | 'ACTION_LEVEL',
): ServiceLastAccessed {
  const accesses = entities.flatMap(({ arn, accesses: made }) =>
    made.filter((access) => access.service === service).map((access) => ({ ...access, arn })),
  );
  const last = latestOf(accesses);
  return {
    ServiceName: nameOfService(service),
    ServiceNamespace: service,
    ...(last === undefined
      ? {}
      : {
          LastAuthenticated: new Date(last.time),
          LastAuthenticatedEntity: last.arn,
          LastAuthenticatedRegion: last.region,
        }),
    TotalAuthenticatedEntities: new Set(accesses.map(({ arn }) => arn)).size,
    ...(jobType === 'ACTION_LEVEL' && accesses.length > 0
      ? { TrackedActionsLastAccessed: viewActions(accesses) }
      : {}),
  };
}

function viewActions(accesses: readonly MadeAccess[]): TrackedActionLastAccessed[] {
  const actions = [...new Set(accesses.map(({ action }) => action))].sort();
  return actions.flatMap((action) => {
    const last = latestOf(accesses.filter((access) => access.action === action));
    return last === undefined
      ? []
      : [
          {
            ActionName: action,
            LastAccessedEntity: last.arn,
            LastAccessedTime: new Date(last.time),
            LastAccessedRegion: last.region,
          },
        ];
  });
}

function latestOf<Access extends AccessReportAccess>(
  accesses: readonly Access[],
): Access | undefined {
  return accesses.reduce<Access | undefined>(
    (latest, access) => (latest === undefined || access.time > latest.time ? access : latest),
    undefined,
  );
}

/** Times are padded to this many digits, so that their order as text is that of the numbers. */
const TIME_DIGITS = 16;

/** Those of a report who are still there, by their names of today: who asked last first. */
export async function viewEntities(
  call: Call,
  { entities }: AccessReportContent,
  service: string,
): Promise<readonly { readonly position: string; readonly details: EntityDetails }[]> {
  const lastById = new Map(
    entities.map(({ id, accesses }) => [
      id,
      latestOf(accesses.filter((access) => access.service === service))?.time,
    ]),
  );
  const found = await findEntities(call, entities);
  return found.map(({ kind, id, arn, name, path }) => {
    const last = lastById.get(id);
    const ago = String(Number.MAX_SAFE_INTEGER - (last ?? 0)).padStart(TIME_DIGITS, '0');
    return {
      position: `${ago} ${id}`,
      details: {
        EntityInfo: { Arn: arn, Name: name, Type: KINDS[kind], Id: id, Path: path },
        ...(last === undefined ? {} : { LastAuthenticated: new Date(last) }),
      },
    };
  });
}

const KINDS = { User: 'USER', Role: 'ROLE' } as const;
