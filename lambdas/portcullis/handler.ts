import { createFunction } from '../operations/function';
import { PORTCULLIS_OPERATIONS } from './operation-table';

/** Made once for each execution environment. */
export const handler = createFunction(PORTCULLIS_OPERATIONS);
