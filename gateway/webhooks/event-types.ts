import { Type, type Static, type TSchema } from 'typebox';

// What a retailer can subscribe to. A type never changes its meaning and loses no field; another meaning is another type.

const BANDS = ['in-stock', 'low-stock', 'out-of-stock', 'back-order', 'pre-order'];

const Sku = Type.String();
const Place = {
  position: Type.String({ description: 'Position of the fact in history, as explanations and the ledger name it' }),
};
const Crossing = {
  sku: Sku,
  channel: Type.String(),
  was: Type.Enum(BANDS),
  band: Type.Enum(BANDS),
  revision: Type.Integer({ description: 'Grows with every fact of the sku: of two events the greater one is newer' }),
  units: Type.Optional(
    Type.Integer({ description: 'Available to sell; only where the channel shows units to everybody' }),
  ),
  ...Place,
};

const BandChanged = Type.Object(Crossing);
const Low = Type.Object({ ...Crossing, lowAt: Type.Integer({ description: "The channel's threshold, units" }) });
const Shortfall = Type.Object({
  sku: Sku,
  node: Type.String(),
  state: Type.Enum(['open', 'resolved']),
  units: Type.Integer({ description: 'Promised beyond what is there; 0: resolved' }),
  since: Type.Integer({ description: 'Ms since the epoch' }),
  by: Type.Object({
    position: Type.String(),
    fact: Type.String(),
    source: Type.Optional(Type.String()),
    id: Type.Optional(Type.String()),
  }),
  ...Place,
});
const Silent = Type.Object({
  node: Type.String(),
  source: Type.String(),
  since: Type.Integer({ description: 'When it was heard last, ms since the epoch' }),
  switchedOff: Type.Boolean({ description: 'Nothing is sold from the node meanwhile' }),
});
const Back = Type.Object({ node: Type.String() });
const Letter = Type.Object({
  letter: Type.String(),
  source: Type.String(),
  code: Type.String(),
  message: Type.String(),
  place: Type.String(),
});
const Expired = Type.Object({ reservation: Type.String() });
const Automation = Type.Object({ automation: Type.String(), order: Type.String(), text: Type.String() });
const Test = Type.Object({ endpoint: Type.String() });

interface EventKind {
  readonly about: string;
  readonly data: TSchema;
  readonly example: object;
}

const CROSSED = { sku: '00400010821853', channel: 'web', was: 'in-stock', band: 'low-stock', revision: 918 };

/** By the type's name: what it says, the schema of its data, an example. */
export const EVENT_TYPES = {
  'dev.onhand.stock.band-changed': {
    about: "A channel's band of a sku became another one (rule AV6)",
    data: BandChanged,
    example: { ...CROSSED, units: 3, position: '4.918' },
  },
  'dev.onhand.stock.low': {
    about: "A sku fell from in-stock to the channel's low threshold or below, or is gone (rule AV6)",
    data: Low,
    example: { ...CROSSED, lowAt: 3, units: 3, position: '4.918' },
  },
  'dev.onhand.stock.shortfall': {
    about: 'Less is at a node than is promised there: opened, grew, shrank or is resolved (rule AV7)',
    data: Shortfall,
    example: {
      sku: '00400010821853',
      node: 'S-12',
      state: 'open',
      units: 2,
      since: 1_795_486_061_200,
      by: { position: '4.921', fact: 'StockRecorded', source: 'pos', id: 'count-77' },
      position: '4.921',
    },
  },
  'dev.onhand.source.silent': {
    about: "A node's owner was not heard for longer than it may be silent (rule AV5)",
    data: Silent,
    example: { node: 'S-12', source: 'pos', since: 1_795_486_061_200, switchedOff: false },
  },
  'dev.onhand.source.back': {
    about: "A node's owner is heard again (rule AV5)",
    data: Back,
    example: { node: 'S-12' },
  },
  'dev.onhand.dead-letter.opened': {
    about: 'Something a source sent was refused and waits for somebody (rule FD9); the original is not in the event',
    data: Letter,
    example: {
      letter: '5f0c3a6e9b1d4c7f8a2e6d9c0b3f1a7e',
      source: 'pos',
      code: 'unknown-node',
      message: 'no node has this code',
      place: 'line 14',
    },
  },
  'dev.onhand.reservation.expired': {
    about: 'A hold ended because its time was over (rule RS4)',
    data: Expired,
    example: { reservation: 'r4-1029' },
  },
  'dev.onhand.order.automation': {
    about: 'A rule was to tell of an order when it came to what the rule waits for (rule OR10)',
    data: Automation,
    example: { automation: 'unfilled-2d', order: 'o19-7', text: 'Not sent for two days' },
  },
  'dev.onhand.webhook.test': {
    about: 'Sent by hand to try an endpoint; every endpoint gets it',
    data: Test,
    example: { endpoint: 'we_3fK9' },
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventType = keyof typeof EVENT_TYPES;
export type DataOf<T extends EventType> = Static<(typeof EVENT_TYPES)[T]['data']>;

/** Types an endpoint can ask for: the test comes by itself. */
export const SUBSCRIBED_TYPES = (Object.keys(EVENT_TYPES) as EventType[]).filter(
  (type): type is Exclude<EventType, 'dev.onhand.webhook.test'> => type !== 'dev.onhand.webhook.test',
);
