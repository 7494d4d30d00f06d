import type { StaticOperationSchema } from '@smithy/types';

/** The schema of one operation as the official clients export it (`CreateUser$` of `@aws-sdk/client-iam`). */
export type OperationSchema = StaticOperationSchema;
