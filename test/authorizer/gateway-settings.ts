import { readAppSync } from '../../lambdas/authorizer/events/appsync';
import type { GatewaySettings } from '../../lambdas/authorizer/gateways';

/** Those of a deployment in Ireland, whose HTTP APIs have simple answers. */
export const GATEWAY_SETTINGS: GatewaySettings = {
  region: 'eu-west-1',
  httpApiAnswer: 'simple',
  loadAppSyncReader: () => Promise.resolve(readAppSync),
};
