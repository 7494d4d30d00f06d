import type { HttpApi } from './gateway/http-api';
import { DEFAULT_NAME } from './gateway/http-api';
import { readHttpApis } from './gateway/http-api-reader';
import type { RestApi } from './gateway/rest-api';
import { readRestApis } from './gateway/rest-api-reader';
import type { WebSocketApi } from './gateway/websocket-api';
import { readWebSocketApis } from './gateway/websocket-api-reader';
import type { Resource, Stacks } from './stacks';

/** An API of the templates, of any kind that is served. */
export type Api =
  | { readonly kind: 'REST'; readonly api: RestApi }
  | { readonly kind: 'HTTP'; readonly api: HttpApi }
  | { readonly kind: 'WEBSOCKET'; readonly api: WebSocketApi };

const ADMIN_OUTPUT = 'AdminEndpointUrl';

export interface Apis {
  /** The REST API that the output AdminEndpointUrl names; undefined while no stack has that output. */
  readonly admin: Api | undefined;
  /** The others, as the templates have them. */
  readonly others: readonly Api[];
}

/** Every API of the templates. Throws TemplateError for what the local gateways do not emulate. */
export function listApis(stacks: Stacks): Apis {
  const found = new Map<Resource, Api>([
    ...readRestApis(stacks).map(({ resource, api }) => [resource, { kind: 'REST', api }] as const),
    ...readHttpApis(stacks).map(({ resource, api }) => [resource, { kind: 'HTTP', api }] as const),
    ...readWebSocketApis(stacks).map(
      ({ resource, api }) => [resource, { kind: 'WEBSOCKET', api }] as const,
    ),
  ]);
  const adminResource = stacks.stacks
    .map((stack) => {
      const output = stack.template.Outputs?.[ADMIN_OUTPUT];
      return output && stacks.referenced(stack, output.Value, 'AWS::ApiGateway::RestApi');
    })
    .find((resource) => resource !== undefined);
  return {
    admin: adminResource && found.get(adminResource),
    others: stacks.resources
      .filter((resource) => resource !== adminResource)
      .flatMap((resource) => found.get(resource) ?? []),
  };
}

/** What clients of an API put in front of a path. A REST API is served as behind a custom domain, without its stage. */
export function localUrlOf({ kind, api }: Api, port: number): string {
  const stage = kind === 'REST' || api.stageName === DEFAULT_NAME ? '' : `/${api.stageName}`;
  return `${kind === 'WEBSOCKET' ? 'ws' : 'http'}://127.0.0.1:${port}${stage}`;
}

/** A text in which every address that AWS would give an API is the one that it has on this machine. */
export function replaceApiUrls(text: string, ports: ReadonlyMap<Api, number>): string {
  let replaced = text;
  for (const [found, port] of ports) {
    const { apiId, region, stageName } = found.api;
    const host = `${apiId}.execute-api.${region}.amazonaws.com`;
    if (!replaced.includes(host)) continue;
    // A REST API is served without its stage.
    if (found.kind === 'REST') replaced = replaced.replaceAll(`${host}/${stageName}`, host);
    replaced = replaced
      .replaceAll(`https://${host}`, `http://127.0.0.1:${port}`)
      .replaceAll(`wss://${host}`, `ws://127.0.0.1:${port}`);
  }
  return replaced;
}
