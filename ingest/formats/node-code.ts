import { isRefusal, parseNodeId } from '../../engine/contract/ids.ts';
import type { IdRefusal, NodeId } from '../../engine/contract/ids.ts';
import type { FormatContext } from '../source.ts';

/** Whose codes of our nodes are meant. */
export interface CodesContext {
  readonly source: Pick<FormatContext['source'], 'id' | 'nodeCodes'>;
}

/** The node a source means by its own code; a code that is not listed is taken as a node id (engine/contract/reference.ts). */
export function readNode(code: unknown, context: CodesContext): NodeId | IdRefusal {
  const codes = context.source.nodeCodes;
  if (typeof code === 'string' && codes !== undefined && Object.hasOwn(codes, code)) return codes[code] as NodeId;
  return parseNodeId(code);
}

/** The first of several codes the source has a node for; otherwise the first that could be a node id. */
export function readFirstNode(codes: readonly string[], context: FormatContext): NodeId | IdRefusal {
  const nodes = codes.map((code) => readNode(code, context));
  const known = nodes.find((node) => !isRefusal(node) && context.nodes.has(node));
  return known ?? nodes.find((node) => !isRefusal(node)) ?? readNode(codes[0], context);
}
