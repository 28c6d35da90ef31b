import { orderOfWork } from '../contract/ids.ts';
import { type HubFile, type HubLine, unitsIn, unitsOf } from './hub-file.ts';
import { wantedOf } from './hub-wanted.ts';
import type { OrderBooks } from './order-books.ts';
import { require, requireSame } from './violation.ts';

// What must be true of every order once nothing is under way any more, by the sentences of SPEC.md §7.

export function requireOrdersAtRest(books: OrderBooks): void {
  for (const file of books.files()) {
    requireAnswered(file);
    require(!books.hasUnheard(file), () => `units came for ${file.id}, and it does not know (OR9)`);
    books.requireStockAgrees(file);
    requireWorkAgrees(file, books);
    requireLeftOnce(file, books);
    for (const line of file.lines) {
      if (line.kit === true) {
        requireWholeKits(file, line);
        continue;
      }
      requireSomewhere(file, line, books);
      requireWanted(file, line);
    }
  }
  for (const { work } of books.works()) {
    const file = books.order(orderOfWork(work.id) ?? '');
    require(file?.works.some((each) => each.work === work.id) === true, () => `${work.id} is nobody's`);
  }
}

function requireAnswered({ id, open, works, pulls }: HubFile): void {
  require(open.length === 0, () => `${id} waits for ${open[0]?.what.do} for ever`);
  const offered = works.find(({ state }) => state === 'offered');
  require(offered === undefined, () => `${offered?.work} is never answered`);
  const pull = pulls.find(({ state }) => state === 'asked');
  require(pull === undefined, () => `${pull?.work} is asked back and never answered`);
}

/** The node shard's work orders are as the order has them (rule OR8). */
function requireWorkAgrees({ works }: HubFile, books: OrderBooks): void {
  for (const { work, node, state, version } of works) {
    const known = books.work(node, work);
    if (known === undefined) {
      const isOver = ['rejected', 'pulled-back', 'delivered', 'collected'].includes(state);
      require(isOver && (books.paused || version === 0), () => `${node} knows nothing of ${work}, which is ${state}`);
      continue;
    }
    const is = [known.work.state, known.work.version];
    requireSame(is, [state, version], () => `${work} at ${node}, and as its order has it`);
  }
}

/** No unit leaves twice: what left stock for the order is what it says has left. */
function requireLeftOnce({ id, lines, isTillSale }: HubFile, books: OrderBooks): void {
  if (isTillSale) return;
  for (const [sku, own] of Map.groupBy(lines, (line) => line.sku)) {
    const left = own.reduce((sum, line) => sum + unitsIn(line, 'shipped', 'delivered', 'collected', 'returned'), 0);
    const back = own.reduce((sum, line) => sum + unitsIn(line, 'returned'), 0);
    const is = [books.left(id, sku), books.cameBack(id, sku)];
    requireSame(is, [left, back], () => `units of ${sku} that left and came back for ${id}, by stock and by the order`);
  }
}

/** An order is over, in a person's queue, at work at a node, or waiting for supply: never nowhere. */
function requireSomewhere(
  { id, queue, waitsToCancel, isTillSale }: HubFile,
  { line, pieces }: HubLine,
  books: OrderBooks,
): void {
  for (const { state, node, work, units } of pieces) {
    const about = (): string => `${units} of line ${line} of ${id} are ${state}`;
    if (state === 'asked') require(isTillSale, () => `${about()} for ever`);
    if (state === 'unplaced' || state === 'allocated')
      require(queue !== undefined || waitsToCancel, () =>
        `${about()}${node === undefined ? '' : ` at ${node}`}, and nobody looks`);
    if (state !== 'released' && state !== 'ready' && state !== 'in-transit') continue;
    const known = books.work(node ?? '', work ?? '')?.work;
    require(known !== undefined, () => `${about()}, and ${node} has no ${work}`);
    const own = known.lines.filter(({ orderLine }) => orderLine === line);
    const has = own.reduce((sum, each) => sum + (each.picked ?? each.units), 0);
    const here = unitsOf(pieces.filter((piece) => piece.work === work));
    require(has === here, () => `${work} has ${has} of line ${line}, its order ${here}`);
  }
}

/** Of a kit no component is kept alone (rule AV9), as far as nothing of it has left or is packed. */
function requireWholeKits(file: HubFile, kit: HubLine): void {
  const parts = file.lines.filter(({ of }) => of === kit.line);
  const isLoose = ({ pieces }: HubLine): boolean =>
    pieces.every(({ state, work }) => !GONE.includes(state) && !isKept(file, work));
  if (file.isOurs || !parts.every(isLoose)) return;
  const kits = parts.map((part) => {
    const each = part.units / kit.units;
    return (part.units - unitsIn(part, 'cancelled', 'refused')) / each;
  });
  const isWhole = kits.every((count) => Number.isInteger(count) && count === kits[0]);
  require(isWhole, () => `${file.id} keeps ${kits.join(' and ')} kits of line ${kit.line} (AV9)`);
}

/** The node has packed it, so it was not given back. */
function isKept({ pulls }: HubFile, work: string | undefined): boolean {
  return pulls.some((pull) => pull.work === work && pull.state === 'refused');
}

const GONE: readonly string[] = ['in-transit', 'shipped', 'delivered', 'collected', 'returned'];

/** Whatever order messages came in: no fewer are tried for than are wanted, and no more are kept than had to be (rule OR1). */
function requireWanted(file: HubFile, line: HubLine): void {
  if (file.isOurs || file.isTillSale || line.of !== undefined) return;
  const wanted = wantedOf(file, line);
  const tried = line.units - unitsIn(line, 'cancelled');
  require(tried >= wanted, () =>
    `${wanted} of line ${line.line} of ${file.id} are wanted, ${tried} were asked for (OR1)`);
  const kept = tried - unitsIn(line, 'refused');
  const gone = unitsIn(line, 'shipped', 'delivered', 'collected', 'returned');
  const isAtWork = (state: string): boolean => state === 'released' || state === 'ready';
  const packed = unitsOf(
    line.pieces.filter(({ state, work }) => state === 'in-transit' || (isAtWork(state) && isKept(file, work))),
  );
  require(kept <= Math.max(wanted, gone + packed), () =>
    `${wanted} of line ${line.line} of ${file.id} are wanted, ${kept} are kept (OR1)`);
}
