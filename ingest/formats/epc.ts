// What an EPC stands for. Stock is counted by class, so an instance (a serial number) is one unit of its class.
//
//   urn:epc:id:sgtin:0614141.107346.2017         instance   GTIN 10614141073464
//   urn:epc:idpat:sgtin:4012345.098765.*         class      GTIN 04012345987652
//   urn:epc:class:lgtin:4012345.012345.998877    class      GTIN 04012345123456, the lot is not kept
//   https://id.gs1.org/01/04012345987652/21/7    instance   GTIN 04012345987652 (Digital Link, any host)
//   urn:epc:id:itip:…, urn:epc:id:upui:…         instance   their GTIN
//   sscc, giai, grai, sgln, gsrn, gdti, …        no goods: pallets, assets, places, people, papers
//   anything else                                class      a private code: its last part after / or :

/** Codes an EPC may be known by, the likeliest first; `no-goods` when it names something that is not sold. */
export type EpcClass = readonly [string, ...string[]] | 'no-goods';

export function classOf(epc: string): EpcClass {
  const urn = URN.exec(epc);
  if (urn !== null) return classOfUrn(urn[1] ?? '', (urn[2] ?? '').split('.'), epc);
  const linked = LINKED_GTIN.exec(epc);
  if (linked !== null) return namesOf((linked[1] ?? '').padStart(14, '0'), epc);
  if (LINKED_OTHER.test(epc)) return 'no-goods';
  const last = lastPart(epc);
  return last === '' || last === epc ? [epc] : [last, epc];
}

const URN = /^urn:epc:(?:id|idpat|class):([a-z]+):(.+)$/;
/** GS1 Digital Link: application identifier 01 and a GTIN somewhere in the path. */
const LINKED_GTIN = /^https?:\/\/[^?#]*\/(?:01|gtin)\/(\d{8,14})(?:[/?#]|$)/;
/** Digital Links to what is no trade item: SSCC, GLN, GRAI, GIAI, GSRN, GDTI, GCN. */
const LINKED_OTHER = /^https?:\/\/[^?#]*\/(?:00|414|417|8003|8004|8017|8018|253|255)\/[^/?#]+/;

function classOfUrn(scheme: string, parts: readonly string[], epc: string): EpcClass {
  if (scheme !== 'sgtin' && scheme !== 'lgtin' && scheme !== 'itip' && scheme !== 'upui') return 'no-goods';
  const [company = '', item = ''] = parts;
  const gtin = gtinOf(company, item);
  // A pattern for every item of a company, or digits that make no GTIN: kept as it stands, the engine knows no such sku.
  return gtin === undefined ? [epc] : namesOf(gtin, epc);
}

function namesOf(gtin: string, epc: string): EpcClass {
  const short = gtin.replace(/^0+/, '');
  return short === gtin ? [gtin, epc] : [gtin, short.padStart(13, '0'), short, epc];
}

/** GTIN-14 from the parts of an SGTIN: the item reference begins with the indicator digit. 0614141, 107346 -> 10614141073464. */
function gtinOf(company: string, item: string): string | undefined {
  if (!/^\d{6,12}$/.test(company) || !/^\d{1,7}$/.test(item) || company.length + item.length !== 13) return undefined;
  return withCheckDigit(item.slice(0, 1) + company + item.slice(1));
}

/** GS1 check digit: weights 3 and 1 from the right, up to the next ten. */
function withCheckDigit(digits: string): string {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    sum += Number(digits.at(-1 - fromRight)) * (fromRight % 2 === 0 ? 3 : 1);
  }
  return digits + String((10 - (sum % 10)) % 10);
}

/** Codes a location may be known by: its URI as it stands, then its GLN, then its last part. */
export function placeCodes(uri: string): readonly string[] {
  const codes = [uri];
  const urn = /^urn:epc:id:sgln:(\d+)\.(\d*)\./.exec(uri);
  const digits = urn === null ? '' : `${urn[1] ?? ''}${urn[2] ?? ''}`;
  if (digits.length === 12) codes.push(withCheckDigit(digits));
  const linked = /^https?:\/\/[^?#]*\/414\/(\d{13})(?:[/?#]|$)/.exec(uri);
  if (linked?.[1] !== undefined) codes.push(linked[1]);
  if (urn === null) codes.push(lastPart(uri));
  return codes;
}

/** The number inside the URI of a business transaction: `http://acme.example/po/123` and `urn:epcglobal:cbv:bt:<GLN>:123` -> 123. */
export function lastPart(uri: string): string {
  const plain = uri.replace(/[?#].*$/, '').replace(/[/:]+$/, '');
  return plain.slice(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf(':')) + 1);
}
