export { CallerDecisions, PortcullisClient } from './client';
export type { AllowedResources, ClientOptions, DecisionOptions, Question } from './client';
export { DecisionUnavailable } from './decision-request';
export { guard, guarded, GuardRefusal } from './guard';
export type {
  AnonymousPrincipal,
  AuthenticationScheme,
  GatewayRefusal,
  Guarded,
  GuardedDecision,
  GuardOptions,
  KnownPrincipal,
  Principal,
} from './guard';
export type { ResourceFilter, UndecidedFilter } from './resource-filters';
export type { Credentials, CredentialProvider } from './signature';
export { workloadCredentials } from './workload-credentials';
export type { WorkloadOptions } from './workload-credentials';
