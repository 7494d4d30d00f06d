import { IamError } from '../protocol/errors';
import type { DataKeys } from './data-key';
import { open, seal } from './sealed-box';

/** What a marker is good for: the next page of the same list, and nothing else. */
export interface MarkerScope {
  readonly accountId: string;
  /** `ListUsers`. */
  readonly operation: string;
  /** Whatever chooses what is listed (a path prefix, a user's id), in a fixed order. */
  readonly filter: readonly string[];
}

/** The length that IAM's own constraint of `Marker` allows. */
const MAX_MARKER_LENGTH = 320;

/** Where a list goes on, as text that its reader can neither understand nor make up. */
export class OpaqueMarkers {
  constructor(private readonly dataKeys: DataKeys) {}

  /** Errors: RangeError for a position that makes a marker longer than 320 characters. */
  async seal(position: string, scope: MarkerScope): Promise<string> {
    const box = await seal(this.dataKeys, 'marker', position, partsOf(scope));
    const marker = Buffer.from(box).toString('base64url');
    if (marker.length > MAX_MARKER_LENGTH) {
      throw new RangeError(`a marker of ${marker.length} characters is too long`);
    }
    return marker;
  }

  /** Errors: `ValidationError` for any text that was not sealed for this scope. */
  async open(marker: string, scope: MarkerScope): Promise<string> {
    const bytes = Buffer.from(marker, 'base64url');
    // Buffer skips what is not base64url; only text that comes out the same again was.
    const readable = marker.length <= MAX_MARKER_LENGTH && bytes.toString('base64url') === marker;
    const position = readable
      ? await open(this.dataKeys, 'marker', bytes, partsOf(scope))
      : undefined;
    if (position === undefined) {
      throw new IamError('ValidationError', 'Invalid Marker.');
    }
    return position;
  }
}

function partsOf({ accountId, operation, filter }: MarkerScope): readonly string[] {
  return [accountId, operation, ...filter];
}
