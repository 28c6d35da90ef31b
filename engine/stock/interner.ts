/** Names as small numbers, from 1, in the order they were first seen; 0 is no name. */
export class Interner {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [''];

  /** 0 when the name was never seen. */
  find(name: string): number {
    return this.numbers.get(name) ?? 0;
  }

  intern(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.names.length;
    this.numbers.set(name, number);
    this.names.push(name);
    return number;
  }

  name(number: number): string {
    return this.names[number] as string;
  }

  get count(): number {
    return this.names.length - 1;
  }

  save(): readonly string[] {
    return this.names.slice(1);
  }

  load(names: readonly string[]): void {
    for (const name of names) this.intern(name);
  }
}
