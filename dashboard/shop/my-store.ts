import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import { Observable } from '../store/observable.ts';

/** The store the visitor shops near, kept in this browser only. */
export interface MyStore {
  readonly id: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
}

const STORED_AS = 'onhand.my-store';

export const myStore = new Observable<MyStore | undefined>(read());

export function chooseStore(node: NodeInfo): void {
  const { id, name, lat, lon } = node;
  localStorage.setItem(STORED_AS, JSON.stringify({ id, name, lat, lon }));
  myStore.set({ id, name, lat, lon });
}

export function near(store: MyStore | undefined): string {
  return store === undefined ? '' : `${store.lat},${store.lon}`;
}

function read(): MyStore | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED_AS) ?? 'null') as MyStore | null;
    return stored !== null && Number.isFinite(stored.lat) && Number.isFinite(stored.lon) ? stored : undefined;
  } catch {
    // Somebody else's text under our name: as if nothing were stored.
    return undefined;
  }
}
