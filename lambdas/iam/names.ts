import type { NameRecord } from '../identity/entities';
import { toAttributes } from '../identity/records';
import type { Step } from '../operations/commit';
import type { Call } from '../operations/operation';
import type { IamError } from '../protocol/errors';
import { nameKey, type NamedKind } from '../store/keys';

/** The step that takes a name for an entity; `taken` is what its caller is told when somebody has it. */
export function takeNameStep(call: Call, kind: NamedKind, name: NameRecord, taken: IamError): Step {
  return {
    write: {
      kind: 'put',
      key: nameKey(kind, call.accountId, name.Name),
      attributes: toAttributes(name),
      condition: { exists: false },
    },
    refusal: taken,
  };
}

/** The step that gives a name up, as long as it is this entity's. */
export function releaseNameStep(
  call: Call,
  kind: NamedKind,
  name: { readonly Id: string; readonly Name: string },
): Step {
  return {
    write: {
      kind: 'delete',
      key: nameKey(kind, call.accountId, name.Name),
      condition: { exists: true, equals: { Id: name.Id } },
    },
  };
}

/** The steps that give an entity another name or path; its id, and all that refers to it, stay. */
export function renameSteps(
  call: Call,
  kind: NamedKind,
  before: NameRecord,
  after: NameRecord,
  taken: IamError,
): readonly Step[] {
  const keyBefore = nameKey(kind, call.accountId, before.Name);
  const keyAfter = nameKey(kind, call.accountId, after.Name);
  if (keyBefore.sort !== keyAfter.sort) {
    return [takeNameStep(call, kind, after, taken), releaseNameStep(call, kind, before)];
  }
  return [
    {
      write: {
        kind: 'put',
        key: keyAfter,
        attributes: toAttributes(after),
        condition: { exists: true, equals: { Id: before.Id } },
      },
    },
  ];
}
