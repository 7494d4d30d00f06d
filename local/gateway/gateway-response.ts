import type { GatewayError } from './gateway-error';
import { requestContext } from './events';
import { headerOf } from './request';
import type { GatewayRequest } from './request';
import type { GatewayResponse, RestApi } from './rest-api';
import type { MatchedRoute } from './routing';

/** What is sent back over the wire. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

const DEFAULT_TEMPLATES = { 'application/json': '{"message":$context.error.messageString}' };

/**
 * The answer to an error, in the form that the API's gateway responses give it: the one of its type, else that of
 * DEFAULT_4XX or DEFAULT_5XX, else the gateway's own.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function answerError(
  api: RestApi,
  error: GatewayError,
  request: GatewayRequest,
  route: MatchedRoute | undefined,
): GatewayAnswer {
  const fallback = api.gatewayResponses.get(error.statusCode < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const response: Partial<GatewayResponse> = api.gatewayResponses.get(error.type) ?? fallback ?? {};
  const hasTemplates = Object.keys(response.templates ?? {}).length > 0;
  const [contentType, template] = chooseTemplate(
    (hasTemplates ? response.templates : undefined) ?? DEFAULT_TEMPLATES,
    headerOf(request, 'accept'),
  );
  const variables = variablesOf(api, error, request, route);
  const headers = new Map<string, readonly [string, string]>([
    ['content-type', ['Content-Type', contentType]],
    ['x-amzn-errortype', ['x-amzn-ErrorType', error.exceptionName]],
  ]);
  for (const [name, mapping] of Object.entries(response.headers ?? {})) {
    headers.set(name.toLowerCase(), [name, mapHeader(mapping, variables)]);
  }
  return {
    statusCode: response.statusCode ?? fallback?.statusCode ?? error.statusCode,
    headers: [...headers.values()],
    body: Buffer.from(substitute(template, variables)),
  };
}

/** The template of the first content type that the client accepts and the API has; else JSON, else the first one. */
function chooseTemplate(
  templates: Readonly<Record<string, string>>,
  accept: string | undefined,
): readonly [contentType: string, template: string] {
  const accepted = (accept ?? '')
    .split(',')
    .map((type) => type.split(';')[0]?.trim().toLowerCase() ?? '');
  const types = Object.keys(templates);
  const chosen =
    types.find((type) => accepted.includes(type.toLowerCase())) ??
    types.find((type) => type === 'application/json') ??
    types[0] ??
    'application/json';
  return [chosen, templates[chosen] ?? ''];
}

type Variables = (name: string) => string | undefined;

function variablesOf(
  api: RestApi,
  error: GatewayError,
  request: GatewayRequest,
  route: MatchedRoute | undefined,
): Variables {
  const context = {
    ...requestContext(api, route, request, error.authorizer),
    error: {
      message: error.text ?? '',
      messageString: JSON.stringify(error.text),
      responseType: error.type,
    },
  };
  return (name) => {
    const [root, ...path] = name.split('.');
    if (root === 'context') return lookUp(context, path);
    if (root === 'stageVariables') return lookUp(api.stageVariables, path);
    if (name.startsWith('method.request.header.'))
      return headerOf(request, path.slice(2).join('.'));
    return undefined;
  };
}

function lookUp(value: unknown, path: readonly string[]): string | undefined {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name))
      return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

/** Gateway responses know simple variables alone; one that is not set is empty text. Values are inserted as they are. */
function substitute(template: string, variables: Variables): string {
  return template.replace(
    /\$((?:context|stageVariables)(?:\.[A-Za-z0-9_]+)+|method\.request\.header\.[A-Za-z0-9_-]+)/g,
    (_whole, name: string) => variables(name) ?? '',
  );
}

function mapHeader(mapping: string, variables: Variables): string {
  if (mapping.startsWith("'") && mapping.endsWith("'")) return mapping.slice(1, -1);
  // A header value cannot hold line breaks, whatever a variable brought.
  return (variables(mapping) ?? '').replaceAll(/[\r\n]+/g, ' ');
}
