import { unitsInWords } from '../../gateway/client/band-words.ts';
import type { MovementInfo } from '../../gateway/protocol/history-bodies.ts';

/** What a movement did, as an operator says it: "sale −2", "count 40", "hold 3 until released". */
export function movementWords(movement: MovementInfo, scale: number): string {
  const { kind, reason, detail } = movement;
  const units = movement.units === undefined ? '' : ` ${signed(movement.units, kind, scale)}`;
  const { covers, from, to, voids } = detail ?? {};
  switch (kind) {
    case 'snapshot':
      return `${covers ?? 'snapshot'}${units}`;
    case 'move':
      return `${units.trim()} from ${from ?? 'on-hand'} to ${to ?? 'on-hand'}`;
    case 'void':
      return `annuls ${voids ?? 'an event'}`;
    case 'complete':
      return 'complete: what was not listed is 0';
    case 'delta':
      return `${reason ?? 'delta'}${units}`;
    case 'inbound':
    case 'hold':
    case 'release':
    case 'allocate':
    case 'deallocate':
    case 'depart':
    case 'come-back':
    case 'transit':
    case 'await':
    case 'correction':
    case 'repair':
    case 'reference':
      return `${kind}${units}${reason === undefined ? '' : `, ${reason}`}`;
  }
}

/** Only a delta adds or takes: its sign is said either way. */
function signed(units: number, kind: string, scale: number): string {
  const words = unitsInWords(Math.abs(units), scale);
  if (units < 0) return `−${words}`;
  return kind === 'delta' ? `+${words}` : words;
}
