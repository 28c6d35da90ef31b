import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrderRowInfo } from '../../../gateway/protocol/order-history-bodies.ts';
import { ageOf } from '../words.ts';
import { count, money, STATUS_LOOKS } from './order-words.ts';

export const orderTableStyles = css`
  .number {
    font-weight: 600;
  }
  .why {
    color: var(--quiet);
    font-size: 0.75rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;

/** What a table of orders shows of each. */
export interface OrderTableLook {
  readonly nowMs: number;
  /** `queue`: why it waits and since when; `list`: what it is and when it changed. */
  readonly as: 'list' | 'queue';
  readonly open: (id: string) => void;
}

export function orderTable(rows: readonly OrderRowInfo[], look: OrderTableLook): TemplateResult {
  const isQueue = look.as === 'queue';
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Order</th>
        <th scope="col">${isQueue ? 'Waits for' : 'Status'}</th>
        <th scope="col" class="n">Worth</th>
        <th scope="col" class="n">${isQueue ? 'Since' : 'Changed'}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => orderRow(row, look))}
    </tbody>
  </table>`;
}

function orderRow(row: OrderRowInfo, { nowMs, as, open }: OrderTableLook): TemplateResult {
  const { text, tone } = STATUS_LOOKS[row.status];
  const place = row.nodes.length === 0 ? '' : ` · ${row.nodes.join(', ')}`;
  return html`<tr>
    <td class="cut">
      <button class="link" @click=${() => open(row.id)}>
        <span class="number">${row.number}</span> <span class="quiet">${row.channel} · ${row.customer ?? row.id}</span>
      </button>
      <div class="why">${count(row.units, 'unit')} in ${count(row.lines, 'line')}${place}</div>
    </td>
    <td>
      <span class="mark ${tone}">${text}</span>
      ${as === 'queue' && row.queueWhy !== undefined ? html`<div class="why">${row.queueWhy}</div>` : nothing}
    </td>
    <td class="n">${money(row.totalMinor, row.currency)}</td>
    <td class="n">${ageOf(as === 'queue' ? (row.queueSince ?? row.at) : row.at, nowMs)}</td>
  </tr>`;
}
