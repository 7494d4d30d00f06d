import { readFileSync } from 'node:fs';
import path from 'node:path';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { DOCUMENTS, REMARKS } from '../../scripts/documents';

test.each(Object.entries(DOCUMENTS))('%s is what `npm run docs` makes', (file, write) => {
  expect(readFileSync(path.join(__dirname, '..', '..', file), 'utf8')).toBe(write());
});

test('a remark is on an operation that there is', () => {
  const names = IAM_OPERATIONS.operations.map(({ name }) => name);
  expect(Object.keys(REMARKS).filter((name) => !names.includes(name))).toEqual([]);
});
