import { Stacks } from '../stacks';
import { isTemplateObject } from '../template';
import { outputsOf } from '../generation';
import type { Generation } from '../generation';
import type { JsonService } from '../services/json-service';
import type { StackTarget } from './cloud-formation';
import type { ObjectStore } from './object-store';
import { parseTemplate, synthesizedStackOf } from './stack-records';
import type { StackRecord, StackRecords } from './stack-records';

export interface DeployedStacksOptions {
  readonly accountId: string;
  readonly region: string;
  readonly records: StackRecords;
  readonly objects: ObjectStore;
  /** Everything that these templates make; not started. */
  readonly createGeneration: (stacks: Stacks) => Generation;
  /** No stack is left that makes anything. */
  readonly onEmpty: () => void;
}

/**
 * The stacks that were deployed to this machine, served together. Every change makes everything anew beside what is served,
 * and takes its place only when all of it has been made.
 */
export class DeployedStacks implements StackTarget {
  readonly accountId: string;
  readonly region: string;
  #generation: Generation | undefined;

  constructor(private readonly options: DeployedStacksOptions) {
    this.accountId = options.accountId;
    this.region = options.region;
  }

  /** Serves what an earlier run deployed. */
  async resume(): Promise<void> {
    await this.#apply(this.options.records.list());
  }

  async deploy(record: StackRecord): Promise<void> {
    const { records } = this.options;
    const others = records.list().filter(({ stackName }) => stackName !== record.stackName);
    await this.#apply([...others, record]);
    records.put(record);
  }

  async remove(stackName: string): Promise<void> {
    const { records } = this.options;
    await this.#apply(records.list().filter((record) => record.stackName !== stackName));
    records.delete(stackName);
  }

  /** The secrets of what is deployed; undefined while nothing is. */
  get secretsManager(): JsonService | undefined {
    return this.#generation?.secretsManager;
  }

  outputs(stackName: string): ReadonlyMap<string, string> {
    const toolkit = this.#toolkit();
    return toolkit !== undefined && toolkit.stacks.some((stack) => stack.stackName === stackName)
      ? outputsOf(toolkit, stackName)
      : (this.#generation?.outputs(stackName) ?? new Map<string, string>());
  }

  /** Bucket and key are the last parts of the address's path; the bucket may be in front of its host. */
  readObject(url: string): string | undefined {
    const { hostname, pathname } = new URL(url);
    const [first = '', ...rest] = pathname.slice(1).split('/').map(decodeURIComponent);
    const { objects } = this.options;
    const byPath = objects.read(first, rest.join('/'));
    const byHost = objects.read(hostname.split('.')[0] ?? '', [first, ...rest].join('/'));
    return (byPath ?? byHost)?.toString('utf8');
  }

  /** The value of an SSM parameter that a bootstrap stack made. */
  readParameter(name: string): string | undefined {
    const toolkit = this.#toolkit();
    for (const resource of toolkit?.ofType('AWS::SSM::Parameter') ?? []) {
      if (toolkit?.property(resource, 'Name') !== name) continue;
      const value = toolkit.property(resource, 'Value');
      return typeof value === 'string' ? value : undefined;
    }
    return undefined;
  }

  async stop(): Promise<void> {
    await this.#generation?.stop();
  }

  async #apply(records: readonly StackRecord[]): Promise<void> {
    const apps = records.filter((record) => !isToolkit(record));
    const before = this.#generation;
    if (apps.length === 0) {
      this.options.onEmpty();
      this.#generation = undefined;
    } else {
      const generation = this.options.createGeneration(this.#stacksOf(apps));
      try {
        await generation.start();
      } catch (error) {
        await generation.stop();
        throw error;
      }
      this.#generation = generation;
    }
    if (before !== this.#generation) await before?.stop();
  }

  #stacksOf(records: readonly StackRecord[]): Stacks {
    const { accountId, region, objects } = this.options;
    return new Stacks(
      records.map((record) => synthesizedStackOf(record, { accountId, region }, objects)),
    );
  }

  #toolkit(): Stacks | undefined {
    const records = this.options.records.list().filter(isToolkit);
    return records.length === 0 ? undefined : this.#stacksOf(records);
  }
}

/** The CDK's own stack makes what this machine has anyway: a place for files, and roles that nobody checks here. */
function isToolkit({ templateBody }: StackRecord): boolean {
  const version = parseTemplate(templateBody).Resources['CdkBootstrapVersion'];
  return isTemplateObject(version as never) && version?.Type === 'AWS::SSM::Parameter';
}
