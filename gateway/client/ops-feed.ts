import type { OpsState } from '../protocol/wire.ts';
import type { Connection } from './connection.ts';
import type { Cancel } from './environment.ts';
import type { KeyState } from './subscription-table.ts';

/** Follows what an operator watches; needs a connection with an API key. */
export function followOps(connection: Connection, listener: (state: KeyState<OpsState>) => void): Cancel {
  return connection.watch('ops', 'now', {}, listener);
}
