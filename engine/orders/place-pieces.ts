import type { NodeId, Sku } from '../contract/ids.ts';
import type { Order, OrderLine, Piece } from '../contract/order.ts';
import type { OrderFact, StepUnits } from '../contract/order-fact.ts';
import { orderTotals } from '../contract/order-totals.ts';
import type { Place } from '../contract/reservation.ts';
import type { PlanPart, SourcingDecision, SourcingNeed, SourcingOrder } from '../contract/sourcing.ts';
import { askSteps, freeUnits, isOpenPlacing, placeText, stockShardOf, type Ask } from './ask-step.ts';
import { BY_HAND } from './hand-move.ts';
import { placelessOf } from './needs-place.ts';
import type { OrderFile } from './order-file.ts';
import { hasLeft, piecesOf } from '../contract/order-status.ts';
import { placeOf } from './pieces.ts';
import { carriersOf, groupsOf, nodesOf, nodesOfGroup, rulesOf, type World } from './world.ts';

// Units find their nodes (rules OR5, OR8). What stock and nodes say beforehand is advice: stock's answer to the move decides,
// and until one says yes the units stay promised where they are.

/** The question may be under way before stock has answered what it allocates: both are needed to decide. */
export function askSourcing(file: OrderFile, world: World): OrderFact[] {
  if (file.asks > file.asksOver || file.givenUp !== undefined) return [];
  const skus = waitingSkus(file, world);
  if (skus.length === 0 || file.steps.some(({ what }) => what.do === 'move-allocated')) return [];
  return [asked(file, skus, world)];
}

function asked({ order, asks }: OrderFile, skus: readonly Sku[], world: World): OrderFact {
  const nodes = skus.length === 0 ? [] : nodesOfGroup(world, order.group);
  return { fact: 'SourcingAsked', at: world.at, order: order.id, ask: asks + 1, skus, nodes };
}

/** What was not asked about before, or nothing at all. */
function askAnew(file: OrderFile, world: World): OrderFact[] {
  const skus = waitingSkus(file, world);
  const isKnown = skus.length > 0 && skus.every((sku) => file.askedSkus.includes(sku));
  return isKnown ? [] : [asked(file, skus, world)];
}

function waitingSkus(file: OrderFile, world: World): Sku[] {
  const waits = file.order.lines.filter(
    (line) => isSourced(line) && (isAsking(line) || freePlaceless(file, line, world) > 0),
  );
  return [...new Set(waits.map(({ sku }) => sku))];
}

const isSourced = ({ at, kit }: OrderLine): boolean => at === undefined && kit !== true;
const isAsking = ({ pieces }: OrderLine): boolean => pieces.some(({ state }) => state === 'asked');

function freePlaceless(file: OrderFile, line: OrderLine, world: World): number {
  return placesOf(file, line, world).reduce((sum, { units }) => sum + units, 0);
}

interface AtPlace {
  readonly place: Place;
  readonly units: number;
}

/** Units that look for a node, by where they are promised now. */
function placesOf(file: OrderFile, line: OrderLine, world: World): AtPlace[] {
  const sums = new Map<string, AtPlace>();
  for (const piece of placelessOf(line, rulesOf(world).live.attemptsMax)) {
    const place = placeOf(piece) as Place;
    const key = placeText(place);
    const units = (sums.get(key)?.units ?? 0) + piece.units;
    sums.set(key, { place, units: Math.min(units, freeUnits(file, line, place)) });
  }
  return [...sums.values()].filter(({ units }) => units > 0);
}

/** Decides when everybody has answered. */
export function source(file: OrderFile, world: World): OrderFact[] {
  const { order, asks, askedSkus } = file;
  if (world.advice?.ask !== asks || asks === file.asksOver || file.steps.some(isOpenPlacing)) return [];
  const lines = order.lines.filter((line) => isSourced(line) && askedSkus.includes(line.sku));
  const needs = lines.flatMap((line) => needOf(file, line, world));
  // Stock had none of what was asked about; what else waits by now, or nothing, is another question.
  if (needs.length === 0) return askAnew(file, world);
  const { live, shadow } = rulesOf(world);
  const decide = (rules: typeof live): SourcingDecision => decisionOf(file, needs, rules, world);
  const decision = decide(live);
  const tried = shadow === undefined ? {} : { shadow: decide(shadow) };
  const about = { at: world.at, order: order.id, ask: asks };
  const moves = (decision.plan?.parts ?? []).flatMap((part) => movesTo(part));
  return [
    { fact: 'OrderSourced', ...about, decision, ...tried },
    ...askSteps(file, moveSteps(file, moves, world), world),
  ];
}

function needOf(file: OrderFile, line: OrderLine, world: World): SourcingNeed[] {
  const units = freePlaceless(file, line, world);
  const { line: name, sku } = line;
  const { grams, department } = world.advice?.skus.find((each) => each.sku === sku) ?? {};
  const known = { ...(grams !== undefined && { grams }), ...(department !== undefined && { department }) };
  return units > 0 ? [{ line: name, sku, units, ...known }] : [];
}

function decisionOf(
  file: OrderFile,
  needs: readonly SourcingNeed[],
  rules: ReturnType<typeof rulesOf>['live'],
  world: World,
): SourcingDecision {
  const { order, failedSteps } = file;
  const rows = { carriers: carriersOf(world), nodes: nodesOf(world), groups: groupsOf(world) };
  const { skus = [], loads = [] } = world.advice ?? {};
  const asked = { ...sourcingOrder(order, needs), failedSteps };
  return world.settings.source(
    { rules, ...rows, group: nodesOfGroup(world, order.group) },
    asked,
    skus,
    loads,
    world.at,
  );
}

/** What the goods cost, discounts taken off: what rules ask of an order. */
export function valueOf(order: Order): number {
  const { goodsMinor, discountMinor } = orderTotals(order);
  return goodsMinor - discountMinor;
}

export function sourcingOrder(order: Order, needs: readonly SourcingNeed[]): SourcingOrder {
  const { channel, method, pickupNode, tags, shipTo = { lines: [] } } = order;
  const { country, postcode, lat, lon } = shipTo;
  const pieces = piecesOf(order);
  const failed = pieces.filter((piece) => !hasLeft(piece)).flatMap(({ failed: each = [] }) => each);
  const excluded = [...new Map(failed.map((each) => [each.node, each])).values()];
  const served = pieces
    .filter(({ state }) => state === 'allocated' || state === 'released')
    .flatMap(({ node }) => node ?? []);
  const out = new Set(excluded.map(({ node }) => node));
  const promisedAt = promisedOf(order, needs);
  return {
    channel,
    method,
    ...(pickupNode !== undefined && { pickupNode }),
    tags,
    valueMinor: valueOf(order),
    ...(country !== undefined && { country }),
    ...(postcode !== undefined && { postcode }),
    ...(lat !== undefined && { lat }),
    ...(lon !== undefined && { lon }),
    ...(promisedAt !== undefined && { promisedAt }),
    needs,
    excluded,
    with: [...new Set(served)].filter((node) => !out.has(node)),
  };
}

/** The day the customer was told for what looks for a node again; a day supply is due promises no arrival. */
function promisedOf({ lines }: Order, needs: readonly SourcingNeed[]): number | undefined {
  const days = lines
    .filter(({ line }) => needs.some((need) => need.line === line))
    .flatMap(({ pieces }) => placelessOf({ pieces }).flatMap(({ dueAt }) => dueAt ?? []));
  return days.length === 0 ? undefined : Math.min(...days);
}

interface MoveTo extends StepUnits {
  readonly node: NodeId;
}

function movesTo({ node, lines, arrivesAt }: PlanPart): MoveTo[] {
  return lines.map(({ line, units }) => ({ node, line, units, ...(arrivesAt !== undefined && { dueAt: arrivesAt }) }));
}

/** One step for each sku, place left and node: units of several lines go together. */
function moveSteps(file: OrderFile, moves: readonly MoveTo[], world: World, why = 'sourced'): Ask[] {
  const left = new Map(file.order.lines.map((line) => [line.line, placesOf(file, line, world)]));
  const steps = new Map<string, Ask & { readonly of: StepUnits[] }>();
  for (const move of moves) {
    const line = file.order.lines.find((each) => each.line === move.line);
    if (line === undefined) continue;
    let open = move.units;
    const rest = (left.get(line.line) ?? []).map(({ place, units }) => {
      const taken = Math.min(open, units);
      open -= taken;
      if (taken > 0) joinMove(steps, line, place, { ...move, units: taken }, { world, why });
      return { place, units: units - taken };
    });
    left.set(line.line, rest);
  }
  return [...steps.values()].map(withUnits);
}

function joinMove(
  steps: Map<string, Ask & { readonly of: StepUnits[] }>,
  { sku }: OrderLine,
  from: Place,
  { node, line, units, dueAt }: MoveTo,
  { world, why }: { readonly world: World; readonly why: string },
): void {
  const key = `${sku} ${placeText(from)} ${node}`;
  const of = { line, units, ...(dueAt !== undefined && { dueAt }) };
  const known = steps.get(key);
  if (known !== undefined) return void known.of.push(of);
  const what = { do: 'move-allocated', sku, from, to: { node } } as const;
  steps.set(key, { shard: stockShardOf(world, sku), what, of: [of], why });
}

function withUnits(ask: Ask & { readonly of: StepUnits[] }): Ask {
  const units = ask.of.reduce((sum, each) => sum + each.units, 0);
  return { ...ask, what: { ...ask.what, units } as Ask['what'] };
}

/** A line of one certain node: what came for it on the group goes there, without sourcing. */
export function placeBound(file: OrderFile, world: World): OrderFact[] {
  if (file.givenUp !== undefined || file.steps.some(isOpenPlacing)) return [];
  const moves = file.order.lines.flatMap((line): MoveTo[] => {
    const { at } = line;
    const units = at === undefined ? 0 : strayUnits(line.pieces, at);
    return at === undefined || units === 0 ? [] : [{ line: line.line, node: at, units }];
  });
  return askSteps(file, moveSteps(file, moves, world, 'bound'), world);
}

function strayUnits(pieces: readonly Piece[], at: NodeId): number {
  return pieces.reduce((sum, { state, units, failed = [] }) => {
    return state === 'unplaced' && !failed.some(({ node }) => node === at) ? sum + units : sum;
  }, 0);
}

/** By hand: so many units of each line go to that node, from wherever they are promised and not worked on. */
export function moveByHand(file: OrderFile, node: NodeId, lines: readonly StepUnits[], world: World): OrderFact[] {
  const asks = lines.flatMap(({ line: name, units }) => {
    const line = file.order.lines.find((each) => each.line === name);
    let open = units;
    return movable(file, line).flatMap(({ place, units: there }): Ask[] => {
      const taken = 'node' in place && place.node === node ? 0 : Math.min(open, there);
      open -= taken;
      if (line === undefined || taken <= 0) return [];
      const what = { do: 'move-allocated', sku: line.sku, from: place, to: { node }, units: taken } as const;
      return [{ shard: stockShardOf(world, line.sku), what, of: [{ line: name, units: taken }], why: BY_HAND }];
    });
  });
  return askSteps(file, asks, world);
}

/** Units that may be moved by hand, by place. */
export function movable(file: OrderFile, line: OrderLine | undefined): AtPlace[] {
  const places = new Map(
    (line?.pieces ?? []).flatMap((piece) => {
      const place = placeOf(piece);
      return place === undefined ? [] : [[placeText(place), place] as const];
    }),
  );
  return [...places.values()].map((place) => ({ place, units: freeUnits(file, line as OrderLine, place) }));
}
