/** Units promised to nodes: each promise may be served by any of its nodes. */
export interface Promise {
  readonly nodes: readonly number[];
  readonly units: number;
}

/**
 * The judge of rule AV7, sharing nothing with headroom.ts: bipartite matching, unit by unit, by augmenting paths.
 * True when every promised unit can be assigned to a unit some node has.
 */
export function canServe(available: readonly number[], promises: readonly Promise[]): boolean {
  /** Promise index of each unit a node gives, by node. */
  const given: number[][] = available.map(() => []);
  const place = (promise: number, tried: Set<number>): boolean => {
    for (const node of promises[promise]?.nodes ?? []) {
      if (tried.has(node)) continue;
      tried.add(node);
      const slots = given[node] as number[];
      if (slots.length < (available[node] as number)) {
        slots.push(promise);
        return true;
      }
      for (const [slot, holder] of slots.entries()) {
        if (!place(holder, tried)) continue;
        slots[slot] = promise;
        return true;
      }
    }
    return false;
  };
  return promises.every(({ units }, promise) => Array.from({ length: units }).every(() => place(promise, new Set())));
}
