// An expected no is a value. Its code reads like a sentence, its message says what to do about it.

/** Codes for a stock event, in the order they are checked. */
export const EVENT_REFUSALS = {
  'unknown-source': 'the source system is not in the reference data; add it or correct the name',
  'unknown-node': 'the node is not in the reference data; add it or correct the code',
  'stock-of-a-kit': 'the sku is a kit and has no stock of its own; report its components (rule AV9)',
  'unknown-sku': 'the sku is not in the item master and this source may not create one',
  'not-granted': 'this source may not send this kind of event for this node (rule FD7)',
  'netted-number': 'a number another system already netted is not on-hand; send on-hand (rule FD14)',
  'malformed-quantity': 'the quantity must be a finite number within the bounds of SPEC.md §3',
  'finer-than-scale': 'the quantity is finer than the sku is counted; correct it or change the scale (rule FD15)',
  'malformed-time': 'the time must be ms since the epoch between 2000 and 2200',
  'from-the-future': 'the source time is more than 5 minutes ahead of our clock (rule FD10)',
  'id-reused': 'this id was used before with other content; the first content stays (rule FD1)',
  'too-late-to-check': 'older than the late-event window, so a repetition could not be told (rule FD4)',
  'void-of-snapshot': 'a snapshot cannot be annulled; send a newer one',
  'stale-quantity': 'on-hand is not what was expected; look at the number it has now and decide again (rule FD6)',
  'waits-for-approval':
    'it would change more than the brakes of this source allow at once; approve or discard it (rule FD12)',
} as const;
export type EventRefusal = keyof typeof EVENT_REFUSALS;

/** Codes for a reservation, in the order they are checked. */
export const RESERVE_REFUSALS = {
  'key-reused': 'this idempotency key was used with other content; use a new key',
  'key-too-old': 'this idempotency key is too old to be checked; use a new key',
  'unknown-channel': 'the channel is not in the reference data',
  'unknown-node': 'a line names a node that is not in the reference data',
  'unknown-group': 'a line names a node group that is not in the reference data',
  'unknown-sku': 'a line names a sku nobody has reported',
  'node-not-in-channel': 'the node does not serve this channel',
  'units-out-of-bounds': 'units must be a whole number from 1 to the configured bound per line',
  'too-many-lines': 'more lines than one reservation may have',
  'partial-kit': 'kits are all or nothing, so that no part of one is held alone; ask without `partial`',
  'hold-out-of-bounds': 'the hold time must be between 1 second and 4 hours',
  'too-many-keys': 'more idempotency keys are remembered than a shard may keep; retry later',
  'too-many-holds': 'this client holds as many reservations as it may; release some or wait',
  'quota-exceeded': 'this customer may hold only so many units of the sku at once; `units` says how many more',
  'too-many-demand-groups': 'this sku is already promised to 8 different sets of nodes; reserve at a node',
  'units-exceed-available': 'fewer units can be promised than were asked for',
} as const;
export type ReserveRefusal = keyof typeof RESERVE_REFUSALS;

/** Only a no about stock is the key's answer for good; names, bounds, quotas and other keys may be put right (rule RS2). */
export function sticksToKey(code: ReserveRefusal): boolean {
  return code === 'units-exceed-available' || code === 'too-many-demand-groups';
}

/** Codes for a question what can be promised, in the order they are checked (rule AV3). */
export const ATP_REFUSALS = {
  'unknown-sku': 'nobody has reported this sku and it is not in the item master',
  'unknown-channel': 'the channel is not in the reference data',
  'horizon-out-of-bounds': 'the horizon must be from now to 180 days ahead',
  'too-many-dates': 'ask for 1 to 181 dates at once',
  'date-beyond-horizon': 'the date lies behind the horizon; ask for an earlier date or a longer horizon',
} as const;
export type AtpRefusal = keyof typeof ATP_REFUSALS;

/** Codes for a well formed change of reference data, in the order they are checked: by the stock shards, then by the book. */
export const REFERENCE_REFUSALS = {
  'still-stocked': 'units are on hand or promised there, or it is switched on; switch it off and clear it first',
  'too-many-demand-groups': 'this sku has 8 demand groups already, its pools counted; give one up first (rule AV2)',
  'kit-has-stock': 'this sku was reported as stock, and a kit has none of its own; make a new sku for the kit',
  'too-many-versions': 'this kit was defined 8,191 times; make a new sku for it',
  'too-many-rows': 'a change has 1 to 500 rows, each once; send several changes',
  'date-is-past': 'the change should take effect in the past; leave the date out to change it now',
  'date-too-far': 'the change should take effect more than two years from now; plan it later',
  'too-many-pending': 'too many changes wait for their time already; cancel some',
  'version-conflict': 'somebody changed it since; read it again, then change what is there now',
  'unknown-row': 'no row of this kind has this name, so nothing can be retired',
  'channel-stays': 'a channel is never retired, holds and history name it; keep everything back with its threshold',
  'kit-stays': 'a kit is never retired, so that its revision only grows; switch its item off',
  'components-out-of-bounds': 'a kit has 1 to 16 components, of each a whole number of units from 1',
  'component-twice': 'a kit names each component once; add their units',
  'kit-of-itself': 'a kit cannot be its own component',
  'kit-of-kits': 'a component is a kit, or this sku is a component of one; name what that kit is made of',
  'too-many-kits': 'there are 10,000 kits already',
  'too-many-outfeeds': 'there are 100 outfeeds already; retire one that nobody reads',
  'names-unknown': 'the row names another row that is not there; add that one first or correct the name',
  'still-named': 'another row names this one; change that row first',
} as const;
export type ReferenceRefusal = keyof typeof REFERENCE_REFUSALS;

/** A row that cannot be; `row` names it as rowKey does. */
export interface RefusedRow {
  readonly row: string;
  readonly code: ReferenceRefusal;
  /** Which field is at fault and what it says. */
  readonly field?: string;
  readonly value?: string;
}

/** Codes for what is asked of an existing reservation. */
export const RESERVATION_REFUSALS = {
  'unknown-reservation': 'no such reservation of this client; it may have ended more than a day ago',
  'already-ended': 'the reservation was released or has expired; final states are final',
} as const;
export type ReservationRefusal = keyof typeof RESERVATION_REFUSALS;

/** Codes for a longer hold, in the order they are checked (rule RS4). */
export const EXTEND_REFUSALS = {
  ...RESERVATION_REFUSALS,
  'hold-out-of-bounds': 'the hold time in all must be longer than it is, and at most 4 hours',
  'too-many-extensions': 'this reservation was extended as often as it may be',
} as const;
export type ExtendRefusal = keyof typeof EXTEND_REFUSALS;

/** Codes for a move of held units, in the order they are checked (rule RS7). */
export const MOVE_REFUSALS = {
  'unknown-reservation': RESERVATION_REFUSALS['unknown-reservation'],
  'key-reused': 'this idempotency key was used for another move; use a new key',
  'already-ended': RESERVATION_REFUSALS['already-ended'],
  'move-under-way': 'another move of this reservation is being decided; retry when it has',
  'unknown-node': 'the units are to go to a node that is not in the reference data',
  'unknown-group': 'the units are to go to a node group that is not in the reference data',
  'node-not-in-channel': 'the node does not serve the channel of this reservation',
  'kit-stays-whole': 'units of a kit are not moved; release the reservation and make it at the other place',
  'unknown-line': 'the reservation holds nothing of this sku at that place; read what it holds',
  'units-out-of-bounds': 'units must be a whole number from 1 to what is held there',
  'too-many-lines': 'more lines than one reservation may have',
  'too-many-moves': 'units of this reservation were moved as often as they may be',
  'too-many-demand-groups': 'this sku is already promised to 8 different sets of nodes; move to a node',
  'units-exceed-available': 'the other place has fewer units; those of this reservation stay where they are',
} as const;
export type MoveRefusal = keyof typeof MOVE_REFUSALS;

/** Codes for a step of an allocation, in the order they are checked (rule RS3). */
export const ALLOCATION_REFUSALS = {
  'step-passed': 'a later step of this allocation was decided already; ask for what it holds now',
  'unknown-allocation': 'nothing is allocated under this id; it may all have left or been given back',
  'unknown-reservation': RESERVATION_REFUSALS['unknown-reservation'],
  'already-ended': RESERVATION_REFUSALS['already-ended'],
  'move-under-way': MOVE_REFUSALS['move-under-way'],
  'unknown-channel': RESERVE_REFUSALS['unknown-channel'],
  'unknown-node': RESERVE_REFUSALS['unknown-node'],
  'unknown-group': RESERVE_REFUSALS['unknown-group'],
  'unknown-sku': RESERVE_REFUSALS['unknown-sku'],
  'node-not-in-channel': RESERVE_REFUSALS['node-not-in-channel'],
  'same-node': 'units are transferred from one node to another',
  'unknown-line': 'nothing of this sku is promised at that place; read what is',
  'units-out-of-bounds': 'units must be a whole number from 1 to what there is of the line',
  'too-many-lines': 'more lines than one allocation may have',
  'happened-in-the-future': 'units cannot have left more than 5 minutes ahead of our clock',
  'due-out-of-bounds': 'the time the units are due must be ms since the epoch between 2000 and 2200',
  'inbound-not-sold': 'the channel does not sell what is only due; allocate what is there',
  'too-many-waiting': 'as many orders wait for this sku, or for skus of its shard, as may; allocate what is there',
  'too-many-demand-groups': 'this sku is already promised to 8 different sets of nodes; allocate at a node',
  'units-exceed-available': RESERVE_REFUSALS['units-exceed-available'],
  'no-supply-known': 'no supply that nobody has is due within 180 days for so many; `units` says for how many there is',
  'not-in-transit': 'fewer units are on their way to that node under this reference',
  'reason-missing': 'say in 1 to 200 characters why the units are lost',
} as const;
export type AllocationRefusal = keyof typeof ALLOCATION_REFUSALS;

/** Codes for a correction, in the order they are checked. */
export const CORRECTION_REFUSALS = {
  'key-reused': 'this idempotency key was used for another correction; use a new key',
  'unknown-node': 'the node is not in the reference data',
  'stock-of-a-kit': EVENT_REFUSALS['stock-of-a-kit'],
  'unknown-sku': 'nobody has reported this sku and it is not in the item master',
  'units-out-of-bounds': 'units must be a whole number, not 0, of 1,000,000,000 at most either way',
  'reason-missing': 'say in 1 to 200 characters why the number is wrong',
  'too-many-keys': 'more corrections were made within a day than are remembered; retry later',
} as const;
export type CorrectionRefusal = keyof typeof CORRECTION_REFUSALS;

/** Codes for a repair of sums, in the order they are checked. */
export const REPAIR_REFUSALS = {
  'unknown-sku': 'nobody has reported this sku, so nothing is kept of it',
  'reason-missing': 'say in 1 to 200 characters why the sums are worked out again',
  'nothing-to-repair': 'every sum of this sku is what its terms give',
} as const;
export type RepairRefusal = keyof typeof REPAIR_REFUSALS;

/** Codes that depend on the moment, never on stock; they never stick to a key (rule RS2). */
export const BUSY_REFUSALS = {
  overloaded: 'more work is queued than can be made durable in time; retry after the given delay',
  draining: 'the server is stopping; retry against another or after the restart',
} as const;
export type BusyRefusal = keyof typeof BUSY_REFUSALS;

export interface Refused<Code extends string> {
  readonly status: 'refused';
  readonly code: Code;
  /** Which input was at fault, e.g. `lines[1].units`. */
  readonly field?: string;
  /** What a caller can use to correct it, e.g. units that could be had. */
  readonly units?: number;
}

export function refuse<Code extends string>(code: Code, about?: { field?: string; units?: number }): Refused<Code> {
  return { status: 'refused', code, ...about };
}

/** Answer to one stock event. `duplicate`: known already, no effect, as good as recorded. */
export type EventOutcome =
  | { readonly status: 'recorded'; readonly position: string }
  | { readonly status: 'duplicate'; readonly position: string }
  | (Refused<EventRefusal> & {
      /** With `id-reused`: the position of the event that used the id first. */
      readonly firstPosition?: string;
    });
