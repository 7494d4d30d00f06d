/** The names under which a deployment exports what other stacks need; `prefix` tells deployments apart. */
export interface ExportNames {
  readonly authorizerFunctionArn: string;
  /** Of a deployment whose gateways may keep answers. */
  readonly keepingAuthorizerFunctionArn: string;
  readonly routeCatalogueRegistrarArn: string;
  readonly serviceRegistrarArn: string;
}

/** The prefix of a deployment that was given none. */
export const DEFAULT_PREFIX = 'Portcullis';

/** The export names of the deployment with this prefix. */
export function exportNames(prefix: string = DEFAULT_PREFIX): ExportNames {
  return {
    authorizerFunctionArn: `${prefix}-AuthorizerFunctionArn`,
    keepingAuthorizerFunctionArn: `${prefix}-KeepingAuthorizerFunctionArn`,
    routeCatalogueRegistrarArn: `${prefix}-RouteCatalogueRegistrarArn`,
    serviceRegistrarArn: `${prefix}-ServiceRegistrarArn`,
  };
}
