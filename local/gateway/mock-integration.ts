import { isTemplateObject, TemplateError } from '../template';
import type { TemplateObject, TemplateValue } from '../template';
import type { Integration } from './rest-api';

/**
 * A MOCK integration that answers constants, as CORS preflight methods do: literal headers and the first response's template
 * without variables. Throws TemplateError for one that computes its answer.
 */
export function readMockIntegration(integration: TemplateObject, place: string): Integration {
  const responses = integration['IntegrationResponses'];
  const response = Array.isArray(responses) ? (responses as readonly unknown[])[0] : undefined;
  if (!isRecord(response))
    throw new TemplateError(`${place}: its MOCK integration has no response`);
  const templates = record(response['ResponseTemplates']);
  const body = text(Object.values(templates)[0] ?? '', place);
  if (/[$#][a-z!{]/i.test(body)) {
    throw new TemplateError(
      `${place}: a MOCK integration with a computed body is not supported locally`,
    );
  }
  return {
    type: 'MOCK',
    statusCode: Number(response['StatusCode'] ?? 200),
    headers: Object.fromEntries(
      Object.entries(record(response['ResponseParameters'])).map(([name, value]) => [
        name.replace(/^method\.response\.header\./, ''),
        literal(text(value, place), place),
      ]),
    ),
    body,
  };
}

function text(value: TemplateValue, place: string): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(
    `${place}: its MOCK integration holds ${JSON.stringify(value)} for a string`,
  );
}

function literal(value: string, place: string): string {
  if (value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1);
  throw new TemplateError(
    `${place}: its MOCK integration maps ${value}, which is not supported locally`,
  );
}

function isRecord(value: unknown): value is TemplateObject {
  return isTemplateObject(value as TemplateObject | undefined);
}

function record(value: unknown): TemplateObject {
  return isRecord(value) ? value : {};
}
