import { SaxesParser } from 'saxes';
import type { SaxesTagNS } from 'saxes';

// POSLog as XML: one small tree per Transaction, built while streaming. XML is hostile by nature, so nothing that
// could expand, fetch or recurse is accepted: no DOCTYPE, no entities of its own, bounded depth, attributes and size.

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

export interface XmlTransaction {
  readonly element: XmlElement;
  /** Count from 1. */
  readonly number: number;
  /** A whole POSLog with this transaction alone: what a dead letter replays. */
  readonly original: () => string;
}

export interface XmlRefusal {
  readonly code: 'broken-xml' | 'doctype-refused' | 'xml-out-of-bounds' | 'not-a-poslog';
  readonly message: string;
}

/** Nesting of the deepest real sample is 7; generators of other vendors add a few. */
const XML_DEPTH_MAX = 32;
/** The root of the real sample declares 8 namespaces. */
const XML_ATTRIBUTES_MAX = 64;
/** Kept elements per transaction: over 10,000 lines of a receipt. */
const XML_ELEMENTS_MAX = 100_000;
/** Text of one element we read, in characters: item codes and times are far shorter. */
const XML_TEXT_MAX = 256;

/** Calls `take` for each whole Transaction of the document, in order. Whatever it took is void when a refusal returns. */
export function readTransactions(text: string, take: (transaction: XmlTransaction) => void): XmlRefusal | undefined {
  try {
    new TransactionReader(text, take).run();
    return undefined;
  } catch (error) {
    if (error instanceof XmlStop) return error.refusal;
    return { code: 'broken-xml', message: `not well-formed XML: ${String(error).slice(0, 200)}` };
  }
}

class XmlStop extends Error {
  readonly refusal: XmlRefusal;
  constructor(code: XmlRefusal['code'], message: string) {
    super(message);
    this.refusal = { code, message };
  }
}

/** Elements of the standard we read; whole subtrees of others (tenders, taxes, loyalty, vendor extensions) are skipped. */
const READ = new Set([
  'POSLog',
  'Transaction',
  'RetailStoreID',
  'WorkstationID',
  'SequenceNumber',
  'BusinessDayDate',
  'BeginDateTime',
  'EndDateTime',
  'POSLogDateTime',
  'ControlTransaction',
  'TenderControlTransaction',
  'InventoryControlTransaction',
  'RetailTransaction',
  'ReceiptDateTime',
  'TransactionLink',
  'LineItem',
  'Sale',
  'Return',
  'ItemID',
  'POSIdentity',
  'POSItemID',
  'Quantity',
  // Of a sale as an order (orders/till.ts).
  'CurrencyCode',
  'Customer',
  'CustomerID',
  'Name',
  'LoyaltyAccount',
  'LoyaltyAccountID',
  'LineItemSequenceNumber',
  'Description',
  'RegularSalesUnitPrice',
  'ExtendedAmount',
  'Tax',
  'Amount',
]);

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

class TransactionReader {
  private readonly text: string;
  private readonly take: (transaction: XmlTransaction) => void;
  private readonly parser = new SaxesParser({ xmlns: true });
  private readonly open: XmlElement[] = [];
  /** Elements open inside a skipped subtree, its top included. */
  private skipped = 0;
  private namespace = '';
  private head = '';
  private tail = '';
  private from = 0;
  private attributes = 0;
  private elements = 0;
  private number = 0;

  constructor(text: string, take: (transaction: XmlTransaction) => void) {
    this.text = text;
    this.take = take;
  }

  run(): void {
    const { parser } = this;
    parser.on('error', (error) => {
      throw new XmlStop('broken-xml', `not well-formed XML: ${error.message.slice(0, 200)}`);
    });
    parser.on('doctype', () => {
      throw new XmlStop('doctype-refused', 'a POSLog needs no DOCTYPE; remove it');
    });
    parser.on('opentagstart', () => {
      this.attributes = 0;
    });
    parser.on('attribute', () => {
      this.attributes += 1;
      if (this.attributes > XML_ATTRIBUTES_MAX) throw outOfBounds(`more than ${XML_ATTRIBUTES_MAX} attributes`);
    });
    parser.on('opentag', (tag) => this.opened(tag));
    parser.on('text', (text) => this.said(text));
    parser.on('cdata', (text) => this.said(text));
    parser.on('closetag', () => this.closed());
    parser.write(this.text).close();
    if (this.head === '') throw new XmlStop('not-a-poslog', 'the document has no POSLog element');
  }

  private opened(tag: SaxesTagNS): void {
    if (this.open.length + this.skipped >= XML_DEPTH_MAX) throw outOfBounds(`nested deeper than ${XML_DEPTH_MAX}`);
    if (this.head === '') this.openedRoot(tag);
    if (this.skipped > 0 || tag.uri !== this.namespace || !READ.has(tag.local)) {
      this.skipped += 1;
      return;
    }
    const element: XmlElement = { name: tag.local, attributes: attributesOf(tag), children: [], text: '' };
    if (this.isTransaction(element)) {
      this.from = this.text.lastIndexOf('<', this.parser.position - 1);
      this.elements = 0;
    }
    this.elements += 1;
    if (this.elements > XML_ELEMENTS_MAX) throw outOfBounds(`a transaction of more than ${XML_ELEMENTS_MAX} elements`);
    // The root keeps no children: each transaction is handed on and forgotten.
    if (this.open.length > 1) this.open.at(-1)?.children.push(element);
    this.open.push(element);
  }

  private openedRoot(tag: SaxesTagNS): void {
    if (tag.local !== 'POSLog')
      throw new XmlStop('not-a-poslog', `the root element is ${tag.name.slice(0, 60)}, not POSLog`);
    this.namespace = tag.uri;
    const start = this.text.lastIndexOf('<', this.parser.position - 1);
    const head = this.text.slice(start, this.parser.position);
    // An empty root closes itself; it holds no transaction that would need a wrapper.
    this.head = head.endsWith('/>') ? '<POSLog>' : head;
    this.tail = `</${tag.name}>`;
  }

  private isTransaction(element: XmlElement): boolean {
    return element.name === 'Transaction' && this.open.length === 1;
  }

  private said(text: string): void {
    if (this.skipped > 0) return;
    const element = this.open.at(-1);
    if (element === undefined || element.text.length > XML_TEXT_MAX) return;
    element.text += text.slice(0, XML_TEXT_MAX + 1);
  }

  private closed(): void {
    if (this.skipped > 0) {
      this.skipped -= 1;
      return;
    }
    const element = this.open.pop();
    if (element === undefined || !this.isTransaction(element)) return;
    this.number += 1;
    const { from, head, tail } = this;
    const to = this.parser.position;
    this.take({ element, number: this.number, original: () => head + this.text.slice(from, to) + tail });
  }
}

function attributesOf(tag: SaxesTagNS): ReadonlyMap<string, string> {
  let found: Map<string, string> | undefined;
  for (const attribute of Object.values(tag.attributes)) {
    // Attributes of other namespaces are a vendor's own; the standard's have none.
    if (attribute.uri === '') (found ??= new Map()).set(attribute.local, attribute.value);
  }
  return found ?? NO_ATTRIBUTES;
}

function outOfBounds(what: string): XmlStop {
  return new XmlStop('xml-out-of-bounds', `${what}; no POSLog needs that`);
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}
