import {
  GetAccountProperties$,
  PutAccountProperties$,
  SetSecurityTokenServicePreferences$,
  type GetAccountPropertiesRequest,
  type GetAccountPropertiesResponse,
  type PutAccountPropertiesRequest,
  type PutAccountPropertiesResponse,
  type SetSecurityTokenServicePreferencesRequest,
} from '@aws-sdk/client-iam';
import { commit } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { changeAccountStep, onAccount, readCallersAccount } from '../accounts';

const setSecurityTokenServicePreferences: Operation<
  SetSecurityTokenServicePreferencesRequest,
  void
> = {
  name: 'SetSecurityTokenServicePreferences',
  schema: SetSecurityTokenServicePreferences$,
  accessLevel: 'Write',
  route: 'PUT /account/security-token-service-preferences',
  authorization: onAccount('iam:SetSecurityTokenServicePreferences'),
  errors: [],
  run: async ({ GlobalEndpointTokenVersion }, call) => {
    const account = await readCallersAccount(call);
    await commit(call, [changeAccountStep(account, { set: { GlobalEndpointTokenVersion } })]);
  },
};

/** The properties belong to features such as Role Manager; an account in which none is on has none. */
const getAccountProperties: Operation<GetAccountPropertiesRequest, GetAccountPropertiesResponse> = {
  name: 'GetAccountProperties',
  schema: GetAccountProperties$,
  accessLevel: 'Read',
  route: 'GET /account/properties',
  authorization: onAccount('iam:GetAccountProperties'),
  errors: ['InvalidInput'],
  run: () => Promise.resolve({ Properties: {} }),
};

/** Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutAccountProperties.html */
const PROPERTY_NAME = /^[A-Za-z][A-Za-z0-9_-]*\/[A-Za-z0-9_-]+$/;
const MAX_PROPERTY_NAME_LENGTH = 50;
const MAX_PROPERTY_VALUE_LENGTH = 1024;

const putAccountProperties: Operation<PutAccountPropertiesRequest, PutAccountPropertiesResponse> = {
  name: 'PutAccountProperties',
  schema: PutAccountProperties$,
  accessLevel: 'Write',
  route: 'PUT /account/properties',
  authorization: onAccount('iam:PutAccountProperties', {
    conditionKeys: ['iam:AccountPropertyNamespaces'],
    context: (input) => ({
      'iam:AccountPropertyNamespaces': [...namespacesOf(Object.keys(input.Properties))],
    }),
  }),
  errors: ['InvalidInput'],
  run: ({ Properties }) => Promise.reject(refuseProperties(Object.entries(Properties))),
};

/** No feature that has a property exists here: one that were taken would promise what nothing keeps. */
function refuseProperties(properties: readonly (readonly [string, string])[]): IamError {
  const [first] = properties;
  if (first === undefined) {
    return new IamError('InvalidInput', 'At least one property must be specified.');
  }
  for (const [name, value] of properties) {
    if (!PROPERTY_NAME.test(name) || name.length > MAX_PROPERTY_NAME_LENGTH) {
      return new IamError('InvalidInput', `The property name ${name} is not valid.`);
    }
    if (value === '' || value.length > MAX_PROPERTY_VALUE_LENGTH) {
      return new IamError('InvalidInput', `The value of the property ${name} is not valid.`);
    }
  }
  if (namespacesOf(properties.map(([name]) => name)).size > 1) {
    return new IamError('InvalidInput', 'All properties must belong to the same namespace.');
  }
  return new IamError('InvalidInput', `The property ${first[0]} is not supported.`);
}

function namespacesOf(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.split('/', 1)[0] ?? name));
}

export const accountSettingOperations: readonly AnyOperation[] = [
  setSecurityTokenServicePreferences,
  getAccountProperties,
  putAccountProperties,
];
