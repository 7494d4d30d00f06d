import { randomUUID } from 'node:crypto';

import { QueryError } from './query-protocol';
import type { QueryParameters, XmlValue } from './query-protocol';
import type { StackRecord, StackRecords, KeyAndValue } from './stack-records';

/** What CloudFormation asks of the run. */
export interface StackTarget {
  readonly accountId: string;
  readonly region: string;
  /** Makes what the stack describes and serves it; rejects with a message for a person, and nothing of it is served then. */
  deploy(record: StackRecord): Promise<void>;
  /** Takes the stack away. */
  remove(stackName: string): Promise<void>;
  /** Output id -> value, of a stack that was deployed. */
  outputs(stackName: string): ReadonlyMap<string, string>;
  /** The text at an address in the object store; undefined when there is none. */
  readObject(url: string): string | undefined;
}

interface ChangeSet {
  readonly changeSetName: string;
  readonly changeSetId: string;
  readonly record: StackRecord;
  readonly hasChanges: boolean;
}

interface StackEvent {
  readonly eventId: string;
  readonly stackName: string;
  readonly status: string;
  readonly reason?: string;
  readonly time: string;
}

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/**
 * CloudFormation as far as `cdk bootstrap`, `cdk deploy` and `cdk destroy` use it: stacks by change sets.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
 */
export class CloudFormation {
  readonly #changeSets = new Map<string, ChangeSet>();
  /** Stacks of which only a change set is there. */
  readonly #reviewed = new Map<string, StackRecord>();
  #events: readonly StackEvent[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly records: StackRecords,
    private readonly target: StackTarget,
    private readonly now: () => Date,
  ) {}

  /** Throws QueryError. */
  execute(operation: string, parameters: QueryParameters): XmlValue {
    switch (operation) {
      case 'DescribeStacks':
        return this.#describeStacks(parameters.get('StackName'));
      case 'GetTemplate':
        return { TemplateBody: this.#find(parameters).templateBody };
      case 'CreateChangeSet':
        return this.#createChangeSet(parameters);
      case 'DescribeChangeSet':
        return this.#describeChangeSet(parameters);
      case 'ExecuteChangeSet':
        return this.#executeChangeSet(parameters);
      case 'DeleteChangeSet':
        this.#changeSets.delete(changeSetKey(parameters));
        return {};
      case 'DescribeStackEvents':
        return this.#describeEvents(parameters);
      case 'DeleteStack':
        return this.#deleteStack(parameters);
      case 'UpdateTerminationProtection':
        return this.#protect(parameters);
      case 'ListStacks':
        return { StackSummaries: this.records.list().map((record) => this.#summary(record)) };
      default:
        throw new QueryError('InvalidAction', `Could not find operation ${operation}`);
    }
  }

  #describeStacks(name: string | undefined): XmlValue {
    if (name === undefined)
      return { Stacks: this.records.list().map((record) => this.#stack(record)) };
    const stackName = stackNameOf(name);
    const record = this.#known(stackName);
    if (record === undefined)
      throw new QueryError('ValidationError', `Stack with id ${name} does not exist`);
    return { Stacks: [this.#stack(record)] };
  }

  #stack(record: StackRecord): XmlValue {
    const isDeployed = this.records.find(record.stackName) !== undefined;
    const outputs = isDeployed ? [...this.target.outputs(record.stackName)] : [];
    return {
      ...this.#summary(record),
      EnableTerminationProtection: record.isProtected,
      DisableRollback: false,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: record.parameters.map(({ key, value }) => ({
        ParameterKey: key,
        ParameterValue: value,
      })),
      Tags: record.tags.map(({ key, value }) => ({ Key: key, Value: value })),
      Outputs: outputs.map(([key, value]) => ({ OutputKey: key, OutputValue: value })),
    };
  }

  #summary(record: StackRecord): Readonly<Record<string, XmlValue>> {
    return {
      StackId: this.#stackId(record.stackName),
      StackName: record.stackName,
      StackStatus: record.status,
      CreationTime: record.createdAt,
      LastUpdatedTime: record.updatedAt,
    };
  }

  #createChangeSet(parameters: QueryParameters): XmlValue {
    const stackName = stackNameOf(parameters.required('StackName'));
    const before = this.records.find(stackName);
    const record: StackRecord = {
      stackName,
      templateBody: this.#templateBody(parameters, before),
      parameters: parameters.structures('Parameters').map((item) => ({
        key: item.get('ParameterKey') ?? '',
        value: parameterValue(item, before),
      })),
      tags: parameters
        .structures('Tags')
        .map((item) => ({ key: item.get('Key') ?? '', value: item.get('Value') ?? '' })),
      isProtected: before?.isProtected ?? false,
      createdAt: before?.createdAt ?? this.now().toISOString(),
      status: before?.status ?? 'REVIEW_IN_PROGRESS',
    };
    const changeSetName = parameters.required('ChangeSetName');
    const changeSetId = `arn:aws:cloudformation:${this.target.region}:${this.target.accountId}:changeSet/${changeSetName}/${randomUUID()}`;
    const hasChanges = before === undefined || !isSame(before, record);
    const changeSet = { changeSetName, changeSetId, record, hasChanges };
    this.#changeSets.set(JSON.stringify([stackName, changeSetName]), changeSet);
    if (before === undefined) this.#reviewed.set(stackName, record);
    return { Id: changeSetId, StackId: this.#stackId(stackName) };
  }

  #templateBody(parameters: QueryParameters, before: StackRecord | undefined): string {
    const given = parameters.get('TemplateBody');
    if (given !== undefined) return given;
    if (parameters.get('UsePreviousTemplate') === 'true' && before !== undefined)
      return before.templateBody;
    const body = this.target.readObject(parameters.required('TemplateURL'));
    if (body !== undefined) return body;
    throw new QueryError('ValidationError', 'S3 error: The specified key does not exist.');
  }

  #describeChangeSet(parameters: QueryParameters): XmlValue {
    const changeSet = this.#changeSet(parameters);
    const { record, hasChanges, changeSetName, changeSetId } = changeSet;
    const action = this.records.find(record.stackName) === undefined ? 'Add' : 'Modify';
    return {
      ChangeSetName: changeSetName,
      ChangeSetId: changeSetId,
      StackId: this.#stackId(record.stackName),
      StackName: record.stackName,
      CreationTime: this.now().toISOString(),
      ExecutionStatus: hasChanges ? 'AVAILABLE' : 'UNAVAILABLE',
      Status: hasChanges ? 'CREATE_COMPLETE' : 'FAILED',
      StatusReason: hasChanges ? undefined : NO_CHANGES,
      Changes: hasChanges
        ? [
            {
              Type: 'Resource',
              ResourceChange: { Action: action, LogicalResourceId: '*', ResourceType: '*' },
            },
          ]
        : [],
    };
  }

  #executeChangeSet(parameters: QueryParameters): XmlValue {
    const { record, hasChanges } = this.#changeSet(parameters);
    if (!hasChanges) throw new QueryError('InvalidChangeSetStatus', NO_CHANGES);
    this.#changeSets.delete(changeSetKey(parameters));
    const kind = this.records.find(record.stackName) === undefined ? 'CREATE' : 'UPDATE';
    const started = { ...record, status: `${kind}_IN_PROGRESS` };
    this.#reviewed.set(record.stackName, started);
    this.#note(started.stackName, started.status, 'User Initiated');
    this.#running = this.#running.then(() => this.#deploy(record, kind));
    return {};
  }

  async #deploy(record: StackRecord, kind: 'CREATE' | 'UPDATE'): Promise<void> {
    const before = this.records.find(record.stackName);
    const updatedAt = kind === 'UPDATE' ? { updatedAt: this.now().toISOString() } : {};
    try {
      await this.target.deploy({ ...record, ...updatedAt, status: `${kind}_COMPLETE` });
      this.#reviewed.delete(record.stackName);
      this.#note(record.stackName, `${kind}_COMPLETE`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#note(record.stackName, `${kind}_FAILED`, reason);
      const status = kind === 'CREATE' ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE';
      this.#note(record.stackName, status);
      this.#reviewed.delete(record.stackName);
      if (before === undefined) this.#reviewed.set(record.stackName, { ...record, status });
      else this.records.put({ ...before, status });
    }
  }

  #deleteStack(parameters: QueryParameters): XmlValue {
    const stackName = stackNameOf(parameters.required('StackName'));
    this.#reviewed.delete(stackName);
    const record = this.records.find(stackName);
    if (record === undefined) return {};
    if (record.isProtected)
      throw new QueryError(
        'ValidationError',
        `Stack [${stackName}] cannot be deleted while TerminationProtection is enabled`,
      );
    const started = { ...record, status: 'DELETE_IN_PROGRESS' };
    this.#reviewed.set(stackName, started);
    this.#note(stackName, 'DELETE_IN_PROGRESS', 'User Initiated');
    this.#running = this.#running.then(async () => {
      try {
        await this.target.remove(stackName);
        this.#note(stackName, 'DELETE_COMPLETE');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#note(stackName, 'DELETE_FAILED', reason);
        this.records.put({ ...record, status: 'DELETE_FAILED' });
      }
      this.#reviewed.delete(stackName);
    });
    return {};
  }

  #protect(parameters: QueryParameters): XmlValue {
    const record = this.#find(parameters);
    const isProtected = parameters.get('EnableTerminationProtection') === 'true';
    if (this.records.find(record.stackName) !== undefined)
      this.records.put({ ...record, isProtected });
    return { StackId: this.#stackId(record.stackName) };
  }

  #describeEvents(parameters: QueryParameters): XmlValue {
    const stackName = stackNameOf(parameters.required('StackName'));
    const stackId = this.#stackId(stackName);
    return {
      StackEvents: this.#events
        .filter((event) => event.stackName === stackName)
        .map(({ eventId, status, reason, time }) => ({
          EventId: eventId,
          StackId: stackId,
          StackName: stackName,
          LogicalResourceId: stackName,
          PhysicalResourceId: stackId,
          ResourceType: 'AWS::CloudFormation::Stack',
          ResourceStatus: status,
          ResourceStatusReason: reason,
          Timestamp: time,
        })),
    };
  }

  #note(stackName: string, status: string, reason?: string): void {
    const event = {
      eventId: randomUUID(),
      stackName,
      status,
      time: this.now().toISOString(),
      ...(reason === undefined ? {} : { reason }),
    };
    this.#events = [event, ...this.#events].slice(0, 1000);
  }

  #changeSet(parameters: QueryParameters): ChangeSet {
    const found = this.#changeSets.get(changeSetKey(parameters));
    if (found !== undefined) return found;
    const name = parameters.required('ChangeSetName');
    throw new QueryError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
  }

  #find(parameters: QueryParameters): StackRecord {
    const name = parameters.required('StackName');
    const record = this.#known(stackNameOf(name));
    if (record !== undefined) return record;
    throw new QueryError('ValidationError', `Stack with id ${name} does not exist`);
  }

  #known(stackName: string): StackRecord | undefined {
    return this.#reviewed.get(stackName) ?? this.records.find(stackName);
  }

  #stackId(stackName: string): string {
    return `arn:aws:cloudformation:${this.target.region}:${this.target.accountId}:stack/${stackName}/00000000-0000-4000-a000-000000000000`;
  }
}

function changeSetKey(parameters: QueryParameters): string {
  const name = parameters.required('ChangeSetName');
  const changeSetName = name.startsWith('arn:') ? (name.split('/')[1] ?? '') : name;
  return JSON.stringify([stackNameOf(parameters.required('StackName')), changeSetName]);
}

/** A stack is named by its name or by its ARN. */
function stackNameOf(name: string): string {
  return name.startsWith('arn:') ? (name.split('/')[1] ?? '') : name;
}

function parameterValue(
  item: ReadonlyMap<string, string>,
  before: StackRecord | undefined,
): string {
  if (item.get('UsePreviousValue') !== 'true') return item.get('ParameterValue') ?? '';
  const key = item.get('ParameterKey');
  return before?.parameters.find((parameter) => parameter.key === key)?.value ?? '';
}

function isSame(before: StackRecord, after: StackRecord): boolean {
  const sorted = (list: readonly KeyAndValue[]): string =>
    JSON.stringify(list.map(({ key, value }) => [key, value]).sort());
  return (
    before.templateBody === after.templateBody &&
    sorted(before.parameters) === sorted(after.parameters) &&
    sorted(before.tags) === sorted(after.tags)
  );
}
