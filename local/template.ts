/** What a synthesized CloudFormation template is made of, as JSON. */
export type TemplateValue =
  | null
  | boolean
  | number
  | string
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

export type TemplateObject = Readonly<Record<string, TemplateValue>>;

export interface ResourceDefinition {
  readonly Type: string;
  readonly Properties?: TemplateObject;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface OutputDefinition {
  readonly Value: TemplateValue;
  readonly Export?: { readonly Name: TemplateValue };
  readonly Condition?: string;
}

export interface ParameterDefinition {
  readonly Type: string;
  readonly Default?: TemplateValue;
}

export interface Template {
  readonly Parameters?: Readonly<Record<string, ParameterDefinition>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, TemplateObject>>>>;
  readonly Conditions?: TemplateObject;
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Outputs?: Readonly<Record<string, OutputDefinition>>;
}

/** The template asks for something that this machine cannot give; the message names the stack and the logical id. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export function isTemplateObject(value: TemplateValue | undefined): value is TemplateObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
