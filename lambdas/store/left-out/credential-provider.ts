/** What the SDK signs its requests with. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands for the SDK's search through profiles, web identities and instance metadata: Lambda puts credentials into the environment, and
 * nothing else may take their place. Throws where they are missing.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function defaultProvider(): () => Promise<Credentials> {
  return () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    return accessKeyId === undefined || secretAccessKey === undefined
      ? Promise.reject(new Error('the environment has no credentials'))
      : Promise.resolve({
          accessKeyId,
          secretAccessKey,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        });
  };
}
