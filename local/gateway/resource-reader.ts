import { placeOf } from '../stacks';
import type { Resource, Stacks } from '../stacks';
import { isTemplateObject, TemplateError } from '../template';
import type { TemplateObject, TemplateValue } from '../template';
import { matchesGlob } from './glob';

/** Reads resolved properties of resources in the form that they must have; throws TemplateError for any other. */
export class ResourceReader {
  constructor(protected readonly stacks: Stacks) {}

  protected object(resource: Resource, name: string): TemplateObject {
    const value = this.stacks.property(resource, name) ?? {};
    if (isTemplateObject(value)) return value;
    throw new TemplateError(`${placeOf(resource)}: ${name} is no map`);
  }

  protected texts(resource: Resource, name: string): readonly string[] {
    const value = this.stacks.property(resource, name) ?? [];
    return Array.isArray(value) ? value.map(String) : [];
  }

  protected text(resource: Resource, name: string): string | undefined {
    const value = this.stacks.property(resource, name);
    return value === undefined ? undefined : textOf(value, `${placeOf(resource)}: ${name}`);
  }

  protected requiredText(resource: Resource, name: string): string {
    const value = this.text(resource, name);
    if (value === undefined) throw new TemplateError(`${placeOf(resource)} has no ${name}`);
    return value;
  }

  /** Whether a role is assumed for the call, or the function's own policy lets this API call it. */
  protected isPermitted(
    functionArn: string,
    sourceArn: string,
    credentials: TemplateValue | undefined,
  ): boolean {
    if (credentials !== undefined) return true;
    return this.stacks.ofType('AWS::Lambda::Permission').some((permission) => {
      const name = this.requiredText(permission, 'FunctionName');
      const pattern = this.text(permission, 'SourceArn') ?? '*';
      return (
        (name === functionArn || name === functionArn.split(':')[6]) &&
        this.text(permission, 'Principal') === 'apigateway.amazonaws.com' &&
        ['lambda:InvokeFunction', 'lambda:*', '*'].includes(
          this.text(permission, 'Action') ?? '',
        ) &&
        matchesGlob(pattern, sourceArn)
      );
    });
  }
}

/** A map whose values are scalars, as text. */
export function textsOf(value: TemplateObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, textOf(member, name)]),
  );
}

/** The function in `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`. */
export function functionArnOf(uri: TemplateValue | undefined, resource: Resource): string {
  const [, rest] = typeof uri === 'string' ? uri.split(':lambda:path/2015-03-31/functions/') : [];
  if (rest?.endsWith('/invocations') === true) return rest.slice(0, -'/invocations'.length);
  throw new TemplateError(`${placeOf(resource)}: its URI names no Lambda function`);
}

function textOf(value: TemplateValue, place: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${place} is no scalar`);
}
