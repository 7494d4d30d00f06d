/** A variable that the function's template sets; without it the function is deployed wrongly and must not start. */
export function requireVariable(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing`);
  }
  return value;
}
