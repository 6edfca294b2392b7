/** The look of the page: no font, picture or script from anywhere; light and dark as the reader's system is; fit to print. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b2430; --quiet: #5a6675; --line: #d9dee5; --band: #eef1f5;
  --good: #1a7f4b; --good-back: #e4f5ec; --step: #1f5fbf; --step-back: #dfeafb; --bad: #b3261e; --bad-back: #fdeceb;
  --warn: #96590a; --warn-back: #fdf1dd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11161d; --card: #1a212b; --text: #e8edf3; --quiet: #a3afbd; --line: #323c49; --band: #232c38;
    --good: #5fd394; --good-back: #17352a; --step: #7fb2ff; --step-back: #1d3350; --bad: #ff8a80; --bad-back: #43211f;
    --warn: #f0b354; --warn-back: #3c2e17;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 40px 0 12px; }
p { margin: 6px 0; }
.quiet { color: var(--quiet); }
.mono { font-family: ui-monospace, monospace; font-size: 0.88em; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; }
.verdict { display: flex; gap: 12px; margin: 20px 0; border-left-width: 5px; }
.verdict strong { display: block; font-size: 16px; }
.verdict.good { border-left-color: var(--good); } .verdict.bad { border-left-color: var(--bad); }
.verdict .icon { width: 24px; height: 24px; flex: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px; }
.tile b { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); font-size: 13px; }
.tile.bad b { color: var(--bad); } .tile.warn b { color: var(--warn); }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--step); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 7px 12px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; font-size: 13px; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 13px; font-weight: 600; white-space: nowrap; }
.badge.good { color: var(--good); background: var(--good-back); } .badge.bad { color: var(--bad); background: var(--bad-back); }
.badge.warn { color: var(--warn); background: var(--warn-back); } .badge.quiet { color: var(--quiet); background: var(--band); }
details.card { margin: 10px 0; padding: 0; }
summary { cursor: pointer; padding: 12px 16px; display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: center; list-style: none; }
summary::before { content: "▸"; color: var(--quiet); width: 12px; }
details[open] > summary::before { content: "▾"; }
summary::-webkit-details-marker { display: none; }
summary .time { font-weight: 600; font-variant-numeric: tabular-nums; }
summary .mono { margin-left: auto; color: var(--quiet); }
details > div { padding: 0 16px 16px; }
.notes { margin: 8px 0 0; padding-left: 20px; } .notes li { margin: 3px 0; }
svg text { font: 12px system-ui, sans-serif; fill: var(--text); }
.definitions { position: absolute; }
.icon { vertical-align: -3px; }
.mark { color: var(--quiet); } .mark.good { color: var(--good); } .mark.step { color: var(--step); }
.mark.bad { color: var(--bad); } .mark.warn { color: var(--warn); }
.line { fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.solid { fill: currentColor; stroke: none; }
.halo { fill: var(--card); } .mark:hover .halo { fill: var(--line); }
.timeline { display: block; }
.band rect { fill: var(--band); } .band.failed rect { fill: var(--bad-back); }
.band text { text-anchor: middle; } .band .step { font-weight: 600; } .band.failed .step { fill: var(--bad); }
.band .offset { fill: var(--quiet); font-size: 11px; }
.lane { text-anchor: end; }
.state { fill: none; stroke-width: 2; } .state.old { stroke: var(--quiet); stroke-width: 1; opacity: 0.55; }
.state.pending { stroke: var(--step); stroke-dasharray: 3 4; } .state.new { stroke: var(--good); stroke-width: 2.5; }
.chart { display: block; width: 100%; min-width: 640px; }
.grid { stroke: var(--line); fill: none; } .axis { fill: var(--quiet); font-size: 11px; }
.axis.end { text-anchor: end; } .axis.middle { text-anchor: middle; }
.age .area { fill: var(--step-back); } .age .edge { fill: none; stroke: var(--step); stroke-width: 2; }
.age:hover .area { fill: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; font-size: 13px; color: var(--quiet); margin: 12px 0 0; padding: 0; list-style: none; }
.legend svg { margin-right: 5px; }
footer { margin-top: 48px; font-size: 13px; color: var(--quiet); border-top: 1px solid var(--line); padding-top: 16px; }
@media (max-width: 560px) { main { padding: 20px 14px 40px; } summary .mono { margin-left: 0; flex-basis: 100%; } }
@media print {
  :root {
    --page: #fff; --card: #fff; --text: #000; --quiet: #444; --line: #bbb; --band: #f2f2f2; --good: #1a7f4b; --good-back: #e4f5ec;
    --step: #1f5fbf; --step-back: #dfeafb; --bad: #b3261e; --bad-back: #fdeceb; --warn: #96590a; --warn-back: #fdf1dd;
  }
  body { font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  details, .card { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .timeline { max-width: 100%; height: auto; }
  .scroll { overflow: visible; }
}
`;
