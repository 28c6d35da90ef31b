import type { Command } from './command-line.ts';

/** A load with a question. Its last line of output is JSON; with --json it is the only one. */
export interface Scenario {
  /** The question, on one line. */
  readonly about: string;
  readonly usage: string;
  /** Resolves with the exit code; what is wrong with the arguments comes as text. */
  start(args: readonly string[]): Promise<number> | string;
}

/** Hides what kind of options a scenario has, so that all fit in one table. */
export function scenario<Options extends object>(about: string, command: Command<Options>): Scenario {
  const { usage, read, run } = command;
  return {
    about,
    usage,
    start(args) {
      const options = read(args);
      return typeof options === 'string' ? options : run(options);
    },
  };
}

/** `--scenario NAME` (or `--scenario=NAME`) anywhere, and the arguments that are left for the scenario itself. */
export function splitScenario(args: readonly string[]): { readonly name: string; readonly rest: readonly string[] } {
  const rest: string[] = [];
  let name = 'steady';
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg.startsWith('--scenario=')) name = arg.slice('--scenario='.length);
    else if (arg === '--scenario') name = args[++index] ?? '';
    else rest.push(arg);
  }
  return { name, rest };
}
