import type { IncomingMessage } from 'node:http';

import type { ObjectStore } from './object-store';
import { formatXml, QueryError } from './query-protocol';
import type { XmlValue } from './query-protocol';

export interface S3Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Where the deployer puts templates and code: the few calls of S3 that `cdk deploy` makes, with bucket and key in the path. */
export function answerS3(
  store: ObjectStore,
  region: string,
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  url: URL,
  body: Buffer,
): S3Answer {
  const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const { method = '' } = request;
  if (method === 'GET' && key === '') return answerBucket(store, region, bucket, url);
  switch (method) {
    case 'PUT':
      if (key === '') return { statusCode: 200, body: '' };
      store.write(bucket, key, decodeChunks(body, request.headers));
      return { statusCode: 200, headers: { etag: '"0"' }, body: '' };
    case 'HEAD':
      return { statusCode: key === '' || store.has(bucket, key) ? 200 : 404, body: '' };
    case 'GET': {
      const found = store.read(bucket, key);
      if (found === undefined)
        throw new QueryError('NoSuchKey', 'The specified key does not exist.', 404);
      return { statusCode: 200, body: found };
    }
    default:
      throw new QueryError('MethodNotAllowed', 'The local run has no such call of S3.', 405);
  }
}

function answerBucket(store: ObjectStore, region: string, bucket: string, url: URL): S3Answer {
  if (url.searchParams.has('location'))
    return xml('LocationConstraint', region === 'us-east-1' ? '' : region);
  if (url.searchParams.has('encryption')) {
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
    return xml('ServerSideEncryptionConfiguration', { Rule: rule });
  }
  if (!url.searchParams.has('list-type'))
    throw new QueryError('NotImplemented', 'The local run has no such call of S3.', 501);
  // The deployer asks for one object by its whole key.
  const prefix = url.searchParams.get('prefix') ?? '';
  const isThere = prefix !== '' && store.has(bucket, prefix);
  return xml('ListBucketResult', {
    Name: bucket,
    Prefix: prefix,
    KeyCount: isThere ? 1 : 0,
    MaxKeys: 1000,
    IsTruncated: false,
    ...(isThere ? { Contents: { Key: prefix, Size: 1 } } : {}),
  });
}

function xml(name: string, value: XmlValue): S3Answer {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${formatXml(value)}</${name}>`,
  };
}

/**
 * Clients that do not know a body's hash in advance send it in chunks, each after its length in hexadecimal digits.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function decodeChunks(body: Buffer, headers: IncomingMessage['headers']): Buffer {
  const encoding = headers['content-encoding'] ?? '';
  const hash = String(headers['x-amz-content-sha256'] ?? '');
  if (!encoding.includes('aws-chunked') && !hash.startsWith('STREAMING-')) return body;
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const end = body.indexOf('\r\n', position);
    const length = Number.parseInt(body.toString('latin1', position, Math.max(end, position)), 16);
    if (end < 0 || Number.isNaN(length) || end + 2 + length > body.length)
      throw new QueryError('IncompleteBody', 'The body ends within a chunk.');
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + length));
    position = end + 2 + length + 2;
  }
}
