import type { GatewayAnswer } from './gateway-response';
import type { GatewayRequest } from './request';

/** An API of any kind that answers requests. */
export interface ServedApi {
  /** Answers one request. `isTooLarge`: the body was larger than the limit and is not there. Never rejects. */
  handle(request: GatewayRequest, isTooLarge?: boolean): Promise<GatewayAnswer>;
  /** Forgets cached authorizer answers. */
  clear(): void;
}
