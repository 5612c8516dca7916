/**
 * The complete style of the report: light and dark, wide and narrow, for print, without scripts or network. What is hard
 * to see in it:
 *
 *      .pass-c .fail-c …     a cell or badge: text and background of a status
 *      .pass-f .fail-f …     a fill: the bar and the dots of the counts
 *      .pass-v .fail-v …     a bar in a sparkline (SVG fill)
 *      td.p td.f td.s …      a cell of the matrix without a link, short because a large page has 60,000 of them
 *      .soft                 text of second rank
 *      .hidden               only for screen readers
 *
 * The filter "with failures" works without a script: `main:has(.show-bad:checked)` hides the rows `.well`. A
 * change is best judged in every combination of light or dark, and wide, narrow or printed.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f5f6f8; --card: #ffffff; --ink: #18202c; --soft: #566173; --line: #dfe4eb; --link: #0a57a4;
  --pass: #14703f; --pass-bg: #e2f3e9; --fail: #b0201a; --fail-bg: #fde7e5; --error: #8a5000; --error-bg: #fcefd8;
  --deviation: #573bb0; --deviation-bg: #ece8fb; --skip: #5a6577; --skip-bg: #eceff3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f141b; --card: #171e27; --ink: #e7ecf3; --soft: #9daabb; --line: #293341; --link: #84bbff;
    --pass: #62d69d; --pass-bg: #11352a; --fail: #ff948b; --fail-bg: #471d1c; --error: #f3c06c; --error-bg: #3d2f13;
    --deviation: #bcaaff; --deviation-bg: #2c2650; --skip: #9aa6b6; --skip-bg: #222b36;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 12px; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main { max-width: 1360px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
main { padding-bottom: 64px; }
a { color: var(--link); text-underline-offset: 2px; }
h1 { font-size: 24px; line-height: 1.3; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; text-wrap: pretty; }
h2 { font-size: 18px; margin: 40px 0 12px; }
h3 { font-size: 16px; margin: 0; overflow-wrap: anywhere; }
h3 .soft { font-weight: 400; font-size: 15px; }
code, .mono { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.soft { color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 20px; top: 8px; background: var(--card); padding: 6px 12px; border-radius: 6px; z-index: 9; }
.facts { margin: 0; color: var(--soft); display: flex; flex-wrap: wrap; gap: 2px 18px; }
.facts b { color: var(--ink); overflow-wrap: anywhere; }
.verdict { display: flex; gap: 16px; align-items: flex-start; border-radius: 14px; padding: 20px 22px; margin: 14px 0 18px; border: 1px solid; }
.verdict .sign { flex: none; width: 40px; height: 40px; line-height: 40px; text-align: center; border-radius: 50%; font-size: 21px; font-weight: 700; color: var(--card); }
.verdict h1 { padding-top: 4px; }
.verdict ul { margin: 10px 0 0; padding-left: 20px; overflow-wrap: anywhere; }
.verdict.pass { background: var(--pass-bg); border-color: var(--pass); } .verdict.pass .sign { background: var(--pass); } .verdict.pass h1 { color: var(--pass); }
.verdict.fail { background: var(--fail-bg); border-color: var(--fail); } .verdict.fail .sign { background: var(--fail); } .verdict.fail h1 { color: var(--fail); }
.verdict.error { background: var(--error-bg); border-color: var(--error); } .verdict.error .sign { background: var(--error); } .verdict.error h1 { color: var(--error); }
.bar { display: flex; height: 8px; border-radius: 4px; overflow: hidden; background: var(--line); gap: 2px; }
.bar span { display: block; min-width: 4px; }
.tiles { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 22px; padding: 0; margin: 10px 0 0; color: var(--soft); }
.tiles b { color: var(--ink); font-variant-numeric: tabular-nums; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 7px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.history { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 32px; padding: 14px 20px; margin-top: 24px; }
.history h2 { margin: 0; font-size: 16px; } .history p { margin: 0; }
.spark { display: block; width: 150px; height: 20px; }
.history .spark { width: min(100%, 420px); height: 56px; }
.pass-v { fill: var(--pass); opacity: .55; } .fail-v { fill: var(--fail); } .error-v { fill: var(--error); }
.known-deviation-v { fill: var(--deviation); opacity: .6; } .skip-v, .none-v { fill: var(--skip); opacity: .5; }
.scroll { overflow: auto; max-height: 85vh; }
table { border-collapse: separate; border-spacing: 0; width: 100%; }
.matrix th, .matrix td { padding: 6px 2px; text-align: center; border-bottom: 1px solid var(--line); font-weight: 500; }
.matrix td { width: 1%; } .matrix .family { padding-left: 11px; } .matrix .cell { min-width: 25px; height: 26px; line-height: 26px; }
.matrix tbody tr:last-child > * { border-bottom: 0; }
.matrix tbody tr:hover > * { background: var(--paper); }
.matrix thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
.matrix thead a { color: var(--soft); text-decoration: none; font-size: 12.5px; font-weight: 600; }
.matrix thead a:hover, .matrix tbody th a:hover { text-decoration: underline; }
.matrix th:first-child { position: sticky; left: 0; background: var(--card); text-align: left; padding: 7px 16px; min-width: min(190px, 44vw); max-width: 50vw; overflow-wrap: anywhere; border-right: 1px solid var(--line); z-index: 1; }
.matrix thead th:first-child { z-index: 2; }
.door { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; padding: 9px 16px; margin-bottom: 10px; text-align: center; }
.door div { text-align: left; min-width: 170px; } .door div a { color: var(--ink); font-weight: 600; text-decoration: none; }
.door span a:first-child { color: var(--soft); font-size: 12.5px; font-weight: 600; text-decoration: none; margin-right: 5px; }
.door a:hover { text-decoration: underline; }
.matrix tbody th a { color: var(--ink); text-decoration: none; font-weight: 600; }
.matrix .spark { margin-top: 3px; max-width: 100%; height: 18px; }
.matrix tr > :last-child { padding-right: 14px; }
.fleet { margin: 0; } .fleet th, .fleet td { text-align: left; padding: 8px 16px; border-bottom: 1px solid var(--line); font-weight: 400; }
.fleet thead th { color: var(--soft); font-size: 13px; } .fleet tbody th { font-weight: 600; } .fleet tbody tr:last-child > * { border-bottom: 0; }
.fleet .cell { text-align: center; }
.harbor { margin: 22px 0 8px; scroll-margin-top: 12px; overflow-wrap: anywhere; }
.cell { display: inline-block; min-width: 28px; height: 28px; line-height: 28px; border-radius: 7px; text-decoration: none; font-weight: 700; }
a.cell:hover { box-shadow: inset 0 0 0 2px currentColor; }
.matrix .fail-c, .matrix .error-c, .door .fail-c, .door .error-c { box-shadow: inset 0 0 0 1.5px currentColor; }
.pass-c { color: var(--pass); background: var(--pass-bg); } .fail-c { color: var(--fail); background: var(--fail-bg); }
.error-c { color: var(--error); background: var(--error-bg); } .known-deviation-c { color: var(--deviation); background: var(--deviation-bg); }
td.p { color: var(--pass); } td.s { color: var(--skip); } td.k { color: var(--deviation); } td.f, td.e { color: var(--fail); }
td.p, td.s, td.k { text-align: center; font-size: 12px; }
.filter { border: 0; padding: 0; margin: 10px 0; display: flex; gap: 4px 18px; flex-wrap: wrap; font-size: 14px; }
main:has(.show-bad:checked) tr.well, main:has(.show-bad:checked) details.well { display: none; }
details.well > summary, details.known > summary { padding: 12px 18px; font-weight: 600; }
.skip-c { color: var(--skip); background: var(--skip-bg); }
.pass-f { background: var(--pass); } .fail-f { background: var(--fail); } .error-f { background: var(--error); }
.known-deviation-f { background: var(--deviation); } .skip-f { background: var(--skip); opacity: .5; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0; font-size: 13px; color: var(--soft); }
.legend .cell { min-width: 22px; height: 20px; line-height: 20px; text-align: center; margin-right: 5px; font-size: 12px; }
details.project { margin: 10px 0; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
details.project > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; padding: 14px 18px; }
details.project > summary::before, details.check > summary::before { content: "\\25B8"; color: var(--soft); display: inline-block; width: 12px; transition: transform .12s; }
details[open] > summary::before { transform: rotate(90deg); }
.project-facts { padding: 0 18px 10px 44px; color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere; }
details.check { border-top: 1px solid var(--line); }
details.check > summary { display: grid; grid-template-columns: 12px 34px 46px minmax(0, 1fr) auto; gap: 10px; align-items: baseline; padding: 9px 18px; }
details.check > summary .cell { min-width: 30px; height: 22px; line-height: 22px; text-align: center; font-size: 13px; }
details.check > summary .id { font-weight: 700; }
details.check > summary .message { display: block; color: var(--soft); font-size: 13.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
details.check[open] > summary .message { display: none; }
details.check > summary .took { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
details.check:has(:target) { box-shadow: inset 4px 0 0 var(--link); }
.inside { padding: 2px 18px 18px 122px; scroll-margin-top: 64px; }
.inside p { margin: 6px 0; overflow-wrap: anywhere; }
.said { overflow-wrap: anywhere; margin: 8px 0; } .said p { margin: 0; }
.cause { background: var(--paper); border-radius: 8px; padding: 10px 14px; margin: 10px 0; overflow-wrap: anywhere; }
.causes { padding-left: 0; list-style-position: inside; list-style: none; }
.cause p { margin: 0 0 4px; }
.evidence { display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); gap: 1px 14px; margin: 10px 0; font-size: 13.5px; overflow-wrap: anywhere; }
.evidence dt { color: var(--soft); } .evidence dd { margin: 0; }
.lines { list-style: none; margin: 10px 0 0; padding: 0; color: var(--soft); overflow-wrap: anywhere; }
.requests { border: 1px solid var(--line); border-radius: 8px; margin-top: 10px; overflow-x: auto; }
.requests table { font-size: 12.5px; min-width: 640px; }
.requests th { text-align: left; color: var(--soft); font-weight: 500; padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
.requests td { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
.requests tr:last-child td { border-bottom: 0; }
.requests .url { overflow-wrap: anywhere; width: 100%; min-width: 260px; }
.requests .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.requests .bad { color: var(--fail); font-weight: 700; } .requests .good { color: var(--pass); }
.wave { display: flex; width: 90px; height: 6px; margin-top: 6px; border-radius: 3px; background: var(--skip-bg); overflow: hidden; }
.wave i { display: block; background: var(--link); opacity: .45; } .wave i + i { opacity: 1; }
.finding { padding: 16px 20px; margin: 10px 0; border-left: 5px solid; }
.finding.fail { border-left-color: var(--fail); } .finding.error { border-left-color: var(--error); } .finding.known-deviation { border-left-color: var(--deviation); }
.finding h3 .cell { min-width: 26px; height: 24px; line-height: 24px; text-align: center; margin-right: 10px; }
.finding p { margin: 4px 0; overflow-wrap: anywhere; }
.finding .meta { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13.5px; color: var(--soft); }
.finding .streak { font-weight: 600; color: var(--ink); }
.finding .why { font-size: 13.5px; color: var(--soft); }
.catalogue dt { font-weight: 600; margin-top: 14px; scroll-margin-top: 12px; } .catalogue dd { margin: 2px 0 0; color: var(--soft); overflow-wrap: anywhere; }
.catalogue { padding: 4px 18px 18px; margin: 0; }
pre.change { background: var(--paper); border-radius: 8px; padding: 8px 12px; overflow-x: auto; font-size: 13px; }
.cost { padding: 12px 18px 12px 34px; }
footer { color: var(--soft); font-size: 13px; margin-top: 48px; }
@media (min-width: 641px) { .matrix tbody th a { display: inline-block; width: max-content; max-width: min(420px, 40vw); } }
@media (max-width: 640px) {
  header, main { padding-left: 12px; padding-right: 12px; }
  header { padding-top: 16px; }
  h1 { font-size: 19px; }
  .verdict { padding: 14px; gap: 12px; } .verdict .sign { width: 32px; height: 32px; line-height: 32px; font-size: 17px; }
  .verdict h1 { padding-top: 2px; }
  .matrix th:first-child { padding: 7px 10px; } .matrix .spark { width: 130px; }
  .finding { padding: 14px; }
  details.check > summary { grid-template-columns: 12px 30px 40px minmax(0, 1fr); padding: 9px 12px; gap: 8px; }
  details.check > summary .took { display: none; }
  .inside { padding: 2px 12px 16px; }
  .project-facts { padding-left: 18px; }
  .requests table { min-width: 0; } .requests thead { display: none; }
  .requests tr { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 8px 10px; border-bottom: 1px solid var(--line); }
  .requests tr:last-child { border-bottom: 0; } .requests td { padding: 0; border: 0; } .requests .url { flex: 1 1 100%; min-width: 0; }
  .evidence { grid-template-columns: 1fr; } .evidence dd { margin-bottom: 6px; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media print {
  :root { color-scheme: light; --paper: #fff; }
  .scroll { max-height: none; overflow: visible; } .matrix th { position: static !important; }
  .skip { display: none; } .finding, details.check, .matrix tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  details.check > summary .message { white-space: normal; }
  .verdict, .cell, .bar span, .dot { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
