import type { Talk } from './talk.ts';

/** What is watched, whatever the door. */
export interface Asked {
  readonly ch?: string;
  readonly keys: readonly string[];
  readonly sale?: string;
  readonly near?: { readonly lat: number; readonly lon: number; readonly km?: number };
  readonly conflateMs?: number;
}

/** How a connection is opened, where a script wants it otherwise than usual. */
export interface Opening {
  /** null: none is offered. */
  readonly protocol?: string | null;
  readonly origin?: string;
  readonly path?: string;
  /** Whether it answers pings; it does unless said otherwise. */
  readonly answersPings?: boolean;
}

/** One way to a server. The scripts are the same for all of them. */
export interface Door {
  readonly name: string;
  /** Whether commands can be sent, or the way in is the one subscribe there is. */
  readonly hasCommands: boolean;
  /** Whether the public is let in. */
  readonly isPublic: boolean;
  /** Opens and subscribes with id 1; the talk has heard nothing yet that the script did not ask for. */
  watch(asked: Asked): Promise<Talk>;
  /** The same on a new connection, resuming where another one was. */
  resume(before: Talk, asked: Asked): Promise<Talk>;
  /** Only opens, and where the door wants it says who it is. With commands only. */
  open(about?: Opening): Promise<Talk>;
  /** The status with which a connection is refused; 101: it was not. */
  refusal(about: Opening): Promise<number>;
}

/** The server that is tried, and what may be done to it. What is absent leaves scripts out that need it. */
export interface World {
  /** A sku that the server knows, and a second one. */
  readonly skus?: readonly [string, string];
  /** Changes the units of a sku. */
  readonly setUnits?: (sku: string, units: number) => Promise<void>;
  /** A key with the scopes ops, stock and reservations, and for logs outfeeds. */
  readonly key?: string;
  readonly log?: LogWorld;
  /** Ms after which an event that is not acknowledged closes the socket, if that is soon enough to wait for. */
  readonly ackMs?: number;
  /** A place with pickup nodes around it. */
  readonly place?: { readonly lat: number; readonly lon: number };
  /** Ms of silence after which the server sends a heartbeat, if that is soon enough to wait for. */
  readonly heartbeatMs?: number;
  /** Ends the server, taking leave of all. */
  readonly drain?: () => Promise<void>;
  /** Places an order. */
  readonly order?: () => Promise<PlacedOrder>;
}

/** An order to watch, until it is no longer wanted. */
export interface PlacedOrder {
  readonly id: string;
  readonly token: string;
  /** Where it is worked on. */
  readonly node: string;
  readonly cancel: () => Promise<void>;
}

/** A log to read: of consumers that nobody else uses, and that are forgotten afterwards. */
export interface LogWorld {
  /** `feed:<name>`; every change of the skus is in it. */
  readonly ch: string;
  readonly newConsumer: () => string;
}
