import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/* A read that is not consistent may tell what was so a second ago: a key that was deleted, a policy that was detached. */

const ROOM = path.join(__dirname, '..', '..', 'lambdas');

/** An issuer's public documents: they decide nothing here. */
const MAY_BE_STALE = ['issuer/issuer-documents.ts'];

const files = readdirSync(ROOM, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('store/'),
);

/** Every way in which files say how a read is to be: `consistent: true`, with the file. */
const said = files.flatMap((file) => {
  const text = readFileSync(path.join(ROOM, file), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
  return [...text.matchAll(/\bconsistent\b(?:: *[\w.]+)?/g)].map(([words]) => ({ file, words }));
});

test('nothing that decides or administers reads but consistently', () => {
  const others = said.filter(
    ({ words }) =>
      // The type of an option, and its value passed on.
      !['consistent: true', 'consistent: boolean', 'consistent: options.consistent'].includes(
        words,
      ),
  );
  // `options.consistent` itself.
  const odd = others.filter(({ words }) => words !== 'consistent');
  expect(odd).toEqual(MAY_BE_STALE.map((file) => ({ file, words: 'consistent: false' })));
});

test('there are such reads in every room that reads the store', () => {
  const rooms = new Set(said.map(({ file }) => file.split('/')[0]));
  expect(rooms).toEqual(
    new Set([...rooms, 'authorizer', 'iam', 'identity', 'operations', 'sign-in']),
  );
});
