import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Foundation } from '../foundation';
import type { FoundationOptions } from '../foundation';
import { sendJson } from '../gateway/gateway-server';
import { closeServer, listen } from '../http-server';
import { CloudFormation } from './cloud-formation';
import { DeployedStacks } from './deployed-stacks';
import { ObjectStore } from './object-store';
import { createCloudServer } from './server';
import { StackRecords } from './stack-records';

export interface DeployableRunOptions extends FoundationOptions {
  /** Of the address for AWS_ENDPOINT_URL; 0 takes a free one. */
  readonly cloudPort: number;
}

export interface DeployableRun {
  /** For AWS_ENDPOINT_URL. */
  readonly cloudEndpoint: string;
  /** For AWS_ACCESS_KEY_ID: nobody else may deploy. Any secret will do. */
  readonly accessKeyId: string;
  /** Where the admin API is served once it has been deployed. */
  readonly adminEndpoint: string;
  readonly accountId: string;
  readonly region: string;
  stop(): Promise<void>;
}

/**
 * Starts a machine to which stacks are deployed, by `cdk bootstrap` and `cdk deploy` with AWS_ENDPOINT_URL; what an earlier run was
 * given is served again. Rejects with a message for a person; nothing keeps running then.
 */
export async function startDeployableRun(options: DeployableRunOptions): Promise<DeployableRun> {
  const foundation = new Foundation(options, (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (path !== '/health' || request.method !== 'GET') return false;
    const { isReady } = foundation.servers;
    sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ok' : 'starting' });
    return true;
  });
  try {
    return await start(foundation, options);
  } catch (error) {
    await foundation.stop();
    throw error;
  }
}

async function start(
  foundation: Foundation,
  options: DeployableRunOptions,
): Promise<DeployableRun> {
  await foundation.open();
  await foundation.startDynamoDb();
  const { accountId, region, state, servers, adminPort } = foundation;
  const records = new StackRecords(state);
  const objects = new ObjectStore(objectDirectory(foundation, options.dataDirectory));
  const stacks = new DeployedStacks({
    accountId,
    region,
    records,
    objects,
    createGeneration: (given) => foundation.createGeneration(given, 'skip'),
    onEmpty: () => {
      servers.serve(undefined, new Map());
    },
  });
  foundation.onStop(() => stacks.stop());
  await stacks.resume();
  const accessKeyId = readAccessKeyId(foundation);
  const server = createCloudServer({
    cloudFormation: new CloudFormation(records, stacks, () => new Date()),
    objects,
    accountId,
    region,
    accessKeyId,
    readParameter: (name) => stacks.readParameter(name),
    secretsManager: () => stacks.secretsManager,
  });
  const port = await listen(server, options.cloudPort);
  foundation.onStop(() => closeServer(server));
  return {
    cloudEndpoint: `http://127.0.0.1:${port}`,
    accessKeyId,
    adminEndpoint: `http://127.0.0.1:${adminPort}`,
    accountId,
    region,
    stop: () => foundation.stop(),
  };
}

function objectDirectory(foundation: Foundation, dataDirectory: string | undefined): string {
  if (dataDirectory !== undefined) return join(dataDirectory, 'objects');
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-objects-'));
  foundation.onStop(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

function readAccessKeyId({ state }: Foundation): string {
  const kept = state.read('deployer-access-key.json');
  if (typeof kept === 'string') return kept;
  const made = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
  state.write('deployer-access-key.json', made);
  return made;
}
