import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { DeadLetter } from '../../engine/contract/dead-letter.ts';
import type { ClientId, SourceId } from '../../engine/contract/ids.ts';
import { outOfReach, permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { reaches } from '../caller.ts';
import type { ReplayResult } from '../feed-door.ts';
import { thingOfLetter } from '../in-reach.ts';
import type { ApprovedAll, LettersPage } from '../protocol/feed-bodies.ts';
import { refuseUnread } from '../unread-body.ts';
import { judgeHeaders, noOfDoor, sendFeedAnswer } from './feeds.ts';
import type { App, RouteDeps } from './route.ts';

const List = {
  querystring: Type.Object({
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('replayed'), Type.Literal('discarded')])),
    source: Type.Optional(Type.String({ maxLength: 128 })),
    code: Type.Optional(Type.String({ maxLength: 128 })),
    after: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
};
const ById = { params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) }) };
const OfSource = { querystring: Type.Object({ source: Type.String({ minLength: 1, maxLength: 128 }) }) };
const config = { scope: 'letters' } as const;

export function deadLetterRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/dead-letters', { schema: List, config }, async (request, reply) => {
    const caller = permit(request, 'letters', { source: request.query.source });
    if (isNo(caller)) return sendNo(reply, caller);
    const limit = request.query.limit ?? 50;
    const letters = await deps.engine.letters({ ...request.query, limit });
    const last = letters.length === limit ? letters.at(-1) : undefined;
    const shown = letters.filter((letter) => reaches(request.caller, thingOfLetter(letter)));
    const page: LettersPage = { letters: shown, ...(last === undefined ? {} : { next: last.id }) };
    return reply.send(page);
  });

  app.get('/v1/dead-letters/:id', { schema: ById, config }, async (request, reply) => {
    const permitted = await permitLetter(deps, request);
    return isNo(permitted) ? sendNo(reply, permitted) : reply.send(permitted.letter);
  });

  const onRequest = judgeHeaders(deps);
  app.post('/v1/dead-letters/:id/replay', { schema: ById, config, onRequest }, async (request, reply) => {
    const caller = await permitLetter(deps, request);
    if (isNo(caller)) return refuseUnread(request, reply, caller);
    const answer = await deps.bodies.with(request.raw, async (body) => {
      const corrected = correctedText(body);
      if (corrected === 'wrong-encoding') return WRONG_ENCODING;
      return deps.door.replay(request.params.id, corrected?.text, caller.client, deps.now());
    });
    return isNo(answer) ? refuseUnread(request, reply, answer) : sendReplayed(reply, answer);
  });

  app.post('/v1/dead-letters/:id/approve', { schema: ById, config }, async (request, reply) => {
    const caller = await permitLetter(deps, request);
    if (isNo(caller)) return sendNo(reply, caller);
    return sendReplayed(reply, await deps.door.approve(request.params.id, caller.client, deps.now()));
  });

  app.post('/v1/dead-letters/approve', { schema: OfSource, config }, async (request, reply) => {
    const { source } = request.query;
    const caller = permit(request, 'letters', { source });
    if (isNo(caller)) return sendNo(reply, caller);
    if (!deps.engine.reference.sources.has(source as SourceId)) return sendNo(reply, unknownSource(source));
    const answer: ApprovedAll = await deps.door.approveAll(source, caller.client, deps.now());
    return reply.send(answer);
  });

  app.post('/v1/dead-letters/:id/discard', { schema: ById, config }, async (request, reply) => {
    const caller = await permitLetter(deps, request);
    if (isNo(caller)) return sendNo(reply, caller);
    const closed = await deps.engine.closeLetter(request.params.id, 'discarded', caller.client);
    switch (closed) {
      case 'unknown-letter':
        return sendNo(reply, UNKNOWN);
      case 'letter-not-open':
        return sendNo(reply, NOT_OPEN);
      case 'closed':
        return reply.send(await deps.engine.letter(request.params.id));
    }
  });
}

/** Who may deal with letters may with those of its sources. */
async function permitLetter(
  { engine }: RouteDeps,
  request: FastifyRequest<{ Params: { id: string } }>,
): Promise<{ readonly client: ClientId; readonly letter: DeadLetter } | No> {
  const caller = permit(request, 'letters');
  if (isNo(caller)) return caller;
  const letter = await engine.letter(request.params.id);
  if (letter === undefined) return UNKNOWN;
  return outOfReach(request.caller, thingOfLetter(letter)) ?? { ...caller, letter };
}

function sendReplayed(reply: FastifyReply, answer: ReplayResult): FastifyReply {
  switch (answer.status) {
    case 'refused':
      return sendNo(reply, noOfDoor(answer));
    case 'still-refused':
      // Also when some of it was taken: the letter stays open.
      return reply.code(422).send(answer.answer);
    case 'taken':
      return sendFeedAnswer(reply, answer.answer);
  }
}

/** An empty body means: the original again. A guess at another encoding would make wrong ids in silence. */
function correctedText(body: Uint8Array): { readonly text: string } | 'wrong-encoding' | undefined {
  if (body.byteLength === 0) return undefined;
  try {
    return { text: UTF_8.decode(body) };
  } catch {
    return 'wrong-encoding';
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

const WRONG_ENCODING: No = no(
  422,
  'wrong-encoding',
  'the corrected text is not UTF-8; save it as UTF-8 and send it again',
);

function unknownSource(source: string): No {
  const message = `there is no source ${source}; list them with GET /v1/reference/sources`;
  return no(404, 'unknown-source', message, { field: 'source' });
}

const UNKNOWN: No = no(404, 'unknown-letter', 'no dead letter has this id; list them with GET /v1/dead-letters', {
  field: 'id',
});
const NOT_OPEN: No = no(409, 'letter-not-open', 'the letter was replayed or discarded before; nothing is left to do');
