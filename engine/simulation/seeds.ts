/** Seeds that found something real, with what it was. They are run for good; a change of what seeds mean looks for new ones. */
export const FOUND: readonly { readonly seed: number; readonly bug: string }[] = [
  { seed: 22, bug: 'a commit dated earlier than its facts let time run backwards after a restart' },
  { seed: 38, bug: 'the same, by a minute, in another shard' },
];
