/*
 * Writes the documents that are made of the operation rows and of the error table.
 *
 *   npm run docs
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { IAM_OPERATIONS } from '../lambdas/iam/operation-table';
import type { AnyOperation } from '../lambdas/operations/operation-table';
import { ERRORS } from '../lambdas/protocol/errors';
import { PORTCULLIS_OPERATIONS } from '../lambdas/portcullis/operation-table';
import { STS_OPERATIONS } from '../lambdas/sts/operation-table';
import { PROOFS } from '../test/conformance/proofs';

const NO_ORGANIZATION =
  'There are no organizations: answers as AWS does for an account without one.';
const NO_DELEGATION = 'There are no delegation requests: answers as AWS does where there is none.';
const NO_TEMPLATES = 'There are no role templates: answers as AWS does where there is none.';

/** What a feature that deployments do not have answers; every other operation does what AWS's page says. */
export const REMARKS: Readonly<Record<string, string>> = {
  ListOrganizationsFeatures: NO_ORGANIZATION,
  EnableOrganizationsRootCredentialsManagement: NO_ORGANIZATION,
  DisableOrganizationsRootCredentialsManagement: NO_ORGANIZATION,
  EnableOrganizationsRootSessions: NO_ORGANIZATION,
  DisableOrganizationsRootSessions: NO_ORGANIZATION,
  GenerateOrganizationsAccessReport: NO_ORGANIZATION,
  GetOrganizationsAccessReport: NO_ORGANIZATION,
  CreateDelegationRequest: NO_DELEGATION,
  GetDelegationRequest: NO_DELEGATION,
  ListDelegationRequests: NO_DELEGATION,
  UpdateDelegationRequest: NO_DELEGATION,
  AssociateDelegationRequest: NO_DELEGATION,
  AcceptDelegationRequest: NO_DELEGATION,
  RejectDelegationRequest: NO_DELEGATION,
  SendDelegationToken: NO_DELEGATION,
  GetHumanReadableSummary: NO_DELEGATION,
  AcquireRole: NO_TEMPLATES,
  GetRoleTemplateVersion: NO_TEMPLATES,
};

const code = (text: string): string => `\`${text}\``;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** The clients that call the operation in the tests. */
function provenWith(service: string, name: string): string {
  return Object.entries(PROOFS)
    .filter(([, operations]) => operations.has(`${service}:${name}`))
    .map(([client]) => client)
    .join(', ');
}

function operationRow(
  service: string,
  { name, route, accessLevel, authorization }: AnyOperation,
): string[] {
  const passes =
    authorization === undefined || !('passedRole' in authorization) ? [] : ['iam:PassRole'];
  return [
    name,
    code(route),
    accessLevel,
    authorization === undefined
      ? 'none needed'
      : [authorization.action, ...passes].map(code).join(', '),
    authorization === undefined ? '' : code(authorization.resourceType),
    (authorization?.conditionKeys ?? []).map(code).join(', '),
    provenWith(service, name),
    REMARKS[name] ?? '',
  ];
}

const headingOf = (service: string): string =>
  service === 'portcullis' ? 'Portcullis' : service.toUpperCase();

function writeOperations(): string {
  const sections = [IAM_OPERATIONS, STS_OPERATIONS, PORTCULLIS_OPERATIONS].map(
    ({ service, operations }) =>
      `## ${headingOf(service)}\n\n${operations.length} operations. Routes are below \`/${service}\`.\n\n` +
      table(
        [
          'operation',
          'REST route',
          'access level',
          'permission',
          'resource',
          'condition keys',
          'proven with',
          'remarks',
        ],
        operations.map((operation) => operationRow(service, operation)),
      ),
  );
  return `# Operations

Made of the operation rows by \`npm run docs\`. Besides its own condition keys, each operation has those of every request.
Over REST, what is not in the path stands in the query of a GET or DELETE, else in a JSON body; an answer is always 200 with the
members of AWS's answer, an error \`{"code", "message", "requestId"}\`. \`GET /iam/openapi.json\`, \`GET /sts/openapi.json\` and
\`GET /portcullis/openapi.json\` describe it all, without credentials. \`proven with\` names the clients of AWS's that
call the operation in the tests, unchanged.

${sections.join('\n\n')}
`;
}

function writeErrors(): string {
  const rows = Object.entries(ERRORS).map(([name, { statusCode, fault }]) => [
    code(name),
    String(statusCode),
    fault,
  ]);
  return `# Errors

Made of the error table by \`npm run docs\`. A \`Sender\` is at fault itself, and repeating the call is of no use; a \`Receiver\`'s
fault is ours. AWS's JSON 1.1 protocol answers every fault of a sender with 400.

${table(['code', 'status', 'fault'], rows)}
`;
}

/** Path from the project's folder → text. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'docs/operations.md': writeOperations,
  'docs/errors.md': writeErrors,
};

if (require.main === module) {
  for (const [file, write] of Object.entries(DOCUMENTS)) {
    writeFileSync(path.join(__dirname, '..', file), write());
  }
}
