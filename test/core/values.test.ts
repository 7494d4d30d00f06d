import fc from 'fast-check';
import { decodeBase64 } from '../../lambdas/core/base64';
import { findContextValue } from '../../lambdas/core/context-values';
import { parseDate } from '../../lambdas/core/dates';
import { compileIpRange, parseIpAddress } from '../../lambdas/core/ip-address';
import { equalsFolded, foldCase } from '../../lambdas/core/letter-case';
import { parseNumber } from '../../lambdas/core/numbers';
import { isAcceptedDate } from '../../lambdas/core/policy-dates';

describe('letters', () => {
  test('ASCII letters are folded, and no others', () => {
    expect(foldCase('AZaz09@[`{ÉK\u212A\u017F')).toBe('azaz09@[`{Ék\u212A\u017F');
    expect(foldCase('plain')).toBe('plain');
  });

  test('a folded text equals every spelling of it, and no other text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(equalsFolded(left, foldCase(left))).toBe(true);
        expect(equalsFolded(left.toUpperCase(), foldCase(left.toUpperCase()))).toBe(true);
        expect(equalsFolded(left, foldCase(right))).toBe(foldCase(left) === foldCase(right));
      }),
    );
    expect(equalsFolded('ab', 'abc')).toBe(false);
    expect(equalsFolded('\u212A', 'k')).toBe(false);
  });
});

describe('numbers', () => {
  test.each([
    ['0', 0],
    ['10', 10],
    ['007', 7],
    ['-1.5', -1.5],
    ['+2', 2],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-2', 0.01],
    ['123456789012345', 123456789012345],
    ['1234567890123456', 1234567890123456],
  ])('%s is a number', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  test.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '0x10',
    'Infinity',
    'NaN',
    '1_000',
    '1,0',
    '-',
    '.',
    'e1',
    '1e',
    '1:',
    '1/',
    '*',
  ])('%j is none', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });
});

describe('dates', () => {
  test.each([
    ['0', 0],
    ['1893456000', 1893456000],
    ['-1', -1],
    ['1.5', 1.5],
    ['2030-01', 1893456000],
    ['2030-01-01', 1893456000],
    ['2030-01-01T00:00Z', 1893456000],
    ['2030-01-01T00:00:00', 1893456000],
    ['2030-01-01t00:00:00z', 1893456000],
    ['2030-01-01T00:00:00.25Z', 1893456000.25],
    ['2030-01-01T01:30:00+01:30', 1893456000],
    ['2029-12-31T23:00:00-01', 1893456000],
    ['2030-01-01T01:00:00+0100', 1893456000],
    ['2028-02-29', 1835395200],
    ['2030-12-31T23:59:59Z', 1924991999],
  ])('%s is a time', (text, seconds) => {
    expect(parseDate(text)).toBe(seconds);
  });

  test.each([
    '',
    '2030-',
    '2030-1-1',
    '2030-13-01',
    '2030-00-01',
    '2030-01-00',
    '2029-02-29',
    '2030-04-31',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:60:00Z',
    '2030-01-01T00:00:60Z',
    '2030-01-01T00:00:00+24:00',
    '2030-01-01T00:00:00+00:60',
    '2030-01-01 00:00:00',
    '2030-01-01T00',
    '2030-*',
    'today',
    '1e9',
    'x2030-01-01',
    '2030-01-01x',
    '12x',
    'x12',
  ])('%j is none', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});

describe('dates that a policy is saved with', () => {
  test.each([
    '2017-07-01T00:00:00Z',
    '0',
    '9223372036854775807',
    '01T',
    '-1',
    '-292275054-01',
    '292278993-12-31',
    '2016-12-13t2:00:00.593194+23',
    '2016-12-13t2:00:00.999999999+23:59',
    '2016-12-13T23:59:59',
    '2016-12-13T23:59',
    '2016-12-13T23',
    '2016-12-13T2:00:00-05:00',
  ])('%s is accepted', (text) => {
    expect(isAcceptedDate(text)).toBe(true);
  });

  test.each([
    'sdfdsf',
    '',
    '9223372036854775808',
    '234-13',
    '234-0',
    '2016-01-32',
    '2016-01-00',
    '2016-01-01-01',
    '-292275055-01',
    '292278994-01',
    '2016-12-13t24:00',
    '2016-12-13t2:60',
    '2016-12-13t2:00:60',
    '2016-12-13tx',
    '2016-12-13t2:x',
    '2016-12-13t2:00:x',
    '2016-12-13t2:00:00.1999999999+10:59',
    '2016-12-13t2:00:00.593194+1',
    '2016-12-13t2:00:00+24',
    '2016-12-13t2:00:00+10:60',
    '2016-12-13t2:00:00zz',
    '2016-12-13t2:00:00z+01',
    '2016-12-13t2:00:00:00',
  ])('%j is refused', (text) => {
    expect(isAcceptedDate(text)).toBe(false);
  });
});

describe('addresses', () => {
  test.each([
    ['0.0.0.0', 0],
    ['255.255.255.255', 4294967295],
    ['10.0.0.1', 167772161],
    ['::ffff:10.0.0.1', 167772161],
    ['::FFFF:a00:1', 167772161],
    ['0:0:0:0:0:ffff:10.0.0.1', 167772161],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['2001:DB8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['::2:3:4:5:6:7:8', [0, 2, 3, 4, 5, 6, 7, 8]],
    ['64:ff9b::1.2.3.4', [0x64, 0xff9b, 0, 0, 0, 0, 0x102, 0x304]],
    ['1::ffff:0:1', [1, 0, 0, 0, 0, 0xffff, 0, 1]],
  ])('%s is an address', (text, value) => {
    expect(parseIpAddress(text)).toEqual(value);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1..3.4',
    '1.2.3.',
    '.1.2.3',
    '1.2.3.4 ',
    'a.b.c.d',
    '1.2.3.4/32',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '1::2::3',
    '12345::',
    'g::',
    ':1',
    '1:',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '::1.2.3',
    '%',
  ])('%j is none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  function isIn(range: string, address: string): boolean | undefined {
    const parsed = parseIpAddress(address);
    if (parsed === undefined) throw new Error(address);
    return compileIpRange(range)?.(parsed);
  }

  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '9.255.255.255', false],
    ['10.1.2.3/8', '10.0.0.0', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '10.0.0.1', false],
    ['::/0', '::1', true],
    ['::ffff:10.0.0.0/104', '10.1.1.1', true],
    ['::ffff:10.0.0.0/104', '11.1.1.1', false],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:db8::1', '2001:db8::2', false],
  ])('the range %s and the address %s', (range, address, expected) => {
    expect(isIn(range, address)).toBe(expected);
  });

  test.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/1/1',
    '::/129',
    '::ffff:1.2.3.4/95',
    '/8',
    '10.0.0.0/8 ',
    '10.0.0.0/x8',
  ])('%j is no range', (text) => {
    expect(compileIpRange(text)).toBeUndefined();
  });
});

describe('base64', () => {
  test.each([
    ['', ''],
    ['aGVsbG8=', 'hello'],
    ['aGVsbG8h', 'hello!'],
    ['+/8=', '\u00fb\u00ff'],
    ['AA==', '\0'],
  ])('%j is decoded', (text, bytes) => {
    expect(decodeBase64(text)).toBe(bytes);
  });

  test('every text of bytes is decoded to itself', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(decodeBase64(buffer.toString('base64'))).toBe(buffer.toString('latin1'));
      }),
    );
  });

  test.each(['a', 'aGVsbG8', 'aGVs!G8=', 'a===', '=aaa', 'aG=s'])('%j is none', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

describe('the values of a context', () => {
  test('a key is found in any case of letters, its own spelling first', () => {
    const context = { 'aws:UserName': 'a', 'aws:username': 'b', 'AWS:TAGKEYS': ['c'] };
    expect(findContextValue(context, 'aws:UserName', 'aws:username')).toBe('a');
    expect(findContextValue(context, 'aws:username', 'aws:username')).toBe('b');
    expect(findContextValue(context, 'aws:TagKeys', 'aws:tagkeys')).toEqual(['c']);
    expect(findContextValue(context, 'aws:userid', 'aws:userid')).toBeUndefined();
    expect(findContextValue(context, 'aws:usernams', 'aws:usernams')).toBeUndefined();
  });

  test('what an object inherits is no value', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(findContextValue({}, key, key.toLowerCase())).toBeUndefined();
    }
  });

  test('what is neither a text nor a list is no value', () => {
    const context = { a: 1, A: 2 } as unknown as Record<string, string>;
    expect(findContextValue(context, 'a', 'a')).toBeUndefined();
  });
});

test.each<[string, number | undefined]>([
  ['0', 0],
  ['007', 7],
  ['9', 9],
  ['123456789012345', 123456789012345],
  ['1234567890123456', 1234567890123456],
  ['100000000000000000000', 1e20],
  ['.55', 0.55],
  ['1e10', 1e10],
  ['1E-3', 0.001],
  ['2.', 2],
  ['+1', 1],
  ['-1', -1],
  ['1e1000', undefined],
  ['1e', undefined],
  ['1/', undefined],
  ['1:', undefined],
  ['/', undefined],
  ['.', undefined],
  [' 1', undefined],
  ['1 ', undefined],
  ['1_0', undefined],
])('as a number, %j is %p', (text, number) => {
  expect(parseNumber(text)).toBe(number);
});
