import type { WireAttributes, WireValue } from './attribute-values';
import type { Condition } from './store';

/** What a condition looks at. */
export interface StoredState {
  readonly revision: number;
  readonly attributes: WireAttributes;
}

function isBelow(value: WireValue | undefined, bound: number): boolean {
  if (value === undefined) return 0 < bound;
  return 'N' in value && Number(value.N) < bound;
}

function isEqual(value: WireValue | undefined, wanted: string | number | boolean): boolean {
  if (value === undefined) return false;
  if ('S' in value) return value.S === wanted;
  if ('N' in value) return Number(value.N) === wanted;
  return 'BOOL' in value && value.BOOL === wanted;
}

const ownValue = (attributes: WireAttributes, name: string): WireValue | undefined =>
  Object.hasOwn(attributes, name) ? attributes[name] : undefined;

/** Whether a condition holds of an item; `undefined` for an item that does not exist, or has expired. */
export function conditionHolds(state: StoredState | undefined, condition: Condition): boolean {
  if (condition.exists !== 'any' && condition.exists !== (state !== undefined)) return false;
  if (condition.revision !== undefined && condition.revision !== state?.revision) return false;
  const attributes = state?.attributes ?? {};
  return (
    Object.entries(condition.below ?? {}).every(([name, bound]) =>
      isBelow(ownValue(attributes, name), bound),
    ) &&
    Object.entries(condition.equals ?? {}).every(([name, wanted]) =>
      isEqual(ownValue(attributes, name), wanted),
    )
  );
}
