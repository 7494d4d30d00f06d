import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { GatewayAnswer } from './gateway-response';
import type { GatewayRequest } from './request';

/** An API of any kind that answers requests. */
export interface ServedApi {
  /** Answers one request. `isTooLarge`: the body was larger than the limit and is not there. Never rejects. */
  handle(request: GatewayRequest, isTooLarge?: boolean): Promise<GatewayAnswer>;
  /** Takes over a connection that a client wants to speak another protocol on; an API without it has none. */
  upgrade?(message: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what is open. */
  close?(): void;
  /** Forgets cached authorizer answers. */
  clear(): void;
}
