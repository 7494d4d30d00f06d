import { parse } from 'yaml';

import type { SynthesizedStack } from '../assembly';
import type { StateDirectory } from '../state-directory';
import { TemplateError } from '../template';
import type { Template, TemplateValue } from '../template';
import type { ObjectStore } from './object-store';

const STATE_FILE = 'cloud-formation.json';

export interface KeyAndValue {
  readonly key: string;
  readonly value: string;
}

/** A stack as it was deployed last. */
export interface StackRecord {
  readonly stackName: string;
  readonly templateBody: string;
  readonly parameters: readonly KeyAndValue[];
  readonly tags: readonly KeyAndValue[];
  readonly isProtected: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt?: string;
  /** Which deployment of all made it last: imports follow what they import. */
  readonly status: string;
}

/** The deployed stacks, kept in the data folder. */
export class StackRecords {
  constructor(private readonly state: StateDirectory) {}

  list(): readonly StackRecord[] {
    return Object.values(this.#read());
  }

  find(stackName: string): StackRecord | undefined {
    const records = this.#read();
    return Object.hasOwn(records, stackName) ? records[stackName] : undefined;
  }

  put(record: StackRecord): void {
    this.state.write(STATE_FILE, { ...this.#read(), [record.stackName]: record });
  }

  delete(stackName: string): void {
    const { [stackName]: _deleted, ...others } = this.#read();
    this.state.write(STATE_FILE, others);
  }

  #read(): Readonly<Record<string, StackRecord>> {
    return (this.state.read(STATE_FILE) ?? {}) as Readonly<Record<string, StackRecord>>;
  }
}

/** The stack as if it had just been synthesized: its parameters have their values, its code is where the bundles are. */
export function synthesizedStackOf(
  record: Pick<StackRecord, 'stackName' | 'templateBody' | 'parameters'>,
  environment: { readonly accountId: string; readonly region: string },
  objects: ObjectStore,
): SynthesizedStack {
  const template = parseTemplate(record.templateBody);
  const given = new Map(record.parameters.map(({ key, value }) => [key, value]));
  const parameters = Object.entries(template.Parameters ?? {}).map(([name, definition]) => {
    const value = given.get(name) ?? definition.Default;
    return [
      name,
      { ...definition, ...(value === undefined ? {} : { Default: typed(definition.Type, value) }) },
    ] as const;
  });
  const stack = { ...environment, stackName: record.stackName };
  const assetPaths = new Map<string, string>();
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const code = Properties?.['Code'] as { S3Bucket?: unknown; S3Key?: unknown } | undefined;
    if (typeof code?.S3Key !== 'string') continue;
    const folder = objects.unzipped(bucketOf(code.S3Bucket, environment), code.S3Key);
    if (folder === undefined)
      throw new TemplateError(`stack ${record.stackName}: the code ${code.S3Key} was not uploaded`);
    assetPaths.set(code.S3Key, folder);
  }
  return {
    ...stack,
    template: { ...template, Parameters: Object.fromEntries(parameters) },
    assetPaths,
  };
}

/** A template in JSON, as the CDK writes those of apps, or in YAML, as it sends that of its bootstrap stack. Throws TemplateError. */
export function parseTemplate(templateBody: string): Template {
  let template: unknown;
  try {
    template = templateBody.trimStart().startsWith('{')
      ? (JSON.parse(templateBody) as unknown)
      : parse(templateBody, { maxAliasCount: 0 });
  } catch {
    throw new TemplateError('the template is neither JSON nor YAML');
  }
  if (typeof template === 'object' && template !== null && 'Resources' in template)
    return template as Template;
  throw new TemplateError('the template has no Resources');
}

function bucketOf(
  bucket: unknown,
  environment: { readonly accountId: string; readonly region: string },
): string {
  const substituted = (bucket as Readonly<Record<string, unknown>> | undefined)?.['Fn::Sub'];
  const name = typeof bucket === 'string' ? bucket : substituted;
  if (typeof name !== 'string') throw new TemplateError('the bucket of an asset has no name');
  return name
    .replaceAll('${AWS::AccountId}', environment.accountId)
    .replaceAll('${AWS::Region}', environment.region)
    .replaceAll('${AWS::Partition}', 'aws');
}

function typed(type: string, value: TemplateValue): TemplateValue {
  if (typeof value !== 'string') return value;
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  return isList ? value.split(',').map((item) => item.trim()) : value;
}
