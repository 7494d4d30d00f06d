import { readContextFlags } from '../../local/context-flags';

describe('context of the command line', () => {
  test('is text by its name; the last of a name counts, and a value may hold = or nothing', () => {
    expect(readContextFlags(['ttl=2', 'origin=https://a.example/?b=c', 'none=', 'ttl=3'])).toEqual({
      ttl: '3',
      origin: 'https://a.example/?b=c',
      none: '',
    });
    expect(readContextFlags([])).toEqual({});
  });

  test('may have any name, and sets nothing but itself', () => {
    const context = readContextFlags(['__proto__=x', 'constructor=y']);
    expect(JSON.stringify(context)).toBe('{"__proto__":"x","constructor":"y"}');
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
  });

  test.each(['', 'ttl', '=2', '='])('%j is no assignment', (assignment) => {
    expect(() => readContextFlags(['a=b', assignment])).toThrow(
      `--context takes name=value, not ${JSON.stringify(assignment)}`,
    );
  });

  test('may not say what is the CDK’s own, nor what the local run says itself', () => {
    expect(() => readContextFlags(['aws:cdk:bundling-stacks=x'])).toThrow(
      'no names that begin with aws:, but was given aws:cdk:bundling-stacks',
    );
    expect(() => readContextFlags(['sandbox=false'])).toThrow('takes no sandbox');
  });
});
