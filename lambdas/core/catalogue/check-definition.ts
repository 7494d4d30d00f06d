import { parseArn } from '../arn';
import type { Finding } from '../finding';
import { foldCase } from '../letter-case';
import { isReservedService } from './reserved-services';
import type { ServiceDefinition } from './service-definition';

/** Keys of AWS that a service sets for its own resources and requests. */
const SERVICE_SET_KEYS = ['aws:resourcetag/', 'aws:requesttag/', 'aws:tagkeys'];

/** What is wrong with a definition that a team wrote; a catalogue is only made from definitions without errors. */
export function checkServiceDefinition(definition: ServiceDefinition): readonly Finding[] {
  const findings: Finding[] = [];
  const report = (code: string, path: Finding['path'], message: string) => {
    findings.push({ code, path, message, severity: 'error' });
  };
  const { service } = definition;
  if (!/^[A-Za-z0-9-]{1,64}$/.test(service)) {
    report('INVALID_SERVICE', ['service'], `\`${service}\` is no service prefix`);
  }
  if (isReservedService(service)) {
    report('RESERVED_SERVICE', ['service'], `the prefix \`${service}\` is taken`);
  }
  checkActions(definition, report);
  checkResourceTypes(definition, report);
  checkConditionKeys(definition, report);
  return findings;
}

type Report = (code: string, path: Finding['path'], message: string) => void;

function checkActions({ actions, resourceTypes }: ServiceDefinition, report: Report): void {
  const names = new Set<string>();
  for (const [index, action] of actions.entries()) {
    const path = ['actions', index];
    if (!/^[A-Za-z0-9]{1,128}$/.test(action.name)) {
      report('INVALID_ACTION', [...path, 'name'], `\`${action.name}\` is no name of an action`);
    }
    if (names.has(foldCase(action.name))) {
      report('DUPLICATE_ACTION', [...path, 'name'], `the action \`${action.name}\` stands twice`);
    }
    names.add(foldCase(action.name));
    for (const name of action.resourceTypes) {
      if (resourceTypes.some((type) => type.name === name)) continue;
      const message = `there is no resource type \`${name}\``;
      report('UNKNOWN_RESOURCE_TYPE', [...path, 'resourceTypes'], message);
    }
  }
}

function checkResourceTypes({ service, resourceTypes }: ServiceDefinition, report: Report): void {
  const names = new Set<string>();
  for (const [index, { name, arn }] of resourceTypes.entries()) {
    const path = ['resourceTypes', index];
    if (names.has(name)) {
      report('DUPLICATE_RESOURCE_TYPE', [...path, 'name'], `the type \`${name}\` stands twice`);
    }
    names.add(name);
    if (parseArn(arn)?.service !== service) {
      const message = `\`${arn}\` is no ARN of the service \`${service}\``;
      report('INVALID_ARN', [...path, 'arn'], message);
    }
  }
}

function checkConditionKeys({ service, conditionKeys }: ServiceDefinition, report: Report): void {
  const names = new Set<string>();
  for (const [index, { name }] of conditionKeys.entries()) {
    const path = ['conditionKeys', index, 'name'];
    const folded = foldCase(name);
    if (names.has(folded)) {
      report('DUPLICATE_CONDITION_KEY', path, `the key \`${name}\` stands twice`);
    }
    names.add(folded);
    const isOwn = folded.startsWith(`${foldCase(service)}:`);
    if (!isOwn && !SERVICE_SET_KEYS.some((start) => folded.startsWith(start))) {
      report('FOREIGN_CONDITION_KEY', path, `the key \`${name}\` is not the service's to set`);
    }
  }
}
