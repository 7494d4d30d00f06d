import { createFunction } from '../operations/function';
import { IAM_OPERATIONS } from './operation-table';

/** Made once for each execution environment. */
export const handler = createFunction(IAM_OPERATIONS);
