/**
 * Stands for the SDK's store of what belongs to one of several invocations at the same time. A function here has one at a time, whose
 * trace the SDK finds in the environment.
 */
export const InvokeStore = {
  getInstanceAsync: (): Promise<undefined> => Promise.resolve(undefined),
};
