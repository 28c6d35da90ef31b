// What the simulated people at a node do about a work order, one act at a time (rule OR8): of the demo, of verify and of the
// crash run alike. Nothing is remembered between two acts: the state says what comes next.

/** Of a work order, as GET /v1/nodes/{node}/work shows it, what the next act depends on. */
export interface SeenWork {
  readonly id: string;
  readonly order: string;
  readonly node: string;
  readonly method: string;
  readonly state: string;
  readonly lines: readonly {
    readonly line: number;
    readonly sku: string;
    readonly units: number;
    readonly picked?: number;
  }[];
}

/** Shares of the work orders, 0 to 1. */
export interface Temper {
  /** Rejected instead of accepted. */
  readonly rejects: number;
  /** Picked with fewer units than asked for, of one line. */
  readonly shorts: number;
}

type ShortReason = 'not-found' | 'damaged' | 'too-busy' | 'closing';

export type StaffAct =
  | { readonly act: 'accept' | 'start' | 'pack' | 'ready' }
  | {
      readonly act: 'pick';
      readonly lines: readonly { readonly line: number; readonly picked: number; readonly short: ShortReason }[];
    }
  | { readonly act: 'ship'; readonly carrier: string; readonly tracking: string }
  | { readonly act: 'collect'; readonly code: string }
  | { readonly act: 'reject'; readonly reason: ShortReason };

export interface StaffTools {
  readonly temper: Temper;
  /** [0, 1). */
  readonly draw: () => number;
  /** What the customer shows, once one is there to collect. */
  readonly code?: string;
}

/** The next act; undefined when it is not the staff's turn: it has ended, or the customer has not come. */
export function nextAct(work: SeenWork, { temper, draw, code }: StaffTools): StaffAct | undefined {
  switch (work.state) {
    case 'queued':
      return draw() < temper.rejects
        ? { act: 'reject', reason: pick(['too-busy', 'closing'], draw) }
        : { act: 'accept' };
    case 'accepted':
      return { act: 'start' };
    case 'picking':
      return { act: 'pick', lines: draw() < temper.shorts ? [shortLine(work, draw)] : [] };
    case 'picked':
      return { act: 'pack' };
    case 'packed':
      return work.method === 'pickup' ? { act: 'ready' } : shipped(work);
    case 'ready-for-pickup':
      return code === undefined ? undefined : { act: 'collect', code };
    default:
      return undefined;
  }
}

/** One unit or more of a line is missing: mostly not where it should be, else not fit to sell. */
function shortLine({ lines }: SeenWork, draw: () => number) {
  const { line, units } = pick(lines, draw);
  const short: ShortReason = draw() < 0.6 ? 'not-found' : 'damaged';
  return { line, picked: Math.floor(draw() * units), short };
}

/** The same number for the same work: who says it again says the same. */
const shipped = ({ id }: SeenWork): StaffAct => ({ act: 'ship', carrier: 'parcel', tracking: `T${id.toUpperCase()}` });

function pick<T>(from: readonly T[], draw: () => number): T {
  return from[Math.floor(draw() * from.length)] as T;
}
