import {
  AcquireRole$,
  GetRoleTemplateVersion$,
  type AcquireRoleRequest,
  type AcquireRoleResponse,
  type GetRoleTemplateVersionRequest,
  type GetRoleTemplateVersionResponse,
} from '@aws-sdk/client-iam';
import { parseArn } from '../../core/arn';
import { iamPathArn } from '../../identity/arns';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';

/*
 * Role templates belong to services of AWS, and none of them is here: there is no template, and every ARN of one names nothing.
 */

const acquireRole: Operation<AcquireRoleRequest, AcquireRoleResponse> = {
  name: 'AcquireRole',
  schema: AcquireRole$,
  accessLevel: 'Write',
  route: 'POST /role-templates/{TemplateArn}/roles',
  // The action is that of the role to be made, whose name only the template would tell:
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
  authorization: {
    action: 'iam:CreateRole',
    resourceType: 'role',
    resources: (_input, call) => [iamPathArn(call, 'role', '/')],
    conditionKeys: ['iam:RoleTemplateARN'],
    context: (input) => ({ 'iam:RoleTemplateARN': input.TemplateArn }),
  },
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: ({ TemplateArn }) => Promise.reject(refuseTemplate(TemplateArn)),
};

const getRoleTemplateVersion: Operation<
  GetRoleTemplateVersionRequest,
  GetRoleTemplateVersionResponse
> = {
  name: 'GetRoleTemplateVersion',
  schema: GetRoleTemplateVersion$,
  accessLevel: 'Read',
  route: 'GET /role-templates/{TemplateArn}',
  authorization: {
    action: 'iam:GetRoleTemplateVersion',
    resourceType: 'role-template',
    resources: (input) => [input.TemplateArn],
    conditionKeys: [],
  },
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: ({ TemplateArn }) => Promise.reject(refuseTemplate(TemplateArn)),
};

function refuseTemplate(templateArn: string): IamError {
  const arn = parseArn(templateArn);
  return arn?.service === 'iam' && arn.resource.startsWith('role-template/')
    ? new IamError('NoSuchEntity', `Role template ${templateArn} cannot be found.`)
    : new IamError('InvalidInput', `ARN ${templateArn} is not valid.`);
}

export const roleTemplateOperations: readonly AnyOperation[] = [
  acquireRole,
  getRoleTemplateVersion,
];
