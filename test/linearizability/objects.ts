import type { Specification } from './checker';

/** A member that is there or not: a membership, an attachment. */
export type MemberOperation = 'added' | 'removed' | 'was missing' | 'is there' | 'is not there';

export const MEMBER: Specification<MemberOperation> = {
  initial: 'out',
  apply: (state, operation) => {
    switch (operation) {
      // To add what is there does nothing.
      case 'added':
        return 'in';
      case 'removed':
        return state === 'in' ? 'out' : undefined;
      case 'is there':
        return state === 'in' ? state : undefined;
      case 'was missing':
      case 'is not there':
        return state === 'out' ? state : undefined;
    }
  },
};

/** A name: free, or an entity's. `*` is an entity whose id the call was not told. */
export type NameOperation =
  | { readonly kind: 'taken' | 'found'; readonly id: string }
  | { readonly kind: 'released' | 'was taken' | 'was free' };

export const NAME: Specification<NameOperation> = {
  initial: '',
  apply: (state, operation) => {
    switch (operation.kind) {
      case 'taken':
        return state === '' ? operation.id : undefined;
      case 'found':
        return state === operation.id || state === '*' ? operation.id : undefined;
      case 'released':
        return state === '' ? undefined : '';
      case 'was taken':
        return state === '' ? undefined : state;
      case 'was free':
        return state === '' ? state : undefined;
    }
  },
};

/** The access keys of one user, of which it may have two. */
export type KeysOperation =
  | { readonly kind: 'made' | 'deleted' | 'was missing'; readonly id: string }
  | { readonly kind: 'was full' }
  | { readonly kind: 'listed'; readonly ids: readonly string[] };

const QUOTA = 2;

export const KEYS: Specification<KeysOperation> = {
  initial: '',
  apply: (state, operation) => {
    const ids = state === '' ? [] : state.split(' ');
    switch (operation.kind) {
      case 'made':
        return ids.length < QUOTA ? [...ids, operation.id].sort().join(' ') : undefined;
      case 'deleted':
        return ids.includes(operation.id)
          ? ids.filter((id) => id !== operation.id).join(' ')
          : undefined;
      case 'was missing':
        return ids.includes(operation.id) ? undefined : state;
      case 'was full':
        return ids.length === QUOTA ? state : undefined;
      case 'listed':
        return state === [...operation.ids].sort().join(' ') ? state : undefined;
    }
  },
};
