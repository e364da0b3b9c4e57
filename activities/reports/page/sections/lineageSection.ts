import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { facts, type Section } from '../elements.ts';
import { formatCount, formatShare } from '../format.ts';
import { html, type Markup } from '../html.ts';

const code = (text: string): Markup => html`<code>${text}</code>`;

/** Where the version came from: enough to make it again. */
export function lineageSection(report: ModelReport): Section {
  const { lineage, split, parameters } = report;
  const { dataset } = lineage;
  return {
    id: 'lineage',
    title: 'Lineage and parameters',
    body: html`${facts([
      ['Model file (SHA-256)', code(report.digest)],
      ['Trainer', report.trainer],
      [
        'Run',
        html`${code(lineage.runId)} of workflow ${code(lineage.workflowId)}, asked by ${lineage.trigger}`,
      ],
      [
        'Data',
        html`version ${dataset.version} from ${dataset.source}: ${formatCount(dataset.rows)} rows, ${formatCount(dataset.quarantined)} quarantined`,
      ],
      ['Data (SHA-256)', code(dataset.digest)],
      ['Validated table (SHA-256)', code(dataset.tableDigest)],
      ['Definition (SHA-256)', code(lineage.definitionDigest)],
      [
        'Split',
        `${formatCount(split.trainingRows)} rows in ${split.folds} folds, ${formatCount(split.holdoutRows)} held out (${formatShare(split.holdoutShare)})`,
      ],
      ['Seed', String(report.seed)],
      ['Trained in', `${report.trainingSeconds.toFixed(1)} s`],
      ['Registered', report.createTime],
    ])}
<h3>Parameters</h3>
<pre tabindex="0" role="region" aria-label="Parameters">${JSON.stringify(parameters, null, 2)}</pre>`,
  };
}
