// Rule AV2. Unplaced demand is promised to sets of nodes; what a set of nodes can still take is the tightest of all
// combinations of those promises (Hall's theorem: every subset of demands must find room in the nodes it may use).

/** Distinct node sets with unplaced demand per sku: 2^8 combinations are looked at, in microseconds. */
export const DEMAND_GROUPS_MAX = 8;

export interface DemandGroup {
  /** Whether a node may serve it. */
  readonly has: (node: number) => boolean;
  readonly units: number;
}

export interface Supply {
  readonly node: number;
  readonly available: number;
}

/**
 * Units the nodes R can still take while everything promised stays servable; may be negative after a feed took units.
 * N1 holds 5, N2 none, 5 promised on {N1, N2}: headroom of {N1} is 0, not 5.
 * Nodes fall into classes by the groups they belong to, so the work is O(nodes + 2^groups · groups) for any number of nodes.
 */
export function headroom(
  isInR: (node: number) => boolean,
  supplies: readonly Supply[],
  groups: readonly DemandGroup[],
): number {
  const combinations = 1 << groups.length;
  let inR = 0;
  // Σ available of the nodes outside R, by the exact set of groups they belong to.
  const classes = new Float64Array(combinations);
  for (const { node, available } of supplies) {
    if (isInR(node)) inR += available;
    else classes[classOf(node, groups)] = (classes[classOf(node, groups)] as number) + available;
  }
  sumSubsets(classes);
  const all = combinations - 1;
  let least = inR;
  for (let chosen = 1; chosen < combinations; chosen++) {
    // Nodes that serve one of the chosen groups: all of them less those that serve only others.
    const served = (classes[all] as number) - (classes[all & ~chosen] as number);
    least = Math.min(least, inR + served - demandOf(groups, chosen));
  }
  return least;
}

function classOf(node: number, groups: readonly DemandGroup[]): number {
  let mask = 0;
  for (let i = 0; i < groups.length; i++) if (groups[i]?.has(node) === true) mask |= 1 << i;
  return mask;
}

/** In place: each class becomes the sum over all its subsets. */
function sumSubsets(classes: Float64Array): void {
  for (let bit = 1; bit < classes.length; bit <<= 1) {
    for (let mask = 0; mask < classes.length; mask++) {
      if ((mask & bit) !== 0) classes[mask] = (classes[mask] as number) + (classes[mask ^ bit] as number);
    }
  }
}

function demandOf(groups: readonly DemandGroup[], chosen: number): number {
  let units = 0;
  for (let i = 0; i < groups.length; i++) if ((chosen & (1 << i)) !== 0) units += groups[i]?.units ?? 0;
  return units;
}
