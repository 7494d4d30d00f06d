import { GatewayError } from './gateway-error';
import type { GatewayRequest } from './request';

/** API Gateway's limit of a request's body. */
export const MAXIMUM_BODY_BYTES = 10 * 1024 * 1024;
/** API Gateway's limit of the request line and all header values together. */
const MAXIMUM_HEAD_BYTES = 10_240;

/** Throws GatewayError for a head that is larger than the limit, that has not exactly one host, or that asks for no path. */
export function checkHead(request: GatewayRequest): void {
  const bytes = request.headers.reduce(
    (sum, [, value]) => sum + Buffer.byteLength(value),
    request.method.length + request.path.length + request.query.length + 12,
  );
  if (bytes > MAXIMUM_HEAD_BYTES) {
    throw new GatewayError('DEFAULT_4XX', 'Request Header Fields Too Large', undefined, [
      431,
      'RequestTooLargeException',
    ]);
  }
  const hosts = request.headers.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length !== 1 || !request.path.startsWith('/'))
    throw new GatewayError('DEFAULT_4XX', 'Bad Request');
}
