import type { OrderActBody, OrderBody, OrderInfo } from '../../../gateway/protocol/order-bodies.ts';
import { sentence } from './order-words.ts';

// What can be done by hand to an order as it stands, and what each act must be told. The server has the last word.

export type ActField =
  | {
      readonly as: 'choice';
      readonly name: string;
      readonly label: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    }
  | { readonly as: 'node'; readonly name: string; readonly label: string }
  | {
      readonly as: 'number';
      readonly name: string;
      readonly label: string;
      readonly min: number;
      readonly max: number;
      readonly value: number;
    }
  | {
      readonly as: 'text';
      readonly name: string;
      readonly label: string;
      readonly value: string;
      readonly needed: boolean;
    };

export interface Act {
  /** Unique among those shown. */
  readonly name: string;
  readonly label: string;
  /** What follows from it. */
  readonly says: string;
  readonly fields: readonly ActField[];
  /** Cannot be undone: asked twice. */
  readonly final?: true;
  body(valueOf: (field: string) => string): OrderActBody;
}

const HOLDS = ['manual', 'payment', 'fraud', 'address', 'review'] as const;
type HoldName = (typeof HOLDS)[number];

const STILL_HERE = ['asked', 'unplaced', 'backordered', 'allocated', 'released', 'ready'] as const;
const HAS_LEFT = ['shipped', 'delivered', 'collected'] as const;

export function actsFor(body: OrderBody): readonly Act[] {
  const { order, units } = body;
  const isHere = STILL_HERE.some((state) => (units[state] ?? 0) > 0);
  const hasLeft = HAS_LEFT.some((state) => (units[state] ?? 0) > 0);
  return [
    ...(isHere
      ? [
          ...liftsOf(order),
          hold(order),
          allocate(order),
          release,
          resource,
          ...pullsOf(order),
          cancelLine(order),
          cancel,
        ]
      : []),
    ...(hasLeft ? [requestReturn(order)] : []),
    ...returnsOf(order),
    note,
    ...(isHere ? [priority(order)] : []),
    tags(order),
  ].filter((act) => act !== undefined);
}

function hold({ holds }: OrderInfo): Act | undefined {
  const free = HOLDS.filter((kind) => holds.every((one) => one.kind !== kind));
  if (free.length === 0) return undefined;
  return {
    name: 'hold',
    label: 'Put on hold',
    says: 'Its units stay promised; nodes are not told until the hold is lifted.',
    fields: [
      {
        as: 'choice',
        name: 'kind',
        label: 'For',
        choices: free.map((kind) => ({ value: kind, label: sentence(kind) })),
      },
    ],
    body: (valueOf) => ({ act: 'hold', kind: valueOf('kind') as HoldName }),
  };
}

function liftsOf({ holds }: OrderInfo): readonly Act[] {
  return holds.map(({ kind }) => ({
    name: `unhold-${kind}`,
    label: `Lift the hold (${kind})`,
    says: 'Without another hold its work goes to the nodes at once.',
    fields: [],
    body: () => ({ act: 'unhold', kind }),
  }));
}

function allocate(order: OrderInfo): Act {
  return {
    name: 'allocate',
    label: 'Allocate at a node',
    says: 'Units that have not left go to this node, if it has them; otherwise nothing changes.',
    fields: [lineChoice(order, 'All lines'), { as: 'node', name: 'node', label: 'Node' }],
    body(valueOf) {
      const lines = linesOf(order, valueOf('line'));
      return { act: 'allocate', node: valueOf('node'), ...(lines !== undefined && { lines }) };
    },
  };
}

const release: Act = {
  name: 'release',
  label: 'Release now',
  says: 'What waits for a later moment goes to its nodes now.',
  fields: [],
  body: () => ({ act: 'release' }),
};

const resource: Act = {
  name: 're-source',
  label: 'Source again',
  says: 'From the first step, by the rules and the stock of now.',
  fields: [],
  body: () => ({ act: 're-source' }),
};

function pullsOf({ works }: OrderInfo): readonly Act[] {
  const open = ['offered', 'queued', 'accepted', 'picking', 'picked'];
  return works
    .filter(({ state }) => open.includes(state))
    .map(({ work, node }) => ({
      name: `pull-back-${work}`,
      label: `Pull back from ${node}`,
      says: `The node gives ${work} back, and its units are sourced again.`,
      fields: [],
      body: () => ({ act: 'pull-back', work }),
    }));
}

function cancelLine(order: OrderInfo): Act | undefined {
  if (order.lines.length < 2 && (order.lines[0]?.units ?? 0) < 2) return undefined;
  return {
    name: 'cancel-line',
    label: 'Cancel part of it',
    says: 'So many units of a line are no longer wanted; the stock is free again.',
    final: true,
    fields: [lineChoice(order), { as: 'number', name: 'units', label: 'Units', min: 1, max: 1_000_000, value: 1 }],
    body: (valueOf) => ({ act: 'cancel', lines: [{ line: valueOf('line'), units: Number(valueOf('units')) }] }),
  };
}

const cancel: Act = {
  name: 'cancel',
  label: 'Cancel the order',
  says: 'All that has not left is no longer wanted.',
  final: true,
  fields: [],
  body: () => ({ act: 'cancel' }),
};

function requestReturn(order: OrderInfo): Act {
  return {
    name: 'request-return',
    label: 'Announce a return',
    says: 'The customer sends it back; it counts when a node has received it.',
    fields: [lineChoice(order), { as: 'number', name: 'units', label: 'Units', min: 1, max: 1_000_000, value: 1 }],
    body: (valueOf) => ({ act: 'request-return', lines: [{ line: valueOf('line'), units: Number(valueOf('units')) }] }),
  };
}

function returnsOf({ returns, currency }: OrderInfo): readonly Act[] {
  return returns
    .filter(({ state }) => state === 'requested')
    .flatMap(({ id, lines }): readonly Act[] => [
      {
        name: `receive-${id}`,
        label: `Receive return ${id}`,
        says: 'Good units go back on the shelf there, damaged ones are set aside; the refund becomes due.',
        fields: [
          { as: 'node', name: 'node', label: 'Received at' },
          {
            as: 'choice',
            name: 'grade',
            label: 'Grade',
            choices: [
              { value: 'good', label: 'Good' },
              { value: 'damaged', label: 'Damaged' },
            ],
          },
          {
            as: 'number',
            name: 'refund',
            label: `Refund, minor units of ${currency}`,
            min: 0,
            max: 1_000_000_000,
            value: 0,
          },
        ],
        body: (valueOf) => ({
          act: 'receive-return',
          id,
          node: valueOf('node'),
          grades: lines.map(({ line, units }) => ({
            line,
            units,
            grade: valueOf('grade') === 'good' ? 'good' : 'damaged',
          })),
          ...(Number(valueOf('refund')) > 0 && { refundMinor: Number(valueOf('refund')) }),
        }),
      },
      {
        name: `refuse-${id}`,
        label: `Refuse return ${id}`,
        says: 'Nothing comes back and nothing is refunded.',
        final: true,
        fields: [],
        body: () => ({ act: 'refuse-return', id }),
      },
    ]);
}

const note: Act = {
  name: 'note',
  label: 'Leave a note',
  says: 'Stands in the order for everybody who opens it.',
  fields: [{ as: 'text', name: 'text', label: 'Note', value: '', needed: true }],
  body: (valueOf) => ({ act: 'note', text: valueOf('text') }),
};

function priority(order: OrderInfo): Act {
  return {
    name: 'set-priority',
    label: 'Set priority',
    says: '0 is served first, 9 last.',
    fields: [{ as: 'number', name: 'priority', label: 'Priority', min: 0, max: 9, value: order.priority }],
    body: (valueOf) => ({ act: 'set-priority', priority: Number(valueOf('priority')) }),
  };
}

function tags(order: OrderInfo): Act {
  return {
    name: 'tag',
    label: 'Set tags',
    says: 'Sourcing and automations may look at them. Separate them by commas.',
    fields: [{ as: 'text', name: 'tags', label: 'Tags', value: order.tags.join(', '), needed: false }],
    body: (valueOf) => ({
      act: 'tag',
      tags: valueOf('tags')
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    }),
  };
}

/** `all`: the words for every line; absent: one must be chosen. Kits are moved by their components. */
function lineChoice({ lines }: OrderInfo, all?: string): ActField {
  const each = lines
    .filter(({ kit }) => kit !== true)
    .map(({ line, sku, name, units }) => ({ value: line, label: `${units} × ${name ?? sku}` }));
  return {
    as: 'choice',
    name: 'line',
    label: 'Line',
    choices: all === undefined ? each : [{ value: '', label: all }, ...each],
  };
}

/** Undefined: all of them. */
function linesOf({ lines }: OrderInfo, chosen: string): readonly { line: string; units: number }[] | undefined {
  const line = lines.find((one) => one.line === chosen);
  if (line === undefined) return undefined;
  const here = line.pieces.filter(({ state }) => (STILL_HERE as readonly string[]).includes(state));
  return [{ line: line.line, units: here.reduce((sum, { units }) => sum + units, 0) }];
}
