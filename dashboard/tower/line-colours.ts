/** Colours of the channels' lines and cards, in the order of the channels; more than these cannot be told apart. */
export const LINE_COLOURS = ['--accent', '--warn', '--good', '--bad'] as const;
