import { parseArn } from '../core/arn';
import { readJson, type JsonNode, type JsonString } from '../core/json';
import { POLICY_LIMITS } from '../core/parse';
import { rootArn } from '../identity/arns';
import { findUser, findUserById, foundUser } from '../identity/lookup';
import type { RoleRecord, TrustedPrincipal } from '../identity/role-entities';
import { findRole, findRoleById, foundRole } from '../identity/role-lookup';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { principalKey } from '../store/keys';
import { checkPolicyDocument } from '../operations/policy-documents';

/** What a role's row keeps of its trust policy. */
export type TrustPolicy = Pick<RoleRecord, 'AssumeRolePolicyDocument' | 'TrustedPrincipals'>;

/** What stands in the stored text for a principal of the policy as it was sent. */
interface StoredPrincipal {
  readonly text: string;
  readonly trusted?: TrustedPrincipal;
}

/**
 * A trust policy as it is to be stored: users and roles by their ids, so that who is deleted and made again under the old
 * name is somebody else.
 *
 * Errors: LimitExceeded, MalformedPolicyDocument, also for a user or role that is not there.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export async function storeTrustPolicy(call: Call, document: string): Promise<TrustPolicy> {
  checkPolicyDocument(document, 'trust');
  const named = findPrincipals(document);
  const stored = await Promise.all(
    named.map(async ({ value }) => {
      const principal = await resolvePrincipal(call, value);
      if (principal === undefined) {
        throw new IamError(
          'MalformedPolicyDocument',
          `Invalid principal in policy: "AWS":"${value}"`,
        );
      }
      return principal;
    }),
  );
  const trusted = stored.flatMap((principal) => principal.trusted ?? []);
  return {
    AssumeRolePolicyDocument: replaceStrings(document, (index) => stored[index]?.text, named),
    TrustedPrincipals: [...new Map(trusted.map((principal) => [principal.Id, principal])).values()],
  };
}

/** The policies as they are shown, in their order: an id as the ARN that its principal has now, or bare where it has gone. */
export async function showTrustPolicies(
  call: Call,
  policies: readonly TrustPolicy[],
): Promise<readonly string[]> {
  const principals = policies.flatMap((policy) => policy.TrustedPrincipals);
  const items = await call.store.getMany(
    principals.map(({ Id, AccountId }) => principalKey(kindOfId(Id), AccountId, Id)),
    { consistent: true },
  );
  const arns = new Map<string, string>();
  const sessions = new Map<string, string>();
  principals.forEach(({ Id, AccountId }, index) => {
    const item = items[index];
    if (item === undefined) return;
    const scope = { partition: call.partition, accountId: AccountId };
    if (kindOfId(Id) === 'User') {
      arns.set(Id, foundUser(scope, item).arn);
      return;
    }
    const role = foundRole(scope, item);
    arns.set(Id, role.arn);
    sessions.set(
      Id,
      `arn:${call.partition}:sts::${AccountId}:assumed-role/${role.entity.RoleName}`,
    );
  });
  return policies.map(({ AssumeRolePolicyDocument: document, TrustedPrincipals: trusted }) => {
    if (trusted.length === 0) return document;
    const named = findPrincipals(document);
    return replaceStrings(
      document,
      (index) => {
        const [id = '', session] = (named[index]?.value ?? '').split(':', 2);
        const role = sessions.get(id);
        if (session === undefined) return arns.get(id);
        return role === undefined ? undefined : `${role}/${session}`;
      },
      named,
    );
  });
}

export async function showTrustPolicy(call: Call, policy: TrustPolicy): Promise<string> {
  const [shown] = await showTrustPolicies(call, [policy]);
  return shown ?? policy.AssumeRolePolicyDocument;
}

/** Undefined where the principal is a user or role that is not there. */
async function resolvePrincipal(call: Call, text: string): Promise<StoredPrincipal | undefined> {
  if (text === '*') {
    return { text };
  }
  if (/^\d{12}$/.test(text)) {
    return { text: rootArn({ partition: call.partition, accountId: text }) };
  }
  const arn = parseArn(text);
  if (arn === undefined) {
    return resolveId(call, text);
  }
  if (arn.partition !== call.partition) {
    return undefined;
  }
  const scope = { store: call.store, partition: call.partition, accountId: arn.accountId };
  const [kind = '', ...rest] = arn.resource.split('/');
  const name = rest.at(-1) ?? '';
  switch (`${arn.service}:${kind}`) {
    case 'iam:root':
    case 'sts:federated-user':
      return { text };
    case 'iam:user': {
      const user = await findUser(scope, name);
      return user?.arn === text ? trust(user.entity.UserId, arn.accountId) : undefined;
    }
    case 'iam:role': {
      const role = await findRole(scope, name);
      return role?.arn === text ? trust(role.entity.RoleId, arn.accountId) : undefined;
    }
    case 'sts:assumed-role': {
      const [roleName = ''] = rest;
      const role = await findRole(scope, roleName);
      return role?.entity.RoleName === roleName
        ? trust(role.entity.RoleId, arn.accountId, name)
        : undefined;
    }
    default:
      return undefined;
  }
}

/** An id says no account: it can only be one of the caller's own. */
async function resolveId(call: Call, text: string): Promise<StoredPrincipal | undefined> {
  const [id = '', session] = text.split(':', 2);
  if (id.startsWith('AIDA') && session === undefined) {
    return (await findUserById(call, id)) === undefined ? undefined : trust(id, call.accountId);
  }
  if (!id.startsWith('AROA') || (await findRoleById(call, id)) === undefined) {
    return undefined;
  }
  return trust(id, call.accountId, session);
}

function trust(id: string, accountId: string, session?: string): StoredPrincipal {
  return {
    text: session === undefined ? id : `${id}:${session}`,
    trusted: { Id: id, AccountId: accountId },
  };
}

function kindOfId(id: string): 'User' | 'Role' {
  return id.startsWith('AIDA') ? 'User' : 'Role';
}

/** The texts under `AWS` in every Principal, in the order of the document. */
function findPrincipals(document: string): readonly JsonString[] {
  const { node } = readJson(document, POLICY_LIMITS);
  return each(member(node, 'Statement')).flatMap((statement) =>
    each(member(member(statement, 'Principal'), 'AWS')).filter((name) => name.kind === 'string'),
  );
}

function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object'
    ? node.members.find((candidate) => candidate.name === name)?.value
    : undefined;
}

function each(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  return node.kind === 'array' ? node.items : [node];
}

/** The document with other strings in the place of some; the rest stays character for character. */
function replaceStrings(
  document: string,
  replacement: (index: number) => string | undefined,
  strings: readonly JsonString[],
): string {
  let text = '';
  let copied = 0;
  strings.forEach((string, index) => {
    const replaced = replacement(index);
    if (replaced === undefined || replaced === string.value) return;
    text += document.slice(copied, string.start) + JSON.stringify(replaced);
    copied = string.end;
  });
  return text + document.slice(copied);
}
