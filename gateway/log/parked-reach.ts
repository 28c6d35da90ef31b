import { EVERYTHING, reaches, type Caller } from '../caller.ts';

/** Which parked events of a log are meant: all, or those of one epoch. */
export interface ParkedReach {
  readonly ch: string;
  readonly e?: string;
}

/** Who is limited may have what was parked of the log's present epoch: in another it may have held what is beyond reach. */
export function parkedReach(caller: Caller, ch: string, e: string): ParkedReach {
  return reaches(caller, EVERYTHING) ? { ch } : { ch, e };
}
