import type { PolicyKind, Statement } from './document';
import { foldCase } from './letter-case';
import { findSharedProviderProblem } from './shared-oidc-providers';

export interface KindProblem {
  readonly code: string;
  readonly element: keyof Statement;
  readonly message: string;
  readonly awsMessage?: string;
}

/** What AWS asks of a statement because of the kind of policy that it stands in, when the policy is saved. */
export function findKindProblems(statement: Statement, kind: PolicyKind): readonly KindProblem[] {
  return CHECKS[kind](statement);
}

type Check = (statement: Statement) => readonly KindProblem[];

const NO_CHECK: Check = () => [];

const ORGANIZATION_MESSAGE =
  'The provided policy document does not meet the requirements of the specified policy type.';

/**
 * Letters and digits, says AWS's page, as does its message; it has taken underscores as well, and policies that have them are about.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
 */
const checkSid: Check = ({ Sid }) => {
  if (Sid === undefined || /^\w*$/.test(Sid)) return [];
  const message = `Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*`;
  return [{ code: 'INVALID_SID', element: 'Sid', message }];
};

const ROLE_ACTION =
  /^sts:(?:assumerole\w*|assumeroot|tagsession|setsourceidentity|setcontext|\*|[\w*?]*[*?][\w*?]*)$/;

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-custom.html */
const checkTrust: Check = (statement) => {
  const problems: KindProblem[] = [...checkSid(statement)];
  for (const element of ['Resource', 'NotResource'] as const) {
    if (statement[element] === undefined) continue;
    problems.push({
      code: 'PROHIBITED_RESOURCE',
      element,
      message: `Has prohibited field ${element}`,
    });
  }
  const actions = statement.Action ?? [];
  if (actions.some((action) => !ROLE_ACTION.test(foldCase(action)))) {
    const message = 'AssumeRole policy may only specify STS AssumeRole actions.';
    problems.push({ code: 'PROHIBITED_ACTION', element: 'Action', message });
  }
  const shared = findSharedProviderProblem(statement);
  if (shared !== undefined) {
    problems.push({ code: 'SHARED_PROVIDER', element: 'Principal', message: shared });
  }
  return problems;
};

/** Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html */
const checkResourceControl: Check = (statement) => {
  const problems: KindProblem[] = [];
  const report = (element: keyof Statement, message: string) => {
    const awsMessage = ORGANIZATION_MESSAGE;
    problems.push({ code: 'PROHIBITED_BY_TYPE', element, message, awsMessage });
  };
  if (statement.Effect === 'Allow') report('Effect', 'an RCP can only deny');
  const principal = statement.Principal;
  if (principal !== undefined && (principal.AWS?.length !== 1 || principal.AWS[0] !== '*')) {
    report('Principal', 'the Principal of an RCP is "*"');
  }
  if (statement.NotAction !== undefined) report('NotAction', 'an RCP has no NotAction');
  if (statement.Action?.includes('*') === true) {
    report('Action', 'an Action of an RCP names its service');
  }
  return problems;
};

const CHECKS: Readonly<Record<PolicyKind, Check>> = {
  identity: checkSid,
  managed: checkSid,
  session: checkSid,
  trust: checkTrust,
  rcp: checkResourceControl,
  scp: NO_CHECK,
  resource: NO_CHECK,
  endpoint: NO_CHECK,
};
