import { readOpenApiFile, renderProblem } from '../../lib/openapi-file';
import { renderTable } from './table';

/**
 * Prints the route catalogue that an OpenAPI document says, and behind it whatever is wrong with it.
 * 0, or 1 where something is; operations that say nothing count as wrong unless `allowUnmapped`.
 */
export function runRoutes(
  file: string,
  options: { readonly json: boolean; readonly allowUnmapped: boolean },
): number {
  const { service, routes, derived, problems, unmapped } = readOpenApiFile(file);
  if (options.json) {
    const catalogue = {
      service,
      ...derived,
      routes: routes.map(({ route }) => route),
      problems,
      unmapped,
    };
    process.stdout.write(`${JSON.stringify(catalogue, null, 2)}\n`);
  } else {
    const rows = routes.map(({ route }) => [
      route.method ?? '',
      route.path ?? '',
      route.action,
      route.resource,
      Object.entries(route.contextKeys ?? {})
        .map(([key, source]) => `${key}=${source}`)
        .join(' '),
    ]);
    const head = ['METHOD', 'PATH', 'ACTION', 'RESOURCE', 'CONDITION KEYS'];
    if (rows.length > 0) process.stdout.write(`${renderTable([head, ...rows])}\n`);
    for (const problem of [...problems, ...unmapped]) {
      process.stdout.write(`${renderProblem(file, problem)}\n`);
    }
  }
  return problems.length === 0 && (options.allowUnmapped || unmapped.length === 0) ? 0 : 1;
}
