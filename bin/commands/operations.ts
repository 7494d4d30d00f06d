import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { describeOperations, type OperationDescription } from '../../lambdas/operations/describe';
import { PORTCULLIS_OPERATIONS } from '../../lambdas/portcullis/operation-table';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { renderTable } from './table';

function renderRow(operation: OperationDescription): string[] {
  const { permission } = operation;
  return [
    `${operation.service}:${operation.name}`,
    operation.accessLevel,
    permission === null ? '(none)' : permission.action,
    permission === null ? '' : permission.resourceType,
    operation.route,
  ];
}

/** Prints the table of admin operations, as text or as JSON. */
export function runOperations(options: { readonly json: boolean }): void {
  const operations = describeOperations([IAM_OPERATIONS, STS_OPERATIONS, PORTCULLIS_OPERATIONS]);
  const text = options.json
    ? JSON.stringify(operations, null, 2)
    : renderTable([
        ['OPERATION', 'ACCESS LEVEL', 'PERMISSION', 'RESOURCE', 'REST ROUTE'],
        ...operations.map(renderRow),
      ]);
  process.stdout.write(`${text}\n`);
}
