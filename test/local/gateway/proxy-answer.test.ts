import { readProxyAnswer } from '../../../local/gateway/proxy-answer';
import { createApi, createRequest } from './fixture';

function read(answer: unknown, binaryMediaTypes: readonly string[] = []) {
  const api = createApi([], { binaryMediaTypes });
  const read = readProxyAnswer(api, createRequest('GET', '/'), JSON.stringify(answer));
  return typeof read === 'string' ? read : { ...read, body: read.body.toString('latin1') };
}

test('no member of the answer is required', () => {
  expect(read({})).toEqual({
    statusCode: 200,
    headers: [['Content-Type', 'application/json']],
    body: '',
  });
});

test('headers of both maps are sent, and several values stay several', () => {
  const answer = {
    statusCode: '201',
    headers: { 'content-type': 'text/plain', 'X-Both': 'single', 'X-Number': 7, 'X-Flag': true },
    multiValueHeaders: { 'x-both': ['one', 'two'] },
    body: 'x',
  };
  expect(read(answer)).toEqual({
    statusCode: 201,
    headers: [
      ['content-type', 'text/plain'],
      ['X-Number', '7'],
      ['X-Flag', 'true'],
      ['x-both', 'one'],
      ['x-both', 'two'],
    ],
    body: 'x',
  });
});

test('headers that the gateway sets itself are sent under another name', () => {
  const answer = {
    headers: {
      'x-amzn-RequestId': 'mine',
      Date: 'now',
      'WWW-Authenticate': 'Bearer',
      'Transfer-Encoding': 'chunked',
    },
  };
  expect(read(answer)).toMatchObject({
    headers: [
      ['Content-Type', 'application/json'],
      ['x-amzn-Remapped-x-amzn-RequestId', 'mine'],
      ['x-amzn-Remapped-Date', 'now'],
      ['x-amzn-Remapped-WWW-Authenticate', 'Bearer'],
    ],
  });
});

test('base64 is decoded for a binary media type and sent as it is otherwise', () => {
  const answer = { headers: { 'Content-Type': 'image/png' }, body: 'AP8=', isBase64Encoded: true };
  expect(read(answer, ['image/png'])).toMatchObject({ body: '\u0000\u00ff' });
  expect(read(answer)).toMatchObject({ body: 'AP8=' });
});

test.each([
  ['null', null],
  ['a string', 'ok'],
  ['a list', []],
  ['a member of another format', { statusCode: 200, cookies: [] }],
  ['a status that is no number', { statusCode: 'ok' }],
  ['a status that is no HTTP status', { statusCode: 42 }],
  ['an object as body', { body: {} }],
  ['a header that is a list', { headers: { a: ['x'] } }],
  ['a header with a line break', { headers: { a: 'x\r\nb: y' } }],
  ['a header whose name is no token', { headers: { 'a b': 'x' } }],
  ['a multi-value header that is no list', { multiValueHeaders: { a: 'x' } }],
  ['isBase64Encoded as text', { isBase64Encoded: 'true' }],
])('%s is malformed', (_what, answer) => {
  expect(typeof read(answer)).toBe('string');
});
