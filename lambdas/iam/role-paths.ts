import { IamError } from '../protocol/errors';

/** Where the roles of services live; only CreateServiceLinkedRole makes them. */
export const SERVICE_ROLE_PATH = '/aws-service-role/';

/**
 * Errors: InvalidInput.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
export function refuseReservedPath(path: string | undefined): void {
  if (path?.startsWith(SERVICE_ROLE_PATH) === true) {
    throw new IamError(
      'InvalidInput',
      `Roles with the path ${path} are reserved for services: use CreateServiceLinkedRole.`,
    );
  }
}
