/**
 * The services as which a workload is given its role, as AWS gives it: an instance by its instance profile, a container by its task role, a
 * function by its execution role.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html
 */
export const WORKLOAD_SERVICES = [
  'ec2.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'lambda.amazonaws.com',
] as const;

export type WorkloadService = (typeof WORKLOAD_SERVICES)[number];
