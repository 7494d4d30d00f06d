import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

import type { Functions } from './functions';
import { closeServer, listen, readBody } from './http-server';
import { addressOf, isCustomResource, placeOf, stackIdOf } from './stacks';
import type { Resource, Stacks } from './stacks';
import type { StateDirectory } from './state-directory';
import { isTemplateObject, TemplateError } from './template';
import type { TemplateObject, TemplateValue } from './template';

const STATE_FILE = 'custom-resources.json';
/** CloudFormation's limit of an answer. */
const MAXIMUM_ANSWER_BYTES = 4096;
/** How long an answer may come after the function has ended; it was sent by then, unless it is lost. */
const GRACE_MILLISECONDS = 2000;

interface MadeResource {
  readonly physicalResourceId: string;
  readonly resourceType: string;
  readonly serviceToken: string;
  readonly properties: TemplateObject;
  /** What it answered; absent where an older version made it. */
  readonly data?: TemplateObject;
}

/** What is sent to a custom resource whose properties are those that it was made with. */
export type UnchangedResources = 'update' | 'skip';

interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
  readonly physicalResourceId: string;
  readonly data: TemplateObject;
}

/** A custom resource failed or did not answer; the message is its reason. */
export class CustomResourceError extends Error {
  override readonly name = 'CustomResourceError';
}

/**
 * Makes the templates' custom resources as CloudFormation does: Create at first sight, Update afterwards, Delete when one
 * has left the template, each after what it depends on. With `update` an Update is sent also with the same properties,
 * because what lies behind a property (a secret's value) may have changed between two runs.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
 */
export class CustomResources {
  readonly #expected = new Map<string, (body: Buffer) => void>();
  #server: Server | undefined;
  #port = 0;

  constructor(
    private readonly stacks: Stacks,
    private readonly functions: Functions,
    private readonly state: StateDirectory,
    private readonly unchanged: UnchangedResources = 'update',
  ) {}

  /** Makes or updates every custom resource; throws CustomResourceError at the first that fails. */
  async deploy(): Promise<void> {
    this.#server = createServer((request, response) => {
      void this.#receive(request, response);
    });
    this.#port = await listen(this.#server, 0);
    try {
      const ordered = inDependencyOrder(this.stacks);
      for (const resource of ordered) await this.#make(resource);
      await this.#deleteAllBut(new Set(ordered.map(addressOf)));
    } finally {
      await closeServer(this.#server);
    }
  }

  /** Forgets what was made, so that the next deployment creates everything. */
  forget(): void {
    this.state.write(STATE_FILE, {});
  }

  async #make(resource: Resource): Promise<void> {
    const made = this.#made();
    const before = made[addressOf(resource)];
    const properties = this.stacks.properties(resource);
    const serviceToken = properties['ServiceToken'];
    if (typeof serviceToken !== 'string')
      throw new TemplateError(`${placeOf(resource)} has no ServiceToken`);
    if (
      this.unchanged === 'skip' &&
      before?.data !== undefined &&
      isDeepStrictEqual(before.properties, properties)
    ) {
      this.stacks.rememberCustomResource(resource, {
        physicalResourceId: before.physicalResourceId,
        data: before.data,
      });
      return;
    }
    const current = { resourceType: resource.type, serviceToken, properties };
    const answer = await this.#call(placeOf(resource), serviceToken, {
      ...this.#request(resource.logicalId, stackIdOf(resource.stack), resource.type, properties),
      RequestType: before === undefined ? 'Create' : 'Update',
      ...(before === undefined
        ? {}
        : {
            PhysicalResourceId: before.physicalResourceId,
            OldResourceProperties: before.properties,
          }),
    });
    const { physicalResourceId, data } = answer;
    this.state.write(STATE_FILE, {
      ...made,
      [addressOf(resource)]: { ...current, physicalResourceId, data },
    });
    this.stacks.rememberCustomResource(resource, { physicalResourceId, data });
    // An update that answers with another id has replaced the resource, and the old one is deleted.
    if (before !== undefined && before.physicalResourceId !== physicalResourceId) {
      await this.#delete(addressOf(resource), before);
    }
  }

  async #deleteAllBut(addresses: ReadonlySet<string>): Promise<void> {
    for (const [address, made] of Object.entries(this.#made())) {
      if (addresses.has(address)) continue;
      if (this.functions.find(made.serviceToken) !== undefined) await this.#delete(address, made);
      const { [address]: _deleted, ...others } = this.#made();
      this.state.write(STATE_FILE, others);
    }
  }

  async #delete(address: string, made: MadeResource): Promise<void> {
    const [stackName = '', logicalId = ''] = address.split('/');
    const stack = this.stacks.stacks.find((candidate) => candidate.stackName === stackName);
    await this.#call(`stack ${stackName}, resource ${logicalId}`, made.serviceToken, {
      ...this.#request(
        logicalId,
        stack === undefined ? stackName : stackIdOf(stack),
        made.resourceType,
        made.properties,
      ),
      RequestType: 'Delete',
      PhysicalResourceId: made.physicalResourceId,
    });
  }

  #request(
    logicalId: string,
    stackId: string,
    resourceType: string,
    properties: TemplateObject,
  ): TemplateObject {
    return {
      RequestId: randomUUID(),
      StackId: stackId,
      LogicalResourceId: logicalId,
      ResourceType: resourceType,
      ResourceProperties: asText(properties),
    };
  }

  async #call(place: string, serviceToken: string, request: TemplateObject): Promise<Answer> {
    const pool = this.functions.find(serviceToken);
    if (pool === undefined)
      throw new TemplateError(`${place}: ServiceToken ${serviceToken} is no function of this run`);
    const token = randomBytes(24).toString('hex');
    let timer: NodeJS.Timeout | undefined;
    try {
      const body = await new Promise<Buffer>((resolve, reject) => {
        this.#expected.set(token, resolve);
        const event = {
          ...request,
          ResponseURL: `http://127.0.0.1:${this.#port}/${token}`,
          ServiceToken: serviceToken,
        };
        void pool.invoke(JSON.stringify(event)).then((result) => {
          // The answer usually comes before the function has ended.
          if (!this.#expected.has(token)) return;
          const reason = result.ok
            ? 'the function ended without an answer to ResponseURL'
            : `the function failed: ${result.error.errorMessage}`;
          timer = setTimeout(
            () => {
              reject(new CustomResourceError(`${place}: ${reason}`));
            },
            result.ok ? GRACE_MILLISECONDS : 0,
          );
        });
      });
      return accept(place, request, body);
    } finally {
      clearTimeout(timer);
      this.#expected.delete(token);
    }
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const resolve = this.#expected.get((request.url ?? '').slice(1));
    const body = await readBody(request, MAXIMUM_ANSWER_BYTES);
    const statusCode =
      resolve === undefined || request.method !== 'PUT' ? 403 : body === undefined ? 413 : 200;
    response.writeHead(statusCode, { connection: 'close' }).end();
    if (statusCode === 200 && body !== undefined) resolve?.(body);
  }

  #made(): Readonly<Record<string, MadeResource>> {
    return (this.state.read(STATE_FILE) ?? {}) as Readonly<Record<string, MadeResource>>;
  }
}

function accept(place: string, request: TemplateObject, body: Buffer): Answer {
  let parsed: TemplateValue;
  try {
    parsed = JSON.parse(body.toString('utf8')) as TemplateValue;
  } catch {
    throw new CustomResourceError(`${place}: the answer is not JSON`);
  }
  if (!isTemplateObject(parsed))
    throw new CustomResourceError(`${place}: the answer is no JSON object`);
  for (const name of ['StackId', 'RequestId', 'LogicalResourceId']) {
    if (parsed[name] !== request[name]) {
      throw new CustomResourceError(`${place}: the answer's ${name} is not the request's`);
    }
  }
  const {
    Status: status,
    Reason: reason,
    PhysicalResourceId: physicalResourceId,
    Data: data,
  } = parsed;
  if (status === 'FAILED')
    throw new CustomResourceError(
      `${place}: ${typeof reason === 'string' ? reason : 'FAILED without a reason'}`,
    );
  if (status !== 'SUCCESS')
    throw new CustomResourceError(`${place}: the answer's Status is ${JSON.stringify(status)}`);
  if (typeof physicalResourceId !== 'string' || physicalResourceId === '') {
    throw new CustomResourceError(`${place}: the answer has no PhysicalResourceId`);
  }
  return { status, reason: '', physicalResourceId, data: isTemplateObject(data) ? data : {} };
}

/** CloudFormation hands every scalar to the function as text. */
function asText(value: TemplateValue): TemplateValue {
  if (Array.isArray(value)) return (value as readonly TemplateValue[]).map(asText);
  if (isTemplateObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, asText(member)]),
    );
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function inDependencyOrder(stacks: Stacks): readonly Resource[] {
  const ordered: Resource[] = [];
  const finished = new Set<string>();
  const visit = (resource: Resource, path: readonly string[]): void => {
    const address = addressOf(resource);
    if (finished.has(address)) return;
    if (path.includes(address)) {
      throw new TemplateError(
        `resources depend on each other in a circle: ${[...path, address].join(' → ')}`,
      );
    }
    for (const dependency of stacks.dependencies(resource)) visit(dependency, [...path, address]);
    finished.add(address);
    if (isCustomResource(resource)) ordered.push(resource);
  };
  for (const resource of stacks.resources.filter(isCustomResource)) visit(resource, []);
  return ordered;
}
