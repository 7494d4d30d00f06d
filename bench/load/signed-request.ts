import { createHash, createHmac } from 'node:crypto';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A call as it goes over the wire. */
export interface LoadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const EMPTY_HASH = createHash('sha256').update('').digest('hex');
const SERVICE = 'execute-api';

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** A GET with nothing to encode in its path, signed with SigV4 for this moment; it counts for fifteen minutes. */
export function signGet(
  path: string,
  {
    host,
    region,
    key,
  }: { readonly host: string; readonly region: string; readonly key: AccessKey },
): LoadRequest {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, SERVICE, 'aws4_request'];
  const canonical = `GET\n${path}\n\nhost:${host}\nx-amz-date:${time}\n\nhost;x-amz-date\n${EMPTY_HASH}`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope.join('/')}\n${hash}`;
  const signingKey = scope.reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`);
  const signature = hmac(signingKey, text).toString('hex');
  return {
    path,
    headers: {
      host,
      'x-amz-date': time,
      authorization: `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope.join('/')}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    },
  };
}
