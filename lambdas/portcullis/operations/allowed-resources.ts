import {
  evaluatePartially,
  type PartialDecision,
  type UndecidedFilter,
} from '../../core/partial-evaluation';
import { TooManyTerms, type ResourceFilter } from '../../core/resource-filter';
import { foldCase } from '../../core/letter-case';
import type { Checked, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import {
  listOf,
  INTEGER,
  operation,
  STRING,
  STRINGS,
  structure,
} from '../../protocol/portcullis-schemas';
import { AccessDecisions, isUntold, UNKNOWN_SUBJECT } from '../access-decisions';
import {
  checkContext,
  readService,
  readSubject,
  serviceOf,
  typeContext,
} from '../access-questions';
import { onServices } from '../services';

/* On which resources somebody may do something: for whoever has to filter a list. */

interface ListInput {
  readonly PrincipalType: string | undefined;
  readonly Principal: string | undefined;
  readonly Action: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly SourceIp?: string | undefined;
  readonly RoleArn?: string | undefined;
  readonly ContextEntries?:
    | readonly {
        readonly ContextKeyName: string | undefined;
        readonly ContextKeyValues: readonly string[] | undefined;
      }[]
    | undefined;
}

/** What matches all of `Resources` and none of `NotResources`. */
interface FilterOutput {
  readonly Resources: readonly string[];
  readonly NotResources: readonly string[];
}

interface UndecidedOutput extends FilterOutput {
  readonly Effect: 'Allow' | 'Deny';
  readonly Statements: readonly {
    readonly PolicyType: string;
    readonly PolicyId?: string | undefined;
    readonly Sid?: string | undefined;
    readonly StatementIndex: number;
    readonly ContextKeyNames: readonly string[];
  }[];
}

interface ListOutput {
  readonly Allowed: readonly FilterOutput[];
  readonly Denied: readonly FilterOutput[];
  readonly Undecided: readonly UndecidedOutput[];
}

const CONTEXT_ENTRY = structure('ContextEntry', {
  ContextKeyName: STRING,
  ContextKeyValues: STRINGS,
});

const FILTER = structure('ResourceFilter', { Resources: STRINGS, NotResources: STRINGS });

const STATEMENT = structure(
  'UndecidedStatement',
  { PolicyType: STRING, StatementIndex: INTEGER, ContextKeyNames: STRINGS },
  { PolicyId: STRING, Sid: STRING },
);

const UNDECIDED = structure('UndecidedFilter', {
  Effect: STRING,
  Resources: STRINGS,
  NotResources: STRINGS,
  Statements: listOf('UndecidedStatements', () => STATEMENT),
});

const listAllowedResources: Operation<ListInput, ListOutput> = {
  name: 'ListAllowedResources',
  schema: operation(
    'ListAllowedResources',
    structure(
      'ListAllowedResourcesRequest',
      { PrincipalType: STRING, Principal: STRING, Action: STRING },
      {
        SessionToken: STRING,
        SourceIp: STRING,
        RoleArn: STRING,
        ContextEntries: listOf('ContextEntries', () => CONTEXT_ENTRY),
      },
    ),
    structure('ListAllowedResourcesResponse', {
      Allowed: listOf('AllowedFilters', () => FILTER),
      Denied: listOf('DeniedFilters', () => FILTER),
      Undecided: listOf('UndecidedFilters', () => UNDECIDED),
    }),
  ),
  accessLevel: 'Read',
  route: 'POST /allowed-resources',
  authorization: onServices('portcullis:ListAllowedResources', ({ Action }) => [serviceOf(Action)]),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const decisions = new AccessDecisions(call);
    const reference = readSubject({
      type: input.PrincipalType,
      id: input.Principal,
      properties: {
        token: input.SessionToken,
        ip_address: input.SourceIp,
        role_arn: input.RoleArn,
      },
    });
    const name = readService(input.Action);
    const [subject, service] = await Promise.all([
      decisions.subject(reference),
      decisions.service(name),
    ]);
    const own = typeContext(readEntries(input, name), input.Action, service.catalogue);
    if (subject === undefined) throw new IamError('NoSuchEntity', UNKNOWN_SUBJECT);
    const { accountId } = call;
    const { principal, policies, context } = subject;
    const request = {
      principal,
      action: input.Action,
      resourceAccount: accountId,
      context: { ...own, ...context, ...decisions.requestKeys(reference) },
      isUnknown: (key: string) => isUntold(subject, key) || isOfResource(key, name),
      scope: [`arn:*:${name}:*:${accountId}:*`, `arn:*:${name}:*::*`],
    };
    try {
      const all = service.policy === undefined ? policies : policies.withResource(service.policy);
      const isForeign = !('arn' in principal) || principal.accountId !== accountId;
      return write(evaluatePartially(request, all, service.catalogue), isForeign);
    } catch (error) {
      if (!(error instanceof TooManyTerms)) throw error;
      throw new IamError('LimitExceeded', 'The policies leave too many patterns to filter by.');
    }
  },
};

function readEntries({ ContextEntries = [] }: Checked<ListInput>, service: string) {
  const entries = ContextEntries.map(({ ContextKeyName, ContextKeyValues }) => ({
    key: ContextKeyName,
    values: ContextKeyValues,
    isList: ContextKeyValues.length !== 1,
  }));
  return checkContext(entries, service);
}

/** What a service may say of a resource or of a request, in lower case. */
function isOfResource(key: string, service: string): boolean {
  return [`${foldCase(service)}:`, 'aws:resourcetag/', 'aws:requesttag/', 'aws:tagkeys'].some(
    (start) => key.startsWith(start),
  );
}

const writeFilter = ({ resources, notResources }: ResourceFilter): FilterOutput => ({
  Resources: resources,
  NotResources: notResources,
});

/** What another account's policies say is that account's to know. */
function write({ allowed, denied, undecided }: PartialDecision, isForeign: boolean): ListOutput {
  const writeUndecided = (filter: UndecidedFilter): UndecidedOutput => ({
    Effect: filter.effect,
    ...writeFilter(filter),
    Statements: isForeign
      ? []
      : filter.because.map(({ policyType, policyId, sid, statement, keys }) => ({
          PolicyType: policyType,
          PolicyId: policyId,
          Sid: sid,
          StatementIndex: statement,
          ContextKeyNames: keys,
        })),
  });
  return {
    Allowed: allowed.map(writeFilter),
    Denied: denied.map(writeFilter),
    Undecided: undecided.map(writeUndecided),
  };
}

export const allowedResourceOperations: readonly AnyOperation[] = [listAllowedResources];
