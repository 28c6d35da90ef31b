import type { StockFact } from '../contract/stock-fact.ts';
import type { ClientId } from '../contract/ids.ts';
import { afterMove } from './held-model.ts';
import { type ModelHold, type ModelKey, type ModelPart, type PartAnswer, skusOf } from './promised.ts';
import type { StockModel } from './stock-model.ts';

type HeldFact = Extract<
  StockFact,
  {
    fact:
      | 'UnitsReserved'
      | 'ReservationRefused'
      | 'UnitsReleased'
      | 'HoldExtended'
      | 'UnitsMoved'
      | 'PartMoved'
      | 'PartMoveRefused'
      | 'PartHeld'
      | 'PartRefused'
      | 'PartEnded';
  }
>;

/** What a fact of holds and parts makes of the model. Returns the skus it may have changed something of. */
export function changeHeld(model: StockModel, fact: HeldFact): readonly string[] {
  switch (fact.fact) {
    case 'UnitsReserved': {
      const { reservation, keyDigest, contentDigest } = fact;
      const promised = model.promised(reservation.lines, reservation.channel, fact.drawn);
      model.holds.set(reservation.id, { reservation, promised, keyDigest });
      model.keys.set(keyDigest, { contentDigest });
      return skusOf(promised);
    }
    case 'ReservationRefused':
      model.keys.set(fact.keyDigest, { contentDigest: fact.contentDigest, endedAt: fact.at });
      return [];
    case 'UnitsReleased': {
      const hold = model.holds.get(fact.id) as ModelHold;
      const state = fact.end === 'expired' ? 'expired' : 'released';
      model.holds.set(fact.id, { ...hold, reservation: { ...hold.reservation, state }, endedAt: fact.at });
      model.keys.set(hold.keyDigest, { ...(model.keys.get(hold.keyDigest) as ModelKey), endedAt: fact.at });
      return skusOf(hold.promised);
    }
    case 'HoldExtended': {
      const hold = model.holds.get(fact.id) as ModelHold;
      const extensions = (hold.reservation.extensions ?? 0) + 1;
      const { expiresAt } = fact;
      model.holds.set(fact.id, { ...hold, reservation: { ...hold.reservation, expiresAt, extensions } });
      return [];
    }
    case 'UnitsMoved': {
      const hold = model.holds.get(fact.id) as ModelHold;
      const { lines, channel } = hold.reservation;
      const after = afterMove(model, { lines, promised: hold.promised }, fact.moved, channel);
      const made = [...(hold.made ?? []), fact.keyDigest];
      const reservation = { ...hold.reservation, lines: after.lines };
      model.holds.set(fact.id, { ...hold, reservation, promised: after.promised, made });
      return [fact.moved.sku];
    }
    case 'PartMoved': {
      const part = model.parts.get(fact.saga) as ModelPart;
      const { lines = [], promised, buyer } = part;
      const after = afterMove(model, { lines, promised }, fact.moved, buyer?.channel ?? '');
      const answer = { status: 'held', lines: after.lines } as const;
      model.parts.set(fact.saga, { ...part, ...after, move: { number: fact.move, answer } });
      return [fact.moved.sku];
    }
    case 'PartMoveRefused': {
      const part = model.parts.get(fact.saga) as ModelPart;
      model.parts.set(fact.saga, { ...part, move: { number: fact.move, answer: fact.refusal } });
      return [];
    }
    case 'PartHeld': {
      const promised = model.promised(fact.lines, fact.channel, fact.drawn);
      const { lines, keyDigest, client, customer, channel } = fact;
      const buyer = { client: client as ClientId, channel, ...(customer !== undefined && { customer }) };
      model.parts.set(fact.saga, {
        answer: { status: 'held', lines },
        lines,
        promised,
        ended: false,
        keyDigest,
        buyer,
      });
      return skusOf(promised);
    }
    case 'PartRefused': {
      const { refusal, keyDigest } = fact;
      model.parts.set(fact.saga, { answer: refusal, promised: [], ended: false, doneAt: fact.at, keyDigest });
      return [];
    }
    case 'PartEnded': {
      const part = model.parts.get(fact.saga);
      const answer: PartAnswer = part?.answer ?? { status: 'refused', code: 'units-exceed-available' };
      const keyDigest = fact.forgetsKey === true ? undefined : part?.keyDigest;
      const promised = part?.promised ?? [];
      model.parts.set(fact.saga, { ...part, answer, promised, ended: true, doneAt: fact.at, keyDigest });
      return skusOf(part?.promised ?? []);
    }
  }
}
