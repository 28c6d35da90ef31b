/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  /** As written, without braces. */
  readonly labels: string;
  readonly value: number;
}

export function samplesOf(text: string): Sample[] {
  return text
    .split('\n')
    .map((line) => /^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$/i.exec(line))
    .filter((match) => match !== null)
    .map(([, name, labels = '', value]) => ({ name: name!, labels, value: Number(value) }));
}

/** NaN when there is no such sample. */
export function valueOf(text: string, name: string, labels = ''): number {
  return samplesOf(text).find((one) => one.name === name && one.labels === labels)?.value ?? Number.NaN;
}
