import { html, type Markup } from './html.ts';

// The building blocks of the page.

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

export type Cell = string | Markup;

/** A table that scrolls by itself where it is too wide: reachable by the keyboard, so it has a name. */
export const table = (
  name: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Markup => html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table>
<thead><tr>${columns.map(({ title, align }) => html`<th scope="col"${align ? numeric : none}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
  cells =>
    html`<tr>${cells.map((cell, place) => html`<td${columns[place].align ? numeric : none}>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>`;

const numeric = html` class="number"`;
const none = html``;

/** A picture with its caption, and the figures that it was drawn from. */
export const figure = (title: string, caption: string, chart: Markup, data: Markup): Markup => html`<figure>
<figcaption><strong>${title}</strong> ${caption}</figcaption>
${chart}
<details><summary>Figures<span class="hidden"> of ${title}</span></summary>${data}</details>
</figure>`;

export const facts = (pairs: readonly (readonly [string, Cell])[]): Markup =>
  html`<dl>${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

export const tiles = (
  list: readonly { readonly name: string; readonly value: string; readonly note: string }[],
): Markup =>
  html`<ul class="tiles">${list.map(
    ({ name, value, note }) =>
      html`<li><span class="name">${name}</span><span class="value">${value}</span><span class="note">${note}</span></li>`,
  )}</ul>`;
