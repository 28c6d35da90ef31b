import { textFrame } from '../frame.ts';
import type { LogRecord } from './log-source.ts';

/** `parked`: its number when it was parked and is played again. */
export function eventFrame(ch: string, { o, eid, t, d }: LogRecord, parked?: number): Buffer {
  const again = parked === undefined ? '' : `,"parked":${parked}`;
  return textFrame(`{"type":"event","ch":${JSON.stringify(ch)},"o":${o},"eid":"${eid}","t":${t}${again},"d":${d}}`);
}
