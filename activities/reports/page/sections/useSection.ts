import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import type { Section } from '../elements.ts';
import { html } from '../html.ts';

/** What the model is for, and what its figures do not say. */
export const useSection = ({ intendedUse, limits }: ModelReport): Section => ({
  id: 'use',
  title: 'Intended use and limits',
  body: html`<p>${intendedUse}</p>
<ul class="limits">${limits.map(limit => html`<li>${limit}</li>`)}</ul>`,
});
