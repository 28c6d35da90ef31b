import type { Door, World } from './door.ts';
import type { Talk } from './talk.ts';

/** One scripted session, and the rules of PROTOCOL.md that it proves. */
export interface Script {
  readonly rules: readonly string[];
  readonly title: string;
  /** What the door must be like. */
  readonly only?: 'with commands' | 'public' | 'public with commands' | 'event stream';
  /** What of the world it uses. */
  readonly needs?: readonly (keyof World)[];
  /** Of `needs` everything is there. Rejects with what was not as the rule says. */
  readonly run: (door: Door, world: Required<World>) => Promise<void>;
}

/** Why a script cannot be played at this door of this server; undefined: it can. */
export function unfit({ only, needs = [] }: Script, door: Door, world: World): string | undefined {
  if (only?.includes('with commands') === true && !door.hasCommands) return 'it takes no commands';
  if (only?.startsWith('public') === true && !door.isPublic) return 'it is not public';
  if (only === 'event stream' && door.hasCommands) return 'it is no event stream';
  const missing = needs.filter((name) => world[name] === undefined);
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/** Plays it and closes whatever it opened, however it ends. */
export async function play(script: Script, door: Door, world: World): Promise<void> {
  const talks: Talk[] = [];
  const kept = async (opening: Promise<Talk>): Promise<Talk> => {
    const talk = await opening;
    talks.push(talk);
    return talk;
  };
  const watched: Door = {
    ...door,
    watch: (asked) => kept(door.watch(asked)),
    resume: (before, asked) => kept(door.resume(before, asked)),
    open: (about) => kept(door.open(about)),
  };
  try {
    await script.run(watched, world as Required<World>);
  } finally {
    for (const talk of talks) talk.leave();
    await Promise.all(talks.map((talk) => talk.closed));
  }
}
