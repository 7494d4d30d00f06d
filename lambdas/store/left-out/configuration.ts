/** How the SDK says where one of its settings is. */
interface Setting<Value> {
  readonly environmentVariableSelector: (
    variables: NodeJS.ProcessEnv,
    options: { readonly signingName?: string },
  ) => Value | undefined;
  readonly default: Value | (() => Value | Promise<Value>);
}

type Provider<Value> = () => Promise<Value>;

/**
 * Stands for the SDK's search through the files of a developer's machine: in Lambda the environment is all there is. A setting that is
 * there and cannot be read is an error, where the SDK would go on as if it were not there.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function loadConfig<Value>(
  { environmentVariableSelector, default: byDefault }: Setting<Value>,
  options: { readonly signingName?: string } = {},
): Provider<Value> {
  let found: Promise<Value> | undefined;
  const find = async (): Promise<Value> => {
    const value = environmentVariableSelector(process.env, options);
    if (value !== undefined) return value;
    return byDefault instanceof Function ? byDefault() : byDefault;
  };
  return () => (found ??= find());
}

export const SelectorType = { ENV: 'env', CONFIG: 'shared config entry' } as const;

/** undefined where it is not set. Throws where it is neither `true` nor `false`. */
export function booleanSelector(
  values: Readonly<Record<string, string | undefined>>,
  name: string,
  type: string,
): boolean | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Error(`Cannot load ${type} "${name}". Expected "true" or "false", got ${value}.`);
}

function booleanSetting(name: string): Setting<boolean> {
  return {
    environmentVariableSelector: (variables) => booleanSelector(variables, name, SelectorType.ENV),
    default: false,
  };
}

export const REGION_ENV_NAME = 'AWS_REGION';

export const REGION_INI_NAME = 'region';

export const NODE_REGION_CONFIG_OPTIONS: Setting<string> = {
  environmentVariableSelector: (variables) => variables[REGION_ENV_NAME],
  default: () => {
    throw new Error('Region is missing');
  },
};

export const NODE_REGION_CONFIG_FILE_OPTIONS = {};

export const NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS = booleanSetting(
  'AWS_USE_DUALSTACK_ENDPOINT',
);

export const NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS = booleanSetting('AWS_USE_FIPS_ENDPOINT');

/** Of names in files, of which none is read. */
export const CONFIG_PREFIX_SEPARATOR = '.';

const MODES: readonly string[] = ['in-region', 'cross-region', 'mobile', 'standard', 'legacy'];

const DEFAULTS_MODE: Setting<string> = {
  environmentVariableSelector: ({ AWS_DEFAULTS_MODE: mode }) => mode,
  default: 'legacy',
};

/** In Lambda a client is in the region that it calls, unless it is told another. */
export function resolveDefaultsModeConfig({
  region = loadConfig(NODE_REGION_CONFIG_OPTIONS),
  defaultsMode = loadConfig(DEFAULTS_MODE),
}: {
  readonly region?: string | Provider<string>;
  readonly defaultsMode?: string | Provider<string>;
} = {}): Provider<string> {
  let found: Promise<string> | undefined;
  const find = async (): Promise<string> => {
    const mode = (await valueOf(defaultsMode)).toLowerCase();
    if (mode === 'auto') {
      return (await valueOf(region)) === process.env[REGION_ENV_NAME]
        ? 'in-region'
        : 'cross-region';
    }
    if (MODES.includes(mode)) return mode;
    throw new Error(
      `Invalid parameter for "defaultsMode", expect ${MODES.join(', ')}, got ${mode}`,
    );
  };
  return () => (found ??= find());
}

async function valueOf<Value>(given: Value | Provider<Value>): Promise<Value> {
  return given instanceof Function ? given() : given;
}

interface RegionInput {
  readonly region: string | Provider<string>;
  readonly useFipsEndpoint?: boolean | Provider<boolean>;
}

/** A label of a host's name: nothing else may come into it. */
const REGION = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

/** The region by its plain name; `fips-` before it or `-fips` behind it ask for such endpoints, as for the SDK. */
export function resolveRegionConfig<Input extends RegionInput>(
  input: Input,
): Input & { region: Provider<string>; useFipsEndpoint: Provider<boolean> } {
  const { region, useFipsEndpoint } = input;
  if (region === '') throw new Error('Region is missing');
  return Object.assign(input, {
    region: async () => {
      const plain = plainRegion(await valueOf(region));
      if (REGION.test(plain)) return plain;
      throw new Error(`Region not accepted: region="${plain}" is not a valid hostname component.`);
    },
    useFipsEndpoint: async () =>
      isFipsRegion(await valueOf(region)) || (await valueOf(useFipsEndpoint ?? false)),
  });
}

function isFipsRegion(region: string): boolean {
  return region.startsWith('fips-') || region.endsWith('-fips');
}

function plainRegion(region: string): string {
  if (!isFipsRegion(region)) return region;
  return region === 'fips-aws-global' || region === 'aws-fips'
    ? 'us-east-1'
    : region.replace(/fips-(dkr-|prod-)?|-fips/, '');
}

/** Thrown by signers of Signature Version 4A alone. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
}
