// The kinds of option there are. Each reads its text into a value, or says what is wrong: bound, then what it got.

export interface Option<T> {
  readonly name: string;
  readonly fallback: string;
  readonly about: string;
  /** The value, or what is wrong with the text. */
  readonly read: (text: string) => T | Fault;
}

export interface Fault {
  readonly fault: string;
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'fault' in value;
}

export function whole(name: string, fallback: number, min: number, max: number, about: string): Option<number> {
  const read = (given: string) => {
    const value = Number(given);
    const fits = /^[0-9]{1,15}$/.test(given) && value >= min && value <= max;
    return fits ? value : { fault: `must be a whole number from ${min} to ${max}, got ${given}` };
  };
  return { name, fallback: String(fallback), about: `${about} (${min} to ${max})`, read };
}

export function text(name: string, fallback: string, about: string): Option<string> {
  return { name, fallback, about, read: (given) => given };
}

export function choice<const T extends string>(name: string, choices: readonly [T, ...T[]], about: string): Option<T> {
  const read = (given: string) =>
    choices.find((one) => one === given) ?? { fault: `must be one of ${choices.join(', ')}, got ${given}` };
  return { name, fallback: choices[0], about: `${about} (${choices.join(', ')})`, read };
}

export function origins(name: string, about: string): Option<ReadonlySet<string>> {
  const read = (given: string) => {
    const listed = given
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const wrong = listed.find((one) => !URL.canParse(one) || new URL(one).origin !== one);
    return wrong === undefined
      ? new Set(listed)
      : { fault: `must list origins like https://shop.example, got ${wrong}` };
  };
  return { name, fallback: '', about, read };
}

/** Unsalted hashing is right for random keys only, so a short one, which somebody made up, is refused. Never echoed. */
export function secret(name: string, about: string): Option<string> {
  const read = (given: string) =>
    given === '' || /^[!-~]{24,256}$/.test(given)
      ? given
      : { fault: `must be 24 to 256 visible characters, got ${given.length}` };
  return { name, fallback: '', about, read };
}
