import type { Authorizer } from './authorizer';
import { createAuthorizer } from './create-authorizer';

let authorizer: Authorizer | undefined;

/** The authorizer of every kind of gateway. Everything is made when the first call comes, and kept. */
export async function handler(event: unknown): Promise<object> {
  authorizer ??= createAuthorizer(process.env);
  return authorizer.authorize(event);
}
