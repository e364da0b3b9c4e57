// The page's one style sheet: system fonts, two colour schemes, print. Nothing is fetched.

export const styles = `
:root { color-scheme: light dark; --paper: #ffffff; --card: #f6f8fa; --ink: #1b2330; --muted: #59636e; --grid: #e3e7ec;
  --first: #1f66d1; --second: #c2570c; --third: #0f7b55; --mark: #b3261e; --line: #d5dbe1; --right: 31, 102, 209; --wrong: 194, 87, 12; }
@media (prefers-color-scheme: dark) { :root { --paper: #0f141a; --card: #171e26; --ink: #e7ecf2; --muted: #9fabb8; --grid: #2a333d;
  --first: #6ea8ff; --second: #f0a35e; --third: #58c99b; --mark: #ff8a80; --line: #313b46; --right: 110, 168, 255; --wrong: 240, 163, 94; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 21px; margin: 0 0 8px; }
h3 { font-size: 16px; margin: 20px 0 6px; }
p { margin: 0 0 12px; max-width: 90ch; }
.under { color: var(--muted); margin: 0 0 16px; }
nav ul { display: flex; flex-wrap: wrap; gap: 6px 18px; list-style: none; margin: 0; padding: 10px 0; border-block: 1px solid var(--line); }
a { color: var(--first); }
section { padding: 28px 0 8px; }
section + section { border-top: 1px solid var(--line); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 12px; list-style: none; margin: 0 0 16px; padding: 0; }
.tiles li { display: flex; flex-direction: column; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.tiles .name, .tiles .note { color: var(--muted); font-size: 13px; }
.tiles .value { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 16px; align-items: start; }
.charts.small { grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); }
figure { margin: 0 0 16px; padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; min-width: 0; break-inside: avoid; }
figcaption { margin-bottom: 8px; color: var(--muted); font-size: 14px; }
figcaption strong { color: var(--ink); font-size: 15px; }
figure > svg { display: block; width: 100%; height: auto; }
details { margin: 6px 0; }
summary { cursor: pointer; color: var(--muted); font-size: 14px; }
.scroll { overflow-x: auto; margin: 8px 0; }
details .scroll { max-height: 560px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.matrix { margin-top: 12px; }
.matrix th { border: 0; color: var(--muted); font-weight: 600; padding: 8px; }
.matrix thead th { text-align: center; }
.matrix thead td { border: 0; }
.matrix tbody th { vertical-align: middle; }
.matrix tbody td { text-align: center; padding: 26px 8px; border: 3px solid var(--card); border-radius: 8px; }
.matrix strong { display: block; font-size: 22px; }
.matrix .right { background: rgba(var(--right), calc(0.06 + 0.22 * var(--share))); }
.matrix .wrong { background: rgba(var(--wrong), calc(0.06 + 0.22 * var(--share))); }
.flag { display: inline-block; border: 1px solid var(--mark); color: var(--mark); border-radius: 999px; padding: 0 9px; margin: 0 4px 2px 0; font-size: 13px; white-space: nowrap; }
.limits li { margin-bottom: 6px; max-width: 90ch; }
.levels { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 8px; }
.levels li { padding: 0 8px; border-radius: 4px; border: 1px solid var(--line);
  background: linear-gradient(to right, rgba(var(--right), 0.18) calc(100% * var(--share, 0)), transparent 0); }
.levels span { color: var(--muted); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; overflow-x: auto; margin: 0; }
footer { color: var(--muted); font-size: 13px; padding-block: 24px 40px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 640px) { dl { grid-template-columns: 1fr; } dt { margin-top: 6px; } header, main, footer { padding-inline: 14px; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --muted: #444; --grid: #ddd; --line: #bbb;
    --first: #1f66d1; --second: #c2570c; --third: #0f7b55; --mark: #b3261e; --right: 31, 102, 209; --wrong: 194, 87, 12; }
  nav { display: none; } .scroll, details .scroll { max-height: none; overflow: visible; } details::details-content { content-visibility: visible; height: auto; }
  body { font-size: 12px; } .charts { grid-template-columns: 1fr 1fr; } }
`;
