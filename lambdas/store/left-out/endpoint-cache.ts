/**
 * Stands for the SDK's cache of discovered endpoints in every bundle. DynamoDB's endpoints are not discovered unless a client is told to,
 * and ours never are; with its containers the real one would be a fortieth of the authorizer.
 */
export class EndpointCache {
  get(): never {
    throw new Error('endpoints are not discovered here');
  }
}
