import { readFileSync } from 'node:fs';
import type { DocumentProblem } from './openapi-document';
import { readOpenApiRoutes } from './openapi-routes';
import type { OpenApiRoute } from './openapi-routes';
import { deriveService } from './openapi-service';
import type { OpenApiService } from './openapi-service';
import type { ServiceConditionKey } from './service-definition-parts';

/** All that the document in a file says about a service. */
export interface OpenApiFile {
  /** undefined where no operation says which action it is. */
  readonly service: string | undefined;
  readonly routes: readonly OpenApiRoute[];
  readonly derived: Omit<OpenApiService, 'problems'>;
  readonly problems: readonly DocumentProblem[];
  /** Operations that do not say which action they are, as problems. */
  readonly unmapped: readonly DocumentProblem[];
}

/** Reads a file as an OpenAPI document. Throws where the file cannot be read. */
export function readOpenApiFile(
  file: string,
  conditionKeys?: readonly ServiceConditionKey[],
): OpenApiFile {
  const text = readFileSync(file, 'utf8');
  const reading = readOpenApiRoutes(text);
  const { service, routes } = reading;
  const { problems, ...derived } = deriveService(reading, conditionKeys);
  const isNothing = routes.length === 0 && reading.problems.length === 0;
  return {
    service,
    routes,
    derived,
    problems: [
      ...reading.problems,
      ...problems,
      ...(isNothing
        ? [{ line: 1, column: 1, path: '', message: 'no operation has x-portcullis-action' }]
        : []),
    ],
    unmapped: reading.unmapped.map(({ routeKey, place }) => ({
      ...place,
      message: `${routeKey} has no x-portcullis-action: calls are decided as execute-api:Invoke`,
    })),
  };
}

/** `openapi.yaml:12:5: paths./orders.get: …` */
export function renderProblem(file: string, problem: DocumentProblem): string {
  const { line, column, path, message } = problem;
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
