import { isRefusal, parseEventId, parseSku } from '../../engine/contract/ids.ts';
import type { IdRefusal, Sku } from '../../engine/contract/ids.ts';
import type { StockEvent } from '../../engine/contract/stock-event.ts';
import type { FormatContext } from '../source.ts';
import { readDecimal } from './decimal.ts';
import type { Clock } from './local-time.ts';
import { readReceipt, statusOf, voidedReceipt } from './poslog-receipt.ts';
import type { Receipt, Refusal } from './poslog-receipt.ts';
import { childOf, textOf } from './poslog-xml.ts';
import type { XmlElement } from './poslog-xml.ts';
import { shown } from './text.ts';

/**
 * What one Transaction means for stock:
 *
 *   Sale line        delta −Quantity, reason sale (a negative Sale is a return)
 *   Return line      delta +Quantity, reason return
 *   VoidFlag line    ignored: the cashier took it back before the customer paid
 *   not Stock        ignored: services, deposits, gift cards (attribute ItemType)
 *   post-void        void of each line: the linked transaction's (TransactionLink), line by line, else its own
 *   control, training, cancelled, suspended, voided before payment: ignored, the whole transaction
 *
 * The sku is ItemID as it stands, leading zeros included; without one POSIdentity/POSItemID. Where both stand and only
 * the second is a known item, the second counts. Quantity is 1 when absent; its decimals are judged by the sku's scale
 * in the engine. Event id: `store-workstation-sequence-businessday#line`, so a repeated upload counts once.
 * Other lines (tenders, taxes, loyalty) are no goods and not even counted as ignored.
 */
export function readTransaction(
  transaction: XmlElement,
  place: string,
  context: FormatContext,
  clock: Clock,
): TransactionResult {
  const result: TransactionResult = { events: [], refused: [], warnings: [], ignored: 0 };
  const retail = childOf(transaction, 'RetailTransaction');
  if (retail === undefined || hasNoEffect(transaction, retail)) return ignoredWhole(transaction, result);
  const head = readReceipt(transaction, retail, context, clock);
  if ('code' in head) {
    result.refused.push({ ...head, place });
    return result;
  }
  const voided = voidedReceipt(retail, head);
  for (const [index, line] of linesOf(retail).entries()) {
    const item = childOf(line, 'Sale') ?? childOf(line, 'Return');
    if (item === undefined) continue;
    if (flagged(line, 'VoidFlag') || !isStock(item)) {
      result.ignored += 1;
      continue;
    }
    const number = textOf(line, 'SequenceNumber') ?? String(index + 1);
    const made = readLine(item, number, head, voided, context);
    const at = `${place}, line ${number.slice(0, 20)}`;
    if (made === 'no-goods') result.ignored += 1;
    else if ('code' in made) result.refused.push({ ...made, place: at });
    else result.events.push({ event: made, place: at });
  }
  if (voided !== undefined && result.events.length === 0 && result.refused.length === 0) {
    const message = 'a post-void must repeat the lines it annuls, or its skus are not known';
    result.refused.push({ code: 'void-without-lines', message, place });
  }
  return result;
}

export interface TransactionResult {
  readonly events: { readonly event: StockEvent; readonly place: string }[];
  readonly refused: { readonly code: string; readonly message: string; readonly place: string }[];
  readonly warnings: string[];
  ignored: number;
}

/** Receipt states that never reached, or never left, the customer. */
const WITHOUT_EFFECT = new Set([
  'voided',
  'prevoided',
  'cancelled',
  'canceled',
  'suspended',
  'suspenddeleted',
  'failed',
]);

export function hasNoEffect(transaction: XmlElement, retail: XmlElement): boolean {
  if (flagged(transaction, 'TrainingModeFlag') || flagged(transaction, 'CancelFlag')) return true;
  return WITHOUT_EFFECT.has(statusOf(retail));
}

export function flagged(element: XmlElement, flag: string): boolean {
  const value = element.attributes.get(flag)?.trim();
  return value === 'true' || value === '1';
}

function ignoredWhole(transaction: XmlElement, result: TransactionResult): TransactionResult {
  result.ignored += 1;
  if (childOf(transaction, 'InventoryControlTransaction') !== undefined) {
    result.warnings.push('InventoryControlTransaction is not read: tills send sales and returns');
  }
  return result;
}

export function linesOf(retail: XmlElement): readonly XmlElement[] {
  return retail.children.filter((child) => child.name === 'LineItem');
}

export function isStock(item: XmlElement): boolean {
  const type = item.attributes.get('ItemType');
  return type === undefined || type.toLowerCase() === 'stock';
}

function readLine(
  item: XmlElement,
  number: string,
  receipt: Receipt,
  voided: string | undefined,
  context: FormatContext,
): StockEvent | Refusal | 'no-goods' {
  const sku = readItem(item, context);
  if (isRefusal(sku)) return sku;
  // A post-void without its own number would take the id of the sale it annuls.
  const own = parseEventId(voided === receipt.id ? `${receipt.id}#${number}/void` : `${receipt.id}#${number}`);
  if (isRefusal(own)) return own;
  const head = {
    source: context.source.id,
    id: own,
    at: receipt.at,
    ...(receipt.postedAt === undefined ? undefined : { postedAt: receipt.postedAt }),
    stream: receipt.till,
    ...(receipt.seq === undefined ? undefined : { seq: receipt.seq }),
    ref: receipt.id,
  };
  if (voided !== undefined) {
    const voids = parseEventId(`${voided}#${number}`);
    return isRefusal(voids) ? voids : { kind: 'void', ...head, sku, node: receipt.node, voids };
  }
  const said = textOf(item, 'Quantity');
  const quantity = said === undefined ? 1 : readDecimal(said);
  if (quantity === undefined) {
    return { code: 'malformed-quantity', message: `Quantity must be a decimal number, got ${shown(said)}` };
  }
  if (quantity === 0) return 'no-goods';
  const units = item.name === 'Sale' ? -quantity : quantity;
  return { kind: 'delta', ...head, sku, node: receipt.node, quantity: units, reason: units < 0 ? 'sale' : 'return' };
}

export function readItem(item: XmlElement, { hasItem }: Pick<FormatContext, 'hasItem'>): Sku | IdRefusal {
  const itemId = textOf(item, 'ItemID');
  const posItemId = textOf(childOf(item, 'POSIdentity'), 'POSItemID');
  const known = (code: string | undefined): boolean => code !== undefined && hasItem?.(code) === true;
  if (itemId !== undefined && posItemId !== undefined && itemId !== posItemId) {
    return parseSku(!known(itemId) && known(posItemId) ? posItemId : itemId);
  }
  return parseSku(itemId ?? posItemId);
}
