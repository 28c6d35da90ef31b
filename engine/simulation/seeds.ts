/** Seeds that found something real, with what it was. They are run for good; a change of what seeds mean looks for new ones. */
export const FOUND: readonly { readonly seed: number; readonly bug: string }[] = [
  { seed: 259, bug: 'a commit dated earlier than its facts let time run backwards after a restart' },
  { seed: 291, bug: 'the same, by a minute, in another shard' },
];
