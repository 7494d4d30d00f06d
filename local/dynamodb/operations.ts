import batchGetItem from 'dynalite/actions/batchGetItem';
import batchWriteItem from 'dynalite/actions/batchWriteItem';
import createTable from 'dynalite/actions/createTable';
import deleteItem from 'dynalite/actions/deleteItem';
import deleteTable from 'dynalite/actions/deleteTable';
import describeTable from 'dynalite/actions/describeTable';
import getItem from 'dynalite/actions/getItem';
import listTables from 'dynalite/actions/listTables';
import listTagsOfResource from 'dynalite/actions/listTagsOfResource';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import tagResource from 'dynalite/actions/tagResource';
import untagResource from 'dynalite/actions/untagResource';
import updateItem from 'dynalite/actions/updateItem';
import updateTable from 'dynalite/actions/updateTable';
import type { DynaliteStore } from 'dynalite/db';
import { checkTypes, checkValidations } from 'dynalite/validations';
import type { Custom, Types } from 'dynalite/validations';
import * as batchGetItemInput from 'dynalite/validations/batchGetItem';
import * as batchWriteItemInput from 'dynalite/validations/batchWriteItem';
import * as createTableInput from 'dynalite/validations/createTable';
import * as deleteItemInput from 'dynalite/validations/deleteItem';
import * as deleteTableInput from 'dynalite/validations/deleteTable';
import * as describeTableInput from 'dynalite/validations/describeTable';
import * as getItemInput from 'dynalite/validations/getItem';
import * as listTablesInput from 'dynalite/validations/listTables';
import * as listTagsOfResourceInput from 'dynalite/validations/listTagsOfResource';
import * as putItemInput from 'dynalite/validations/putItem';
import * as queryInput from 'dynalite/validations/query';
import * as scanInput from 'dynalite/validations/scan';
import * as tagResourceInput from 'dynalite/validations/tagResource';
import * as untagResourceInput from 'dynalite/validations/untagResource';
import * as updateItemInput from 'dynalite/validations/updateItem';
import * as updateTableInput from 'dynalite/validations/updateTable';
import { toServiceError } from './service-error';

export type Json = Record<string, unknown>;

interface Operation {
  readonly action: typeof getItem;
  readonly input: { readonly types: Types; readonly custom: Custom | undefined };
  /** `items` are staged and applied in one batch; `tables` write as they go. */
  readonly writes: 'nothing' | 'items' | 'tables';
}

/** The operations that dynalite has. */
export const OPERATIONS = {
  BatchGetItem: { action: batchGetItem, input: batchGetItemInput, writes: 'nothing' },
  BatchWriteItem: { action: batchWriteItem, input: batchWriteItemInput, writes: 'items' },
  CreateTable: { action: createTable, input: createTableInput, writes: 'tables' },
  DeleteItem: { action: deleteItem, input: deleteItemInput, writes: 'items' },
  DeleteTable: { action: deleteTable, input: deleteTableInput, writes: 'tables' },
  DescribeTable: { action: describeTable, input: describeTableInput, writes: 'nothing' },
  GetItem: { action: getItem, input: getItemInput, writes: 'nothing' },
  ListTables: { action: listTables, input: listTablesInput, writes: 'nothing' },
  ListTagsOfResource: {
    action: listTagsOfResource,
    input: listTagsOfResourceInput,
    writes: 'nothing',
  },
  PutItem: { action: putItem, input: putItemInput, writes: 'items' },
  Query: { action: query, input: queryInput, writes: 'nothing' },
  Scan: { action: scan, input: scanInput, writes: 'nothing' },
  TagResource: { action: tagResource, input: tagResourceInput, writes: 'tables' },
  UntagResource: { action: untagResource, input: untagResourceInput, writes: 'tables' },
  UpdateItem: { action: updateItem, input: updateItemInput, writes: 'items' },
  UpdateTable: { action: updateTable, input: updateTableInput, writes: 'tables' },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

/** The input as its action wants it: nothing unknown in it, expressions parsed. */
export function validateInput(name: OperationName, input: Json, store: DynaliteStore): Json {
  const { types, custom } = OPERATIONS[name].input;
  try {
    const data = checkTypes(structuredClone(input), types);
    checkValidations(data, types, custom, store);
    return data;
  } catch (error) {
    throw toServiceError(error);
  }
}

/** Runs an action on input that {@link validateInput} returned. */
export function runAction(name: OperationName, data: Json, store: DynaliteStore): Promise<Json> {
  return new Promise((resolve, reject) => {
    OPERATIONS[name].action(store, data, (error, output = {}) => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is one, or what was thrown
      if (error) reject(toServiceError(error));
      else resolve(output);
    });
  });
}
