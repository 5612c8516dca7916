/** The whole look of the report: light and dark, wide and narrow, without a script and without a network. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1a2230; --soft: #5b6677; --line: #dde2ea; --link: #0b5cad;
  --pass: #16794a; --pass-bg: #e3f4ea; --fail: #b42318; --fail-bg: #fde8e6; --error: #9a5b00; --error-bg: #fdf0d9;
  --deviation: #5b3fb5; --deviation-bg: #ece8fb; --skip: #667085; --skip-bg: #eef0f3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #10151d; --card: #182029; --ink: #e6ebf2; --soft: #9aa7b8; --line: #2a3542; --link: #7db7ff;
    --pass: #5fd39a; --pass-bg: #12372a; --fail: #ff8e85; --fail-bg: #451d1c; --error: #f3bd63; --error-bg: #3e2f12;
    --deviation: #b9a6ff; --deviation-bg: #2c2550; --skip: #95a1b2; --skip-bg: #232c37;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 0 16px 64px; }
a { color: var(--link); text-underline-offset: 2px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 40px 0 12px; }
code, .mono { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.soft { color: var(--soft); }
header { max-width: 1180px; margin: 0 auto; padding: 32px 16px 8px; }
header .eyebrow { text-transform: uppercase; letter-spacing: .08em; font-size: 12px; font-weight: 600; color: var(--soft); margin: 0 0 6px; }
header .facts { margin: 8px 0 0; color: var(--soft); display: flex; flex-wrap: wrap; gap: 2px 18px; }
.verdict { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 14px; border-radius: 12px; padding: 16px 20px; margin: 20px 0 16px; border-left: 6px solid; }
.verdict strong { font-size: 20px; }
.verdict.pass { background: var(--pass-bg); border-color: var(--pass); } .verdict.pass strong { color: var(--pass); }
.verdict.fail { background: var(--fail-bg); border-color: var(--fail); } .verdict.fail strong { color: var(--fail); }
.verdict.error { background: var(--error-bg); border-color: var(--error); } .verdict.error strong { color: var(--error); }
.bar { display: flex; height: 10px; border-radius: 5px; overflow: hidden; background: var(--line); gap: 2px; }
.bar span { display: block; min-width: 3px; }
.tiles { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 10px; padding: 0; margin: 14px 0 0; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; }
.tiles b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { font-size: 13px; color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
.matrix th, .matrix td { padding: 6px 5px; text-align: center; border-bottom: 1px solid var(--line); font-weight: 500; }
.matrix tbody tr:last-child > * { border-bottom: 0; }
.matrix thead a { color: var(--soft); text-decoration: none; font-size: 12.5px; font-weight: 600; }
.matrix thead a:hover, .matrix tbody th a:hover { text-decoration: underline; }
.matrix th:first-child { position: sticky; left: 0; background: var(--card); text-align: left; padding: 6px 14px; min-width: min(190px, 38vw); max-width: 46vw; overflow-wrap: anywhere; border-right: 1px solid var(--line); }
.matrix tbody th a { color: var(--ink); text-decoration: none; font-weight: 600; }
.cell { display: inline-block; min-width: 30px; height: 28px; line-height: 28px; border-radius: 7px; text-decoration: none; font-weight: 700; }
.cell:hover { box-shadow: inset 0 0 0 2px currentColor; }
.pass-c { color: var(--pass); background: var(--pass-bg); } .fail-c { color: var(--fail); background: var(--fail-bg); }
.error-c { color: var(--error); background: var(--error-bg); } .known-deviation-c { color: var(--deviation); background: var(--deviation-bg); }
.skip-c { color: var(--skip); background: var(--skip-bg); }
.pass-f { background: var(--pass); } .fail-f { background: var(--fail); } .error-f { background: var(--error); }
.known-deviation-f { background: var(--deviation); } .skip-f { background: var(--skip); opacity: .5; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0; font-size: 13px; color: var(--soft); }
.legend .cell { min-width: 22px; height: 20px; line-height: 20px; text-align: center; margin-right: 5px; font-size: 12px; }
details.project { margin: 12px 0; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
details.project > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; padding: 14px 18px; }
details.project > summary b { font-size: 16px; overflow-wrap: anywhere; }
details.project > summary::before, details.check > summary::before { content: "\\25B8"; color: var(--soft); display: inline-block; width: 12px; transition: transform .12s; }
details[open] > summary::before { transform: rotate(90deg); }
.project-facts { padding: 0 18px 10px 44px; color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere; }
details.check { border-top: 1px solid var(--line); scroll-margin-top: 12px; }
details.check > summary { display: grid; grid-template-columns: 12px 34px 46px minmax(0, 1fr) auto; gap: 10px; align-items: baseline; padding: 9px 18px; }
details.check > summary .cell { min-width: 30px; height: 22px; line-height: 22px; text-align: center; font-size: 13px; }
details.check > summary .id { font-weight: 700; }
details.check > summary .message { display: block; color: var(--soft); font-size: 13.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
details.check[open] > summary .message { display: none; }
details.check > summary .took { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
details.check:target, .finding:target { box-shadow: inset 4px 0 0 var(--link); }
.inside { padding: 2px 18px 18px 122px; }
.inside p { margin: 6px 0; overflow-wrap: anywhere; }
.said { overflow-wrap: anywhere; margin: 8px 0; } .said p { margin: 0; }
.evidence { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 14px; margin: 10px 0; font-size: 13.5px; }
.evidence dt { color: var(--soft); } .evidence dd { margin: 0; overflow-wrap: anywhere; }
.requests { border: 1px solid var(--line); border-radius: 8px; margin-top: 10px; overflow-x: auto; }
.requests table { font-size: 12.5px; min-width: 640px; }
.requests th { text-align: left; color: var(--soft); font-weight: 500; padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
.requests td { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
.requests tr:last-child td { border-bottom: 0; }
.requests .url { overflow-wrap: anywhere; width: 100%; min-width: 260px; }
.requests .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.requests .bad { color: var(--fail); font-weight: 700; } .requests .good { color: var(--pass); }
.wave { display: flex; width: 90px; height: 8px; margin-top: 6px; border-radius: 3px; background: var(--skip-bg); overflow: hidden; }
.wave i { display: block; background: var(--link); opacity: .45; } .wave i + i { opacity: 1; }
.finding { padding: 14px 18px; margin: 10px 0; border-left: 5px solid; }
.finding.fail { border-left-color: var(--fail); } .finding.error { border-left-color: var(--error); } .finding.known-deviation { border-left-color: var(--deviation); }
.finding h3 { margin: 0; font-size: 16px; overflow-wrap: anywhere; }
.finding h3 .cell { min-width: 26px; height: 24px; line-height: 24px; text-align: center; margin-right: 8px; }
.finding p { margin: 4px 0; }
.finding .why { font-size: 13.5px; color: var(--soft); margin: 6px 0 0; }
.catalogue dt { font-weight: 600; margin-top: 14px; scroll-margin-top: 12px; } .catalogue dd { margin: 2px 0 0; color: var(--soft); }
.catalogue { padding: 4px 18px 18px; margin: 0; }
footer { color: var(--soft); font-size: 13px; margin-top: 48px; }
@media (max-width: 640px) {
  details.check > summary { grid-template-columns: 12px 30px 40px minmax(0, 1fr); padding: 9px 12px; gap: 8px; }
  details.check > summary .took { display: none; }
  .inside { padding: 2px 12px 16px; }
  .project-facts { padding-left: 18px; }
  .evidence { grid-template-columns: 1fr; } .evidence dd { margin-bottom: 6px; }
}
@media print { body { background: #fff; } details.check > summary .message { white-space: normal; } .requests { break-inside: avoid; } }
`;
