import type { ChannelId, ClientId, ReservationId } from '../contract/ids.ts';
import type { MoveRefusal, Refused, ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { PlacedLine } from './placed-line.ts';
import { Remembered } from './remembered.ts';

/** This shard's part of a hold that a promise shard coordinates. `answer` is what it was told first. */
export interface Part {
  readonly answer: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;
  readonly lines: readonly PlacedLine[];
  /** Whose hold it is; absent when nothing was ever held. */
  readonly channel?: ChannelId;
  readonly client?: ClientId;
  readonly customer?: string;
  /** Of its reservation; absent when that was refused for what does not stick to a key (rule RS2). */
  readonly keyDigest?: string;
  readonly ended: boolean;
  /** The newest move and its answer; `lines` are then what is held now. */
  readonly move?: {
    readonly number: number;
    readonly answer: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<MoveRefusal>;
  };
  /** The lines by name as they are held now, when they were moved since they were first granted. */
  readonly now?: readonly ReserveLine[];
}

export function linesOf({ now, answer }: Part): readonly ReserveLine[] {
  return now ?? (answer.status === 'held' ? answer.lines : []);
}

export interface PartsSaved {
  readonly rows: readonly (readonly [ReservationId, Part])[];
  readonly done: readonly (readonly [ReservationId, number])[];
}

export class PartTable {
  private readonly rows = new Map<ReservationId, Part>();
  /** Refused and ended parts with their time, oldest first: remembered like keys, so that a late repetition changes nothing. */
  private readonly done = new Remembered<ReservationId>();
  private readonly forget = (saga: ReservationId): void => {
    this.forgetKey(saga);
    this.rows.delete(saga);
  };

  /** Derived: whose part has the key now; of two under one key, which the coordinator alone may allow, the later. */
  private readonly byKey = new Map<string, ReservationId>();
  /** Derived: each client's held parts. */
  private readonly byClient = new Map<ClientId, Set<ReservationId>>();

  find(saga: ReservationId): Part | undefined {
    return this.rows.get(saga);
  }

  /** All of a client that are held. */
  heldOf(client: ClientId): Part[] {
    return [...(this.byClient.get(client) ?? [])].map((saga) => this.rows.get(saga) as Part);
  }

  hasKey(keyDigest: string): boolean {
    return this.byKey.has(keyDigest);
  }

  put(saga: ReservationId, part: Part): void {
    const { keyDigest } = part;
    if (keyDigest === undefined) this.forgetKey(saga);
    this.rows.set(saga, part);
    if (keyDigest !== undefined) this.byKey.set(keyDigest, saga);
    this.index(saga, part);
  }

  private index(saga: ReservationId, { client, ended, answer }: Part): void {
    if (client === undefined) return;
    const own = this.byClient.get(client) ?? new Set();
    if (ended || answer.status !== 'held') own.delete(saga);
    else own.add(saga);
    if (own.size === 0) this.byClient.delete(client);
    else this.byClient.set(client, own);
  }

  private forgetKey(saga: ReservationId): void {
    const keyDigest = this.rows.get(saga)?.keyDigest;
    if (keyDigest !== undefined && this.byKey.get(keyDigest) === saga) this.byKey.delete(keyDigest);
  }

  end(saga: ReservationId, atMs: number): void {
    this.done.add(saga, atMs);
  }

  forgetOld(atMs: number): void {
    this.done.forgetOld(atMs, this.forget);
  }

  *held(): Generator<Part> {
    for (const part of this.rows.values()) if (!part.ended && part.answer.status === 'held') yield part;
  }

  save(): PartsSaved {
    return { rows: [...this.rows], done: this.done.save() };
  }

  load(saved: PartsSaved): void {
    for (const [saga, part] of saved.rows) this.put(saga, part);
    this.done.load(saved.done);
  }
}
