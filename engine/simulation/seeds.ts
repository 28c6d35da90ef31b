/** Seeds that found something real, with what it was. They are run for good; a change of what seeds mean looks for new ones. */
export const FOUND: readonly { readonly seed: number; readonly bug: string }[] = [
  { seed: 22, bug: 'a commit dated earlier than its facts let time run backwards after a restart' },
  { seed: 38, bug: 'the same, by a minute, in another shard' },
  { seed: 5_000_635, bug: 'who asked for the next move was told of the one before, answered in the same turn' },
  { seed: 609, bug: 'moving allocated units that their owner had booked already freed units that were gone' },
  { seed: 3_262, bug: 'a transfer took units that were promised: what an order had allocated counted again behind it' },
  { seed: 5_001_155, bug: 'the same, in another reservation' },
  {
    seed: 28_693,
    bug: 'a request a day late asked for a part of a hold that was over and forgotten, and could get it',
  },
];
