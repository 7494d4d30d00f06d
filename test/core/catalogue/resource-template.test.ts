import fc from 'fast-check';
import {
  CatalogueRefused,
  fillResourceTemplate,
  MAX_RESOURCE_LENGTH,
  parseResourceTemplate,
} from '../../../lambdas/core/catalogue/resource-template';
import { readPathParameter } from '../../../lambdas/core/catalogue/route-path';

const scope = { Partition: 'aws', Region: 'eu-west-1', Account: '123456789012' };

function parameters(...names: string[]): Map<string, { isGreedy: boolean }> {
  return new Map(
    names.map((name) => [name.replace('+', ''), { isGreedy: name.endsWith('+') }] as const),
  );
}

function fill(template: string, values: Record<string, string>): string | undefined {
  const parsed = parseResourceTemplate(template, parameters(...Object.keys(values)));
  return fillResourceTemplate(parsed, scope, new Map(Object.entries(values)));
}

describe('a resource template', () => {
  test('takes path parameters and the names of its surroundings', () => {
    expect(
      fill('arn:${Partition}:orders:${Region}:${Account}:order/{orderId}', { orderId: '42' }),
    ).toBe('arn:aws:orders:eu-west-1:123456789012:order/42');
  });

  test('may be a lone star, for an action without a resource type', () => {
    expect(fill('*', {})).toBe('*');
  });

  test('is filled once: a value that looks like a placeholder stays what it is', () => {
    const template = 'arn:aws:orders:::order/{a}/{b}';
    expect(fill(template, { a: '{b}', b: '${Account}' })).toBe(
      'arn:aws:orders:::order/{b}/${Account}',
    );
  });

  test('has no resource where a parameter is missing', () => {
    const template = parseResourceTemplate('arn:aws:orders:::order/{id}', parameters('id'));
    expect(fillResourceTemplate(template, scope, new Map())).toBeUndefined();
  });

  test('lets a colon through where only slashes separate, and not where colons do', () => {
    expect(fill('arn:aws:orders:::order/{id}', { id: 'urn:7' })).toBe(
      'arn:aws:orders:::order/urn:7',
    );
    expect(fill('arn:aws:orders:::order:{id}', { id: 'urn:7' })).toBeUndefined();
  });

  test('has no resource that is longer than a method ARN may be', () => {
    const id = 'x'.repeat(MAX_RESOURCE_LENGTH);
    expect(fill('arn:aws:orders:::order/{id}', { id })).toBeUndefined();
  });

  test.each([
    ['arn:aws:orders:::order/*', 'character'],
    ['arn:aws:orders:::order/?', 'character'],
    ['arn:aws:orders:::order/$', 'character'],
    ['arn:aws:orders:::order/{id', 'never closed'],
    ['arn:aws:orders:::order/id}', 'character'],
    ['arn:aws:orders:::order/{other}', 'its path has not'],
    ['arn:aws:orders:::order/${aws:username}', 'known are'],
    ['arn:aws:orders:::order/{id}/{id}', 'twice'],
    ['arn:aws:orders:::order/{id}{second}', 'between'],
    ['arn:aws:orders:::order/{id}-{second}', 'between'],
    ['arn:aws:orders:::order/{rest}/{id}', 'goes on after'],
    ['arn:aws:{id}:::order/1', 'nor an ARN'],
    ['arn:aws:orders:{id}::order/1', 'nor an ARN'],
    ['arn:aws:orders::{id}:order/1', 'nor an ARN'],
    ['arn:aws:orders::12345:order/1', 'nor an ARN'],
    ['arn:aws:orders:::', 'nor an ARN'],
    ['arn:aws:orders::order/1', 'nor an ARN'],
    ['orders/1', 'nor an ARN'],
    ['', 'nor an ARN'],
    [`arn:aws:orders:::${'x'.repeat(2000)}`, 'at most'],
  ])('refuses %s', (text, reason) => {
    const parse = (): unknown => parseResourceTemplate(text, parameters('id', 'second', 'rest+'));
    expect(parse).toThrow(CatalogueRefused);
    expect(parse).toThrow(reason);
  });

  test('never makes one ARN of two different lists of values', () => {
    const template = parseResourceTemplate(
      'arn:aws:orders:::customer/{a}/order/o-{b}',
      parameters('a', 'b'),
    );
    const value = fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('a', 'b', '/', ':', '%', '-', '2', 'F', 'o', '.'),
    });
    const read = (a: string, b: string): string | undefined => {
      const [first, second] = [readPathParameter(a, false), readPathParameter(b, false)];
      return first === undefined || second === undefined
        ? undefined
        : fillResourceTemplate(
            template,
            scope,
            new Map([
              ['a', first],
              ['b', second],
            ]),
          );
    };
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const [left, right] = [read(a, b), read(c, d)];
        if (left === undefined || left !== right) return;
        expect([decodeURIComponent(a), decodeURIComponent(b)]).toEqual([
          decodeURIComponent(c),
          decodeURIComponent(d),
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});
