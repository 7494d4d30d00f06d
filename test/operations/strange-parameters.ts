import fc from 'fast-check';
import type { Shape } from '../../lambdas/protocol/schema';
import { ACCOUNT } from './deployment';

const STRANGE = [
  '',
  ' ',
  '*',
  '#',
  '%23',
  '__proto__',
  'constructor',
  '\u0000',
  '\u0001\u001f',
  '\ufffe',
  '\u2028',
  'ſ\u212A',
  '😀',
  '../..',
  '<a>&"\'',
  'x'.repeat(129),
  'x'.repeat(3000),
  `/${'x'.repeat(600)}/`,
  `arn:aws:iam::${ACCOUNT}:policy/${'x'.repeat(1500)}`,
  `arn:aws:iam::${ACCOUNT}:policy/`,
  `arn:aws:iam::${ACCOUNT}:policy/x/`,
  `arn:aws:iam::${ACCOUNT}:policy/#%23`,
  `arn:aws:iam::999999999999:policy/policy-3`,
  'arn:aws:iam::aws:policy/none',
  'arn:aws-cn:iam::aws:policy/AdministratorAccess',
  'arn:aws:iam::aws:policy/AdministratorAccess',
  'arn:::::',
  'v0',
  'v99999999999999999999',
  '-1',
  '1e3',
  '2147483648',
  '0x10',
  'true',
  '{"Version":"2012-10-17"}',
  '[]',
  'null',
  '"'.repeat(5000),
  '{'.repeat(100_000),
] as const;

/** Parameters of any operation: its own members, each with one of nine texts that are `known`, something strange, or nothing. */
export function parametersOf(
  shape: Shape,
  name: string,
  known: () => readonly string[],
): fc.Arbitrary<string[]> {
  switch (shape.kind) {
    case 'structure':
      return fc
        .tuple(
          ...shape
            .members()
            .map((member) =>
              parametersOf(
                member.shape,
                name === '' ? member.name : `${name}.${member.name}`,
                known,
              ),
            ),
        )
        .map((parts) => parts.flat());
    case 'list':
      return parametersOf(shape.element(), `${name}.member.1`, known);
    case 'map':
      return fc
        .tuple(
          parametersOf({ kind: 'string', sensitive: false }, `${name}.entry.1.key`, known),
          parametersOf(shape.value(), `${name}.entry.1.value`, known),
        )
        .map((parts) => parts.flat());
    case 'string':
    case 'integer':
    case 'boolean':
    case 'blob':
    case 'document':
    case 'timestamp':
      return fc
        .oneof(
          { weight: 3, arbitrary: fc.nat(8).map((index) => known()[index] ?? '') },
          { weight: 4, arbitrary: fc.constantFrom(...STRANGE) },
          { weight: 1, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
        )
        .map((value) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  }
}
