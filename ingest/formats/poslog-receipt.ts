import { isRefusal } from '../../engine/contract/ids.ts';
import type { NodeId } from '../../engine/contract/ids.ts';
import type { Clock } from './local-time.ts';
import { readNode } from './node-code.ts';
import type { CodesContext } from './node-code.ts';
import { childOf, textOf } from './poslog-xml.ts';
import type { XmlElement } from './poslog-xml.ts';

// Who, where and when of a receipt: what all its lines share, and which other receipt it annuls.

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface Receipt {
  readonly id: string;
  readonly till: string;
  readonly seq: number | undefined;
  readonly node: NodeId;
  readonly at: number;
  readonly postedAt: number | undefined;
  readonly fields: ReceiptFields;
}
interface ReceiptFields {
  readonly store: string;
  readonly workstation: string;
  readonly sequence: string;
  readonly day: string;
}

export function readReceipt(
  transaction: XmlElement,
  retail: XmlElement,
  context: CodesContext,
  clock: Clock,
): Receipt | Refusal {
  const fields = {
    store: textOf(transaction, 'RetailStoreID') ?? '',
    workstation: textOf(transaction, 'WorkstationID') ?? '',
    sequence: textOf(transaction, 'SequenceNumber') ?? '',
    day: textOf(transaction, 'BusinessDayDate') ?? '',
  };
  for (const [field, text] of Object.entries(fields)) {
    if (text === '')
      return { code: 'incomplete-transaction', message: `the transaction has no ${ELEMENT[field] ?? field}` };
  }
  const node = readNode(fields.store, context);
  if (isRefusal(node)) return node;
  const time =
    textOf(retail, 'ReceiptDateTime') ?? textOf(transaction, 'EndDateTime') ?? textOf(transaction, 'BeginDateTime');
  const at = clock.read(time, node);
  if (typeof at !== 'number') return at;
  const posted = postedTime(transaction);
  const postedAt = posted === undefined ? undefined : clock.read(posted, node);
  if (postedAt !== undefined && typeof postedAt !== 'number') return postedAt;
  const number = /^\d{1,15}$/.test(fields.sequence) ? Number(fields.sequence) : undefined;
  const till = `${fields.store}-${fields.workstation}`;
  return { id: receiptId(fields), till, seq: number, node, at, postedAt, fields };
}

const ELEMENT: Readonly<Record<string, string>> = {
  store: 'RetailStoreID',
  workstation: 'WorkstationID',
  sequence: 'SequenceNumber',
  day: 'BusinessDayDate',
};

/** POSLogDateTime of type Message: when the till's message was written, so when an offline till's sales were booked. */
function postedTime(transaction: XmlElement): string | undefined {
  const message = transaction.children.find(
    (child) => child.name === 'POSLogDateTime' && child.attributes.get('TypeCode') === 'Message',
  );
  return message?.text.trim();
}

function receiptId({ store, workstation, sequence, day }: ReceiptFields): string {
  return `${store}-${workstation}-${sequence}-${day}`;
}

const POST_VOID = new Set(['postvoided', 'postvoid']);
const VOID_LINK = new Set(['postvoid', 'void', 'voidtransaction']);

/** Id of the receipt this one annuls, or undefined for an ordinary one. Link fields that are absent are its own. */
export function voidedReceipt(retail: XmlElement, { fields }: Receipt): string | undefined {
  const link = childOf(retail, 'TransactionLink');
  const reason = (link?.attributes.get('ReasonCode') ?? '').trim().toLowerCase();
  if (!POST_VOID.has(statusOf(retail)) && !VOID_LINK.has(reason)) return undefined;
  return linkedReceipt(link, fields);
}

/** Id of the receipt a link names; what it leaves out is as in the receipt around it. */
export function linkedReceipt(link: XmlElement | undefined, fields: Receipt['fields']): string {
  return receiptId({
    store: textOf(link, 'RetailStoreID') ?? fields.store,
    workstation: textOf(link, 'WorkstationID') ?? fields.workstation,
    sequence: textOf(link, 'SequenceNumber') ?? fields.sequence,
    day: textOf(link, 'BusinessDayDate') ?? fields.day,
  });
}

export function statusOf(retail: XmlElement): string {
  return (retail.attributes.get('TransactionStatus') ?? '').trim().toLowerCase();
}
