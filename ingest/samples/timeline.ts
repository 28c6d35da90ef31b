// The replay's clock: which moment of 2017 is shown at which moment of today. Piecewise linear, never backwards.

/** From `sim` on, time runs `speed` times as fast as it did; `sim` itself is shown at `wall`. Both ms since the epoch. */
export interface Anchor {
  readonly sim: number;
  readonly wall: number;
  readonly speed: number;
}

/** When a moment of 2017 is shown, whole ms. */
export function wallOf(anchors: readonly Anchor[], sim: number): number {
  return along(anchorOf(anchors, sim), sim);
}

/**
 * The time a message writes for a moment: as `wallOf` up to when it is sent, and beyond (due dates) at the pace that
 * held then. So a message written again after a restart says the same, whatever anchors came later.
 */
export function writtenOf(anchors: readonly Anchor[], sim: number, sentAt: number): number {
  return sim <= sentAt ? wallOf(anchors, sim) : along(anchorOf(anchors, sentAt), sim);
}

/** Which moment of 2017 is shown now. */
export function simOf(anchors: readonly Anchor[], wall: number): number {
  const { sim, wall: from, speed } = anchors.at(-1) as Anchor;
  return sim + Math.max(0, wall - from) * speed;
}

/** From `sim` on a new pace, not before what was shown already. */
export function continued(anchors: readonly Anchor[], sim: number, now: number, speed: number): readonly Anchor[] {
  const wall = anchors.length === 0 ? now : Math.max(now, wallOf(anchors, sim));
  return [...anchors.filter((anchor) => anchor.sim < sim), { sim, wall, speed }];
}

function along({ sim: from, wall, speed }: Anchor, sim: number): number {
  return Math.floor(wall + (sim - from) / speed);
}

function anchorOf(anchors: readonly Anchor[], sim: number): Anchor {
  return anchors.findLast((anchor) => anchor.sim <= sim) ?? (anchors[0] as Anchor);
}
