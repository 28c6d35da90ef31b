/** Raised when something that must hold does not. It is never caught: the process stops rather than go on with a wrong number. */
class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function assert(holds: boolean, says: () => string): asserts holds {
  if (!holds) throw new InvariantError(says());
}

/** Closes a total switch: the compiler refuses a forgotten member, the run time refuses a forged one. */
export function unreachable(member: never): never {
  throw new InvariantError(`no case for ${JSON.stringify(member)}`);
}
