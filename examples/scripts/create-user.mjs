// Makes a user and a policy, and attaches the one to the other, over REST. Nothing but Node is needed.
//   node create-user.mjs NAME     needs PORTCULLIS_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
import { createHash, createHmac } from 'node:crypto';

const { PORTCULLIS_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** Calls a route that has no query. Segments are encoded here: an ARN is one segment. */
async function call(method, segments, input) {
  const path = `/iam/${segments.map(encodeURIComponent).join('/')}`;
  const url = new URL(PORTCULLIS_URL + path);
  const body = input === undefined ? '' : JSON.stringify(input);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/iam/aws4_request`;
  // The path as it is sent, encoded once more.
  const canonicalPath = url.pathname.split('/').map(encodeURIComponent).join('/');
  const canonical = `${method}\n${canonicalPath}\n\nhost:${url.host}\nx-amz-date:${time}\n\nhost;x-amz-date\n${sha256(body)}`;
  const key = scope.split('/').reduce(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`);
  const answer = await globalThis.fetch(url, {
    method,
    headers: {
      'x-amz-date': time,
      authorization: `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature.toString('hex')}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body }),
  });
  const output = await answer.json();
  if (!answer.ok) throw new Error(`${output.code}: ${output.message}`);
  return output;
}

const name = process.argv[2];
const { User } = await call('POST', ['users'], { UserName: name });
const { Policy } = await call('POST', ['policies'], {
  PolicyName: `${name}-reads-orders`,
  PolicyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'orders:GetOrder', Resource: '*' },
  }),
});
await call('PUT', ['users', name, 'attached-policies', Policy.Arn]);
console.log(`${User.Arn} has ${Policy.Arn}`);
