import { SERVICE_ROLE_PATH } from '../identity/linked-services';
import { IamError } from '../protocol/errors';

/**
 * For roles that are no service's. Errors: InvalidInput.
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
