import { parseArgs, type ParseArgsConfig } from 'node:util';

// What every command of this folder does with its command line.

export interface Command<Options extends object> {
  readonly usage: string;
  /** The options, or what is wrong with them. */
  readonly read: (args: readonly string[]) => Options | string;
  /** Resolves with the exit code. */
  readonly run: (options: Options) => Promise<number>;
}

/** --help answers the usage and exit code 0; an option that is wrong says so before the usage, exit code 2. */
export async function runCommand<Options extends object>({ usage, read, run }: Command<Options>): Promise<void> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    console.log(usage);
    return;
  }
  const options = read(args);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    process.exitCode = 2;
  } else {
    process.exitCode = await run(options);
  }
}

export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/** What `parse` returns, or why it could not: node's parser and the rules of the values throw. */
export function optionsOf<Options extends object>(parse: () => Options): Options | string {
  try {
    return parse();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A whole number without its option: what it is then, and its bounds. */
interface Whole {
  readonly or: number;
  readonly min: number;
  readonly max: number;
}

/** Options that are whole numbers, and --json. Throws what is wrong with them. */
export function wholesAndJson<Name extends string>(
  args: readonly string[],
  wholes: Readonly<Record<Name, Whole>>,
): Record<Name, number> & { readonly json: boolean } {
  const known = Object.entries<Whole>(wholes);
  const texts = known.map(([name, { or }]) => [name, { type: 'string', default: `${or}` }] as const);
  const options: NonNullable<ParseArgsConfig['options']> = {
    ...Object.fromEntries(texts),
    json: { type: 'boolean', default: false },
  };
  const { values } = parseArgs({ args: [...args], options });
  const numbers = known.map(([name, { min, max }]) => [name, whole(name, String(values[name]), min, max)]);
  return { ...(Object.fromEntries(numbers) as Record<Name, number>), json: values['json'] === true };
}

export function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`--${name} must be a whole number from ${min} to ${max}, got ${text}`);
}

/** One of `allowed`. */
export function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  const last = allowed.at(-1) ?? '';
  const others = allowed.slice(0, -1).join(', ');
  throw new RangeError(`--${name} must be ${others === '' ? last : `${others} or ${last}`}, got ${text}`);
}
