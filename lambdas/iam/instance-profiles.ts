import type { InstanceProfile } from '@aws-sdk/client-iam';
import type { Found } from '../identity/lookup';
import type { InstanceProfileRecord } from '../identity/role-entities';
import { foundInstanceProfile, foundRole } from '../identity/role-lookup';
import type { Call } from '../operations/operation';
import { instanceProfileKey, principalKey } from '../store/keys';
import { viewBareRole, viewListedInstanceProfile } from './role-views';
import { showTrustPolicies } from './trust-policies';

/** As lists give them, each with its role, in their order. */
export async function viewInstanceProfiles(
  call: Call,
  profiles: readonly Found<InstanceProfileRecord>[],
): Promise<readonly InstanceProfile[]> {
  const ids = [...new Set(profiles.flatMap(({ entity }) => entity.RoleId ?? []))];
  const items = await call.store.getMany(
    ids.map((id) => principalKey('Role', call.accountId, id)),
    { consistent: true },
  );
  const roles = items.flatMap((item) => (item === undefined ? [] : foundRole(call, item)));
  const documents = await showTrustPolicies(
    call,
    roles.map((role) => role.entity),
  );
  const views = new Map(
    roles.map((role, index) => {
      const document = documents[index] ?? role.entity.AssumeRolePolicyDocument;
      return [role.entity.RoleId, viewBareRole(role, document)] as const;
    }),
  );
  return profiles.map((profile) => {
    const role = views.get(profile.entity.RoleId ?? '');
    return viewListedInstanceProfile(profile, role === undefined ? [] : [role]);
  });
}

/** The views of the profiles with these ids, in their order; undefined where one is gone or not wanted. */
export async function viewInstanceProfilesOf(
  call: Call,
  ids: readonly string[],
  isWanted: (profile: InstanceProfileRecord) => boolean = () => true,
): Promise<readonly (InstanceProfile | undefined)[]> {
  const items = await call.store.getMany(
    ids.map((id) => instanceProfileKey(call.accountId, id)),
    { consistent: true },
  );
  const profiles = items
    .flatMap((item) => (item === undefined ? [] : foundInstanceProfile(call, item)))
    .filter(({ entity }) => isWanted(entity));
  const views = new Map(
    (await viewInstanceProfiles(call, profiles)).map(
      (view) => [view.InstanceProfileId, view] as const,
    ),
  );
  return ids.map((id) => views.get(id));
}
