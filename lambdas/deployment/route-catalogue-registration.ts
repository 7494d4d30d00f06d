import { parseRouteCatalogue } from '../core/catalogue/route-catalogue';
import { CatalogueRefused } from '../core/catalogue/resource-template';
import { routeCatalogueKey } from '../store/keys';
import type { Attributes, Store } from '../store/store';
import {
  OWN_PROPERTIES,
  ResourceRefused,
  type CustomResourceEvent,
  type CustomResourceResult,
} from './custom-resource';

/** Which catalogue a resource of a stack is. */
interface Registration {
  readonly apiId: string;
  /** A stage's name, or `*` for every stage. */
  readonly stage: string;
  readonly record: Attributes;
}

/**
 * Makes `Custom::PortcullisRouteCatalogue { ApiId, Stage, Service, Routes: [{ Method, Path, Action, Resource }] }` what the store
 * holds for the API; a route may also be named by its `RouteKey`. The physical id names API and stage, so that CloudFormation deletes what a changed one leaves behind.
 *
 * Errors: {@link ResourceRefused}, StoreUnavailable.
 */
export async function registerRouteCatalogue(
  store: Store,
  event: CustomResourceEvent,
): Promise<CustomResourceResult> {
  if (event.RequestType === 'Delete') {
    return removeRouteCatalogue(store, event);
  }
  const { apiId, stage, record } = readRegistration(event.ResourceProperties);
  await store.transact(
    [
      {
        kind: 'put',
        key: routeCatalogueKey(apiId, stage),
        attributes: record,
        condition: { exists: 'any' },
      },
    ],
    { token: `route-catalogue ${event.RequestId}` },
  );
  return { physicalResourceId: physicalIdOf(apiId, stage) };
}

/** A resource that was refused left nothing behind; its physical id is not one of ours, and its properties may be anything. */
async function removeRouteCatalogue(
  store: Store,
  { PhysicalResourceId: physicalResourceId = 'nothing', RequestId }: CustomResourceEvent,
): Promise<CustomResourceResult> {
  const [, apiId, stage] = /^RouteCatalogue ([^ /]+)\/([^ /]+)$/.exec(physicalResourceId) ?? [];
  if (apiId !== undefined && stage !== undefined) {
    await store.transact(
      [{ kind: 'delete', key: routeCatalogueKey(apiId, stage), condition: { exists: 'any' } }],
      { token: `route-catalogue ${RequestId}` },
    );
  }
  return { physicalResourceId };
}

function physicalIdOf(apiId: string, stage: string): string {
  return `RouteCatalogue ${apiId}/${stage}`;
}

function readRegistration(properties: Readonly<Record<string, unknown>>): Registration {
  const { ApiId: apiId, Stage: stage, ...others } = properties;
  if (typeof apiId !== 'string' || !/^[A-Za-z0-9._-]{1,128}$/.test(apiId)) {
    throw new ResourceRefused('ApiId is the id of an API');
  }
  if (typeof stage !== 'string' || !/^(\*|[A-Za-z0-9_-]{1,128})$/.test(stage)) {
    throw new ResourceRefused("Stage is the name of a stage, or '*' for every stage");
  }
  const record = Object.fromEntries(
    Object.entries(others).filter(([name]) => !OWN_PROPERTIES.includes(name)),
  );
  try {
    parseRouteCatalogue(record);
  } catch (error) {
    throw error instanceof CatalogueRefused ? new ResourceRefused(error.message) : error;
  }
  // What has been parsed has these two members alone, and nothing but strings and lists of strings in them.
  return { apiId, stage, record: record as Attributes };
}
