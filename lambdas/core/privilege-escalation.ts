import { parseOperator } from './condition-operators';
import type { ConditionEntry, PolicyDocument, Statement } from './document';
import { compilePieces, cutPattern } from './glob';
import { foldCase } from './letter-case';

/** One way in which a statement lets its holder take more rights than it was given. */
export interface Escalation {
  readonly code: string;
  /** The actions that open it. */
  readonly actions: readonly string[];
  readonly message: string;
}

/** What an action is about, as the last part of its ARN begins. */
type Target = 'policy/' | 'user/' | 'group/' | 'role/' | 'saml-provider/' | 'oidc-provider/';

interface Path {
  readonly action: string;
  readonly target: Target;
  /** Keys which, where a condition asks for them, keep the action within what an administrator chose. */
  readonly guards: readonly string[];
}

interface Way {
  readonly code: string;
  readonly meaning: string;
  readonly paths: readonly Path[];
  /** Done to oneself it gives nothing that one has not. */
  readonly isHarmlessToOneself: boolean;
}

const TAGS = ['aws:resourcetag/', 'iam:resourcetag/'];

function paths(target: Target, names: readonly string[], ...guards: readonly string[]): Path[] {
  return names.map((name) => ({ action: `iam:${name}`, target, guards: [...TAGS, ...guards] }));
}

const BOUNDARY = 'iam:permissionsboundary';

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html and each action's page. */
const WAYS: readonly Way[] = [
  {
    code: 'ESCALATION_BY_POLICY_VERSION',
    meaning: 'a policy that the caller has can be rewritten',
    paths: paths('policy/', ['CreatePolicyVersion', 'SetDefaultPolicyVersion']),
    isHarmlessToOneself: false,
  },
  {
    code: 'ESCALATION_BY_GRANT',
    meaning: 'the caller can give itself any rights',
    paths: [
      ...paths('user/', ['AttachUserPolicy'], BOUNDARY, 'iam:policyarn'),
      ...paths('user/', ['PutUserPolicy'], BOUNDARY),
      ...paths('group/', ['AttachGroupPolicy'], 'iam:policyarn'),
      ...paths('group/', ['PutGroupPolicy']),
      ...paths('role/', ['AttachRolePolicy'], BOUNDARY, 'iam:policyarn'),
      ...paths('role/', ['PutRolePolicy'], BOUNDARY),
    ],
    isHarmlessToOneself: false,
  },
  {
    code: 'ESCALATION_BY_GROUP',
    meaning: 'the caller can join any group',
    paths: paths('group/', ['AddUserToGroup']),
    isHarmlessToOneself: false,
  },
  {
    code: 'ESCALATION_BY_CREDENTIALS',
    meaning: 'the caller can sign in as another user',
    paths: paths('user/', [
      'CreateAccessKey',
      'CreateLoginProfile',
      'UpdateLoginProfile',
      'CreateServiceSpecificCredential',
      'ResetServiceSpecificCredential',
      'UploadSigningCertificate',
    ]),
    isHarmlessToOneself: true,
  },
  {
    code: 'ESCALATION_BY_TRUST',
    meaning: 'the caller can let itself assume a role',
    paths: paths('role/', ['UpdateAssumeRolePolicy']),
    isHarmlessToOneself: false,
  },
  {
    code: 'ESCALATION_BY_BOUNDARY',
    meaning: 'a permissions boundary can be taken off or replaced',
    paths: [
      ...paths('user/', ['DeleteUserPermissionsBoundary']),
      ...paths('role/', ['DeleteRolePermissionsBoundary']),
      ...paths('user/', ['PutUserPermissionsBoundary'], BOUNDARY),
      ...paths('role/', ['PutRolePermissionsBoundary'], BOUNDARY),
    ],
    isHarmlessToOneself: false,
  },
  {
    code: 'ESCALATION_BY_PROVIDER',
    meaning: 'the caller can vouch for anyone whom a role trusts the provider for',
    paths: [
      ...paths('saml-provider/', ['UpdateSAMLProvider']),
      ...paths('oidc-provider/', [
        'UpdateOpenIDConnectProviderThumbprint',
        'AddClientIDToOpenIDConnectProvider',
      ]),
    ],
    isHarmlessToOneself: false,
  },
  {
    code: 'ESCALATION_BY_ROLE',
    meaning: 'the caller can become every role whose trust policy leaves it to the account',
    paths: [{ action: 'sts:AssumeRole', target: 'role/', guards: TAGS }],
    isHarmlessToOneself: false,
  },
];

const PASS_ROLE: Path = {
  action: 'iam:PassRole',
  target: 'role/',
  guards: [...TAGS, 'iam:passedtoservice', 'iam:associatedresourcearn'],
};

/** Actions that run what the caller says under the role that it passes. */
const ROLE_TAKERS = [
  'apprunner:CreateService',
  'autoscaling:CreateLaunchConfiguration',
  'batch:RegisterJobDefinition',
  'cloudformation:CreateStack',
  'codebuild:CreateProject',
  'datapipeline:PutPipelineDefinition',
  'ec2:RunInstances',
  'ecs:RegisterTaskDefinition',
  'ecs:RunTask',
  'glue:CreateDevEndpoint',
  'glue:CreateJob',
  'lambda:CreateFunction',
  'sagemaker:CreateNotebookInstance',
  'sagemaker:CreateTrainingJob',
  'ssm:StartAutomationExecution',
  'states:CreateStateMachine',
];

/**
 * The ways to more rights that a statement of an identity-based policy opens, on resources that it does not name one by one.
 * None where a Deny of the same policy closes them, or where a condition keeps them within bounds (`iam:PermissionsBoundary`,
 * `iam:PolicyARN`, `iam:PassedToService`, tags of the resource).
 */
export function findEscalations(
  statement: Statement,
  { Statement: all }: PolicyDocument,
): readonly Escalation[] {
  if (statement.Effect !== 'Allow') return [];
  const found: Escalation[] = [];
  for (const { code, meaning, paths: candidates, isHarmlessToOneself } of WAYS) {
    const actions = candidates
      .filter((path) => opens(statement, path, isHarmlessToOneself))
      .map(({ action }) => action)
      .filter((action) => !isClosed(action, all));
    if (actions.length === 0) continue;
    found.push({ code, actions, message: `with ${actions.join(', ')} ${meaning}` });
  }
  const takers = opens(statement, PASS_ROLE, false) ? findRoleTakers(all) : [];
  if (takers.length > 0 && !isClosed(PASS_ROLE.action, all)) {
    const actions = [PASS_ROLE.action, ...takers];
    const meaning = 'the caller can run its own work under any role that it passes';
    const code = 'ESCALATION_BY_PASS_ROLE';
    found.push({ code, actions, message: `with ${actions.join(', ')} ${meaning}` });
  }
  return found;
}

function findRoleTakers(all: readonly Statement[]): readonly string[] {
  return ROLE_TAKERS.filter(
    (action) =>
      all.some((one) => one.Effect === 'Allow' && isAboutAction(one, action)) &&
      !isClosed(action, all),
  );
}

function opens(statement: Statement, path: Path, isHarmlessToOneself: boolean): boolean {
  return (
    isAboutAction(statement, path.action) &&
    isWide(statement, path.target, isHarmlessToOneself) &&
    !isGuarded(statement.Condition ?? [], path.guards)
  );
}

function isAboutAction({ Action, NotAction = [] }: Statement, action: string): boolean {
  const folded = foldCase(action);
  const matches = (pattern: string) => compilePieces(cutPattern(foldCase(pattern)))(folded, 0);
  return Action === undefined ? !NotAction.some(matches) : Action.some(matches);
}

/** Whether resources of a type are given that nobody has named one by one. */
function isWide(
  { Resource, NotResource }: Statement,
  target: Target,
  isHarmlessToOneself: boolean,
): boolean {
  if (Resource === undefined) return NotResource !== undefined;
  return Resource.some((pattern) => {
    if (pattern === '*') return true;
    const part = pattern.split(':').slice(5).join(':');
    const end = part.search(/[*?]|\$\{/);
    if (end < 0) return false;
    const prefix = part.slice(0, end);
    if (!target.startsWith(prefix) && !prefix.startsWith(target)) return false;
    return !isHarmlessToOneself || !part.endsWith('/${aws:username}');
  });
}

/** Whether a condition asks for one of the keys, and holds only for a value that is there. */
export function isGuarded(
  conditions: readonly ConditionEntry[],
  guards: readonly string[],
): boolean {
  return conditions.some(({ operator, key }) => {
    const use = parseOperator(operator);
    const isFirm =
      use?.operator.kind === 'comparison' &&
      !use.operator.negated &&
      !use.ifExists &&
      use.quantifier !== 'ForAllValues';
    const folded = foldCase(key);
    return isFirm && guards.some((guard) => folded === guard || isTagKey(folded, guard));
  });
}

function isTagKey(folded: string, guard: string): boolean {
  return guard.endsWith('/') && folded.startsWith(guard);
}

/** Whether a Deny of the same policy holds for the action whatever the request is. */
function isClosed(action: string, all: readonly Statement[]): boolean {
  return all.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      isAboutAction(statement, action) &&
      statement.Resource?.includes('*') === true &&
      (statement.Condition ?? []).length === 0,
  );
}
