import { createFunction } from '../operations/function';
import { STS_OPERATIONS } from './operation-table';

/** Made once for each execution environment. */
export const handler = createFunction(STS_OPERATIONS);
