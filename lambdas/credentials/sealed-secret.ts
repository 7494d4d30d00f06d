import type { TableName } from '../store/store';
import type { DataKeys } from './data-key';
import { open, seal } from './sealed-box';

/** The row that a secret belongs to: a sealed secret that is copied into another row does not open. */
export interface SecretBinding {
  readonly table: TableName;
  /** `AIDA…`, or the account id for root. */
  readonly ownerId: string;
  /** The access key id. */
  readonly keyId: string;
}

/** Secrets as they are kept: sealed under a data key, bound to their row. */
export class SealedSecrets {
  constructor(private readonly dataKeys: DataKeys) {}

  seal(secret: string, binding: SecretBinding): Promise<Uint8Array> {
    return seal(this.dataKeys, 'secret', secret, partsOf(binding));
  }

  /** Errors: TypeError where the secret was not sealed for this row; an outage or a tampered table, never a caller's fault. */
  async open(sealed: Uint8Array, binding: SecretBinding): Promise<string> {
    const secret = await open(this.dataKeys, 'secret', sealed, partsOf(binding));
    if (secret === undefined) {
      throw new TypeError(`the secret of ${binding.keyId} does not open`);
    }
    return secret;
  }
}

function partsOf({ table, ownerId, keyId }: SecretBinding): readonly string[] {
  return [table, ownerId, keyId];
}
