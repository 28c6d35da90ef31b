const STORED_AS = 'onhand.carriers';
/** Offered to be chosen again, the newest first. */
const CARRIERS_MAX = 4;

/** Carriers this browser shipped with last. */
export function carriersUsed(): readonly string[] {
  try {
    const known = JSON.parse(localStorage.getItem(STORED_AS) ?? '[]') as unknown;
    return Array.isArray(known) ? known.filter((each) => typeof each === 'string').slice(0, CARRIERS_MAX) : [];
  } catch {
    return [];
  }
}

export function noteCarrier(carrier: string): void {
  try {
    const others = carriersUsed().filter((each) => each !== carrier);
    localStorage.setItem(STORED_AS, JSON.stringify([carrier, ...others].slice(0, CARRIERS_MAX)));
  } catch {
    // Full, or forbidden: it is typed again.
  }
}
