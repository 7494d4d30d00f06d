export { AbsentCustomResources } from './absent-custom-resources';
export { AccessLog, GatewayLogging } from './access-log';
export type { AccessLogProps } from './access-log';
export { AdminDomainName } from './admin-domain';
export type { AdminDomain, AdminDomainNameProps } from './admin-domain';
export { AdminWebAcl } from './web-acl';
export type { AdminWebAclProps } from './web-acl';
export type { AnswerCacheKey, AnswerCacheOptions, AnswerCacheProps } from './answer-cache';
export { AuthorizerStack } from './authorizer-stack';
export type { AuthorizerStackProps } from './authorizer-stack';
export { ControlPlaneStack } from './control-plane-stack';
export type { ControlPlaneStackProps } from './control-plane-stack';
export { DataStack } from './data-stack';
export type { DataStackProps } from './data-stack';
export { DecisionMetrics } from './decision-metrics';
export type { DecisionMetricName, DecisionMetricsProps } from './decision-metrics';
export { DenialResponses } from './denial-responses';
export type { DenialResponsesProps } from './denial-responses';
export { MonitoringStack } from './monitoring-stack';
export type { AlarmThresholds, MonitoringStackProps } from './monitoring-stack';
export { Portcullis } from './portcullis';
export type { IPortcullis, PortcullisProps } from './portcullis';
export { PortcullisAuthorizer } from './portcullis-authorizer';
export type {
  KeepingAuthorizer,
  PortcullisAuthorizerProps,
  PortcullisExports,
} from './portcullis-authorizer';
export { PortcullisFunction } from './portcullis-function';
export type { PortcullisFunctionProps } from './portcullis-function';
export type { HttpApiAuthorizerOptions } from './route-authorizers';
export { ReplicaStack } from './replica-stack';
export type { PrimaryStore, ReplicaStackProps } from './replica-stack';
export { RouteCatalogue } from './route-catalogue';
export type { RouteCatalogueProps } from './route-catalogue';
export type { Route } from './route';
export type { SandboxOption } from './removal';
export { ServiceDefinition } from './service-definition';
export type {
  OpenApiServiceProps,
  ServiceDefinitionProps,
  ServiceRoutes,
} from './service-definition';
export type {
  AccessLevel,
  ConditionKeyType,
  ServiceAction,
  ServiceConditionKey,
  ServiceResourceType,
} from './service-definition-parts';
export { ServicePolicy } from './service-policy';
export type { ServicePolicyProps } from './service-policy';
export type { StoreResources } from './store-access';
