/** Something that must never be was seen. Ends the run; the seed plays it again. */
class Violation extends Error {
  override readonly name = 'Violation';
}

export function require(holds: boolean, says: () => string): asserts holds {
  if (!holds) throw new Violation(says());
}

/** Compares as JSON: what crosses a thread or lies in a journal is nothing else. */
export function requireSame(is: unknown, should: unknown, what: () => string): void {
  if (isAlike(is, should)) return;
  const [seen, wanted] = [textOf(is), textOf(should)];
  if (seen !== wanted) throw new Violation(`${what()}\n  is     ${seen}\n  should ${wanted}`);
}

export function isSame(a: unknown, b: unknown): boolean {
  return isAlike(a, b) || textOf(a) === textOf(b);
}

/** Alike part for part: then their texts are too, which cost far more. Not alike: the texts decide. */
function isAlike(is: unknown, should: unknown): boolean {
  if (is === should) return true;
  if (typeof is !== 'object' || typeof should !== 'object' || is === null || should === null) return false;
  if (Array.isArray(is) !== Array.isArray(should)) return false;
  const [seen, wanted] = [is as Record<string, unknown>, should as Record<string, unknown>];
  const names = Object.keys(seen);
  if (Object.keys(wanted).length !== names.length) return false;
  return names.every((name) => isAlike(seen[name], wanted[name]) && (seen[name] !== undefined || name in wanted));
}

/** JSON with names in order, so that only meaning counts. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
