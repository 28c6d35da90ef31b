/** The terms of rule AV1 at one position, in units. */
export interface PositionTerms {
  readonly onHand: number;
  readonly unavailable: number;
  readonly departed: number;
  readonly reserved: number;
  readonly allocated: number;
  readonly safety: number;
  /** Node and item are switched on, and the item at the node. */
  readonly enabled: boolean;
}

/** Units that may still be promised, >= 0. onHand 12, damaged 1, reserved 2, allocated 4, safety 3 -> 2. Rule AV1. */
export function availableOf(terms: PositionTerms): number {
  return terms.enabled ? Math.max(0, freeOf(terms) - terms.safety) : 0;
}

/** Units that nobody was promised, safety stock included; below 0 when a feed took promised ones. */
export function freeOf({
  onHand,
  unavailable,
  departed,
  reserved,
  allocated,
}: Omit<PositionTerms, 'safety' | 'enabled'>): number {
  return onHand - unavailable - departed - reserved - allocated;
}

/**
 * Units of the safety stock that demand has eaten into, >= 0: ordinary stock goes first. onHand 5, safety 3, reserved 4 ->
 * 2 are ordinary, so 2 of the 3. Safety stock that is not there was not eaten: onHand 1, safety 3, reserved 0 -> 0. Rule AV4.
 */
export function safetyUsedOf(terms: Omit<PositionTerms, 'enabled'>): number {
  const { onHand, unavailable, departed, reserved, allocated, safety } = terms;
  const there = Math.max(0, onHand - unavailable - departed);
  const kept = Math.min(safety, there);
  return Math.min(kept, Math.max(0, reserved + allocated - (there - kept)));
}

/** Units promised beyond what is there, >= 0. onHand 3, reserved 5 -> 2; onHand -4, reserved 5 -> 5. Rule AV7. */
export function shortOf(terms: Omit<PositionTerms, 'safety' | 'enabled'>): number {
  const { onHand, unavailable, departed, reserved, allocated } = terms;
  const there = Math.max(0, onHand - unavailable - departed);
  return Math.max(0, reserved + allocated - there);
}
