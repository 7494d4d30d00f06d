import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { writePolicyAnswer } from './answers/policy';
import { readRestRequest } from './events/rest-request';
import type { GatewayForm } from './gateway-form';

/** What API Gateway turns into 401, by this very message. */
const UNAUTHORIZED = 'Unauthorized';

const restRequest: GatewayForm<APIGatewayRequestAuthorizerEvent, APIGatewayAuthorizerResult> = {
  read: readRestRequest,
  decided: writePolicyAnswer,
  unauthorized: (cause) => {
    throw new Error(UNAUTHORIZED, { cause });
  },
};

/** The form of the gateway that sends this event, by the event's own shape. Throws TypeError where no gateway sends such events. */
export function gatewayFormOf(event: unknown): GatewayForm<unknown, object> {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new TypeError('the event is not an object');
  }
  const { type, version } = event as Readonly<Record<string, unknown>>;
  if (type === 'REQUEST' && version === undefined) {
    return restRequest as GatewayForm<unknown, object>;
  }
  throw new TypeError('the event is not one of an authorizer');
}
