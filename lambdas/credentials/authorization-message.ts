import type { DataKeys } from './data-key';
import { open, seal } from './sealed-box';

/**
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
const MAX_ENCODED_LENGTH = 10_240;

/** Why a call was denied, for nobody but whom the account of the denied call lets decode it. */
export class AuthorizationMessages {
  constructor(private readonly dataKeys: DataKeys) {}

  /** undefined for a message that is too long to be decoded again. Errors: those of the data keys, which are outages. */
  async seal(message: string, accountId: string): Promise<string | undefined> {
    const box = await seal(this.dataKeys, 'authorization message', message, [accountId]);
    const encoded = Buffer.from(box).toString('base64url');
    return encoded.length > MAX_ENCODED_LENGTH ? undefined : encoded;
  }

  /** undefined for every text that was not sealed for this account. Errors: those of the data keys, which are outages. */
  async open(encoded: string, accountId: string): Promise<string | undefined> {
    const box = Buffer.from(encoded, 'base64url');
    const isReadable =
      encoded.length <= MAX_ENCODED_LENGTH && box.toString('base64url') === encoded;
    return isReadable ? open(this.dataKeys, 'authorization message', box, [accountId]) : undefined;
  }
}
