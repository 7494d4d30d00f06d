import { generatePassword } from './services/secrets-manager';
import type { SecretDefinition, SecretRecord, SecretStore } from './services/secrets-manager';
import type { Resource, Stacks } from './stacks';
import type { StateDirectory } from './state-directory';
import { isTemplateObject } from './template';
import type { TemplateObject } from './template';

const STATE_FILE = 'secrets.json';

/** The templates' secrets, with the values that AWS would give them when they are made. */
export class Secrets implements SecretStore {
  readonly definitions: SecretDefinition[];

  constructor(
    stacks: Stacks,
    private readonly state: StateDirectory,
  ) {
    this.definitions = stacks
      .ofType('AWS::SecretsManager::Secret')
      .map((resource) => this.#define(stacks, resource));
  }

  /** A secret that no template makes and somebody is about to fill; `secretArn` ends in its name. */
  adopt(secretArn: string): void {
    if (this.definitions.some((known) => known.secretArn === secretArn)) return;
    this.definitions.push({ secretArn, name: secretArn.split(':').slice(6).join(':') });
  }

  read(secretArn: string): SecretRecord {
    return this.#records()[secretArn] ?? {};
  }

  write(secretArn: string, record: SecretRecord): void {
    this.state.write(STATE_FILE, { ...this.#records(), [secretArn]: record });
  }

  /** Puts a value into a secret as a person would, unless it holds it already. */
  put(secretArn: string, secretString: string): void {
    const { current } = this.read(secretArn);
    if (current?.secretString === secretString) return;
    const version = {
      versionId: crypto.randomUUID(),
      secretString,
      createdDateSeconds: Date.now() / 1000,
    };
    this.write(secretArn, {
      current: version,
      ...(current === undefined ? {} : { previous: current }),
    });
  }

  #define(stacks: Stacks, resource: Resource): SecretDefinition {
    const secretArn = stacks.identity(resource).ref;
    const initial = initialValue(stacks.properties(resource));
    if (initial !== undefined && this.read(secretArn).current === undefined)
      this.put(secretArn, initial);
    // Secrets Manager ends the ARN with a hyphen and six characters of its own.
    return { secretArn, name: secretArn.split(':').slice(6).join(':').slice(0, -7) };
  }

  #records(): Readonly<Record<string, SecretRecord>> {
    return (this.state.read(STATE_FILE) ?? {}) as Readonly<Record<string, SecretRecord>>;
  }
}

function initialValue(properties: TemplateObject): string | undefined {
  const { SecretString: given, GenerateSecretString: generate } = properties;
  if (typeof given === 'string') return given;
  if (!isTemplateObject(generate)) return undefined;
  const password = generatePassword(
    Number(generate['PasswordLength'] ?? 32),
    text(generate, 'ExcludeCharacters') ?? '',
    generate['ExcludePunctuation'] === true,
  );
  const template = text(generate, 'SecretStringTemplate');
  const key = text(generate, 'GenerateStringKey');
  if (template === undefined || key === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(template) as Record<string, unknown>), [key]: password });
}

function text(object: TemplateObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
