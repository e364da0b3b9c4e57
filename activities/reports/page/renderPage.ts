import type { ModelReport } from '../../../ml/report/ModelReport.ts';
import { html, Markup } from './html.ts';
import { calibrationSection } from './sections/calibrationSection.ts';
import { contactSection } from './sections/contactSection.ts';
import { dataSection } from './sections/dataSection.ts';
import { driversSection } from './sections/driversSection.ts';
import { lineageSection } from './sections/lineageSection.ts';
import { rankingSection } from './sections/rankingSection.ts';
import { slicesSection } from './sections/slicesSection.ts';
import { summarySection } from './sections/summarySection.ts';
import { thresholdSection } from './sections/thresholdSection.ts';
import { useSection } from './sections/useSection.ts';
import { styles } from './styles.ts';

// A report as one HTML file: no script, no font, no picture from elsewhere, so that it can be mailed, archived and opened offline.
// The same report gives the same bytes.

const sectionsOf = [
  summarySection,
  useSection,
  rankingSection,
  calibrationSection,
  contactSection,
  thresholdSection,
  driversSection,
  slicesSection,
  dataSection,
  lineageSection,
];

export function renderPage(report: ModelReport): string {
  const { model, version, title, trainer, createTime } = report;
  const sections = sectionsOf.map(section => section(report));
  const name = `${title}: version ${version}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${name} – model report</title>
<style>${new Markup(styles)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="under">Model report of ${model} version ${version}, trainer ${trainer}, registered ${createTime.slice(0, 10)}</p>
<nav aria-label="Sections"><ul>${sections.map(section => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title: heading, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${heading}</h2>
${body}
</section>
`,
)}</main>
<footer>Made by Holdfast from the model file, its table and its definition. The same figures as JSON: <code>./holdfast models report ${version} --model ${model} --format json</code></footer>
</body>
</html>
`.text;
}
