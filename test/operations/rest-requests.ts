import type { AnyOperation } from '../../lambdas/operations/operation-table';
import { parameterOf, splitRoute } from '../../lambdas/operations/routes';
import type { HttpResponse } from '../../lambdas/protocol/http';
import { describeOperation } from '../../lambdas/protocol/schema';
import type { AdminDeployment, Credentials } from './deployment';
import { signedRequest, type UnsignedRequest } from './signed-requests';

/** A call of an operation by its route: the members of the input in path, query and body. */
export function restRequest(operation: AnyOperation, input: object): UnsignedRequest {
  const { method, segments } = splitRoute(operation.route);
  const members = new Map<string, unknown>(Object.entries(input));
  const path = segments.map((segment) => {
    const name = parameterOf(segment);
    if (name === undefined) return segment;
    const value = members.get(name);
    members.delete(name);
    if (typeof value !== 'string') throw new Error(`${operation.name} needs ${name} in its path`);
    return encodeURIComponent(value);
  });
  const { service } = describeOperation(operation.schema);
  const request = { method, path: `/${service}/${path.join('/')}`, service };
  const others = Object.fromEntries([...members].map(([name, value]) => [name, toJson(value)]));
  if (method === 'GET' || method === 'DELETE') {
    const query = Object.entries(others).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : String(value),
    ]);
    return {
      ...request,
      contentType: '',
      query: Object.fromEntries(query) as Record<string, string | string[]>,
    };
  }
  return members.size === 0
    ? { ...request, contentType: '' }
    : { ...request, contentType: 'application/json', body: JSON.stringify(others) };
}

/** A client's value as REST JSON has it. */
export function toJson(value: unknown): unknown {
  if (value instanceof Date) return `${value.toISOString().slice(0, -5)}Z`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]));
}

export async function callRest(
  deployment: AdminDeployment,
  operation: AnyOperation,
  input: object,
  credentials?: Credentials,
  headers?: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const { service } = describeOperation(operation.schema);
  const request = {
    ...restRequest(operation, input),
    ...(headers === undefined ? {} : { headers }),
  };
  return deployment.handle(
    service === 'organizations' ? 'iam' : service,
    await signedRequest({ ...request, ...(credentials === undefined ? {} : { credentials }) }),
  );
}
