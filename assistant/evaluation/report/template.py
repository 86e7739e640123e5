"""The frame of every report: the page with its style, and a script that filters and opens questions.

The page is complete without the script. Its policy forbids the browser to fetch anything, and to run other scripts.
"""

from base64 import b64encode
from hashlib import sha256
from string import Template

from assistant.rendering.html import Html, escape_text

_STYLE = """
:root {
  --paper: #ffffff; --surface: #f5f6f8; --line: #d9dde3; --ink: #1b1f24; --soft: #57606a; --grey: #868f9a;
  --accent: #1f5fbf; --fill: #5d8fd8; --track: #e8ebf0; --mark: #b4470b; --cost: #cf7440;
  --good: #146c2e; --good-soft: #dcf3e2; --weak: #7a4f00; --weak-soft: #fbeecb; --bad: #b42318; --bad-soft: #fde5e2;
  --quote: #fff6cf; --term: #ffdf6b; --term-ink: #1b1f24;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --surface: #1c2026; --line: #343b45; --ink: #e6e9ed; --soft: #a0a9b4; --grey: #7d8793;
    --accent: #78acff; --fill: #4477c4; --track: #2b313a; --mark: #ff9d5c; --cost: #a8602f;
    --good: #6fd58b; --good-soft: #16341f; --weak: #eabf62; --weak-soft: #3a2e12; --bad: #ff9b91; --bad-soft: #43201d;
    --quote: #332f1b; --term: #6d5a0e; --term-ink: #fff6d6;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
header, main, footer { max-width: 75rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
.over { margin: 0; color: var(--soft); font-size: .875rem; letter-spacing: .02em; }
h1 { margin: .1rem 0 1rem; font-size: clamp(1.4rem, 1rem + 1.8vw, 2rem); line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .75rem; font-size: 1.35rem; line-height: 1.25; overflow-wrap: anywhere; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
h4 { margin: 1rem 0 .25rem; font-size: .8125rem; font-weight: 600; color: var(--soft); }
p { margin: .5rem 0; max-width: 68ch; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
small, .soft { color: var(--soft); }
small { font-size: .8125rem; }
nav { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--line); }
nav ul { display: flex; gap: 0 1.25rem; max-width: 75rem; margin: 0 auto; padding: 0 1.25rem; list-style: none;
  overflow-x: auto; white-space: nowrap; font-size: .9rem; }
nav a { display: block; padding: .6rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }

.verdict { padding: .75rem 1rem; border: 1px solid; border-left-width: .35rem; border-radius: .4rem; margin: 1rem 0; }
.verdict p { margin: 0; max-width: none; font-weight: 600; }
.verdict ul { color: var(--ink); overflow-wrap: anywhere; }
.good { color: var(--good); background: var(--good-soft); }
.weak { color: var(--weak); background: var(--weak-soft); }
.bad { color: var(--bad); background: var(--bad-soft); }
.quiet { color: var(--soft); background: var(--surface); }
.badge { display: inline-block; padding: 0 .5em; border-radius: 1em; font-size: .75rem; line-height: 1.6;
  font-weight: 600; white-space: nowrap; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0;
  padding: 0; list-style: none; }
.tiles li { padding: .75rem 1rem; background: var(--surface); border-radius: .5rem; }
.tiles b { display: block; font-size: 1.6rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles span { display: block; font-size: .875rem; }

.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: separate; border-spacing: 0; font-size: .875rem; font-variant-numeric: tabular-nums; }
table.figures { width: 100%; }
table.figures td:nth-child(2) { width: 50%; }
table.figures thead th:nth-child(2), table.tags thead th:nth-child(n + 3) { text-align: left; }
/* Whole pixels: else the lines of the column that stays in view are a pixel off. */
table.tags th, table.tags td { line-height: 20px; padding-top: 6px; padding-bottom: 6px; }
table.tags small { line-height: 1; }
table.tags th:first-child { position: sticky; left: 0;
  background: linear-gradient(var(--paper) 0 0) 0 1px / 100% calc(100% - 1px) no-repeat; }
table.numbers th, table.numbers td, table.why th, table.why td { white-space: nowrap; }
table.why th:last-child, table.why td:last-child { text-align: left; white-space: normal; overflow-wrap: anywhere; }
table.tags tbody tr:last-child > * { font-weight: 600; border-top: 2px solid var(--grey); }
caption { text-align: left; color: var(--soft); font-size: .8125rem; padding: 0 0 .4rem; }
th, td { padding: .4rem .75rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child { text-align: left; padding-left: 0; font-weight: 500; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; white-space: nowrap; }
th small { display: block; font-weight: 400; }
.share { display: block; min-width: 6.5rem; text-align: left; white-space: nowrap; }
.bar { display: block; position: relative; height: .5rem; margin-top: .25rem; border-radius: .15rem;
  background: linear-gradient(var(--fill) 0 0) 0 / calc(var(--v) * 100%) 100% no-repeat var(--track); }
.bar.cost { --fill: var(--cost); }
.bar i { position: absolute; top: 50%; left: calc(var(--l) * 100%); width: calc((var(--h) - var(--l)) * 100%);
  height: .125rem; margin-top: -.0625rem; background: var(--ink); }
.bar u { position: absolute; top: -.2rem; bottom: -.2rem; left: calc(var(--n) * 100%); width: .15rem;
  margin-left: -.075rem; background: var(--mark); }

.pair { display: grid; grid-template-columns: minmax(0, 30rem) minmax(0, 1fr); gap: 1rem 3rem; align-items: start; }
figure { margin: 0; }
.chart { display: block; width: 100%; height: auto; font: 11.5px system-ui, sans-serif; fill: var(--ink); }
.chart .grid { stroke: var(--line); stroke-width: .75; }
.chart .base { stroke: var(--grey); }
.chart .diagonal { stroke: var(--grey); stroke-width: 1.25; stroke-dasharray: 5 4; }
.chart .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.chart .spread { stroke: var(--accent); stroke-width: 1.25; opacity: .75; }
.chart .band { fill: var(--accent); opacity: .14; }
.chart .dot { fill: var(--accent); }
.chart .stop { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.chart .chosen { fill: var(--mark); }
.chart .answerable { fill: var(--accent); }
.chart .unanswerable { fill: var(--grey); }
.chart line.mark { stroke: var(--mark); stroke-width: 1.5; }
.chart text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.chart text.mark { fill: var(--mark); font-weight: 600; }
.chart .tick, .chart .axis, .chart .count { fill: var(--soft); }
.chart .count { font-size: 10.5px; }
.key { display: inline-block; width: .75em; height: .75em; border-radius: .15em; background: var(--accent); }
.key.other { background: var(--grey); }

.filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 1rem 0; }
.filter[hidden], [hidden] { display: none; }
.filter label { font-size: .8125rem; color: var(--soft); display: grid; gap: .15rem; }
.filter select, .filter input { font: inherit; font-size: .9375rem; color: var(--ink); background: var(--paper);
  border: 1px solid var(--grey); border-radius: .35rem; padding: 0 .5rem; height: 2.25rem; max-width: 100%; }
.filter output { padding: .4rem 0; font-size: .875rem; color: var(--soft); }
details.case { border-top: 1px solid var(--line); }
details.case:last-child { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .5rem 0; }
details.case > summary { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr) auto; gap: 0 .75rem;
  align-items: baseline; list-style: none; }
details.case > summary::-webkit-details-marker { display: none; }
details.case > summary:hover .asked { text-decoration: underline; text-underline-offset: .2em; }
details.case[open] > summary .asked { font-weight: 600; }
.changes { margin: 0; padding: 0; list-style: none; }
.changes li { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); gap: 0 .75rem; align-items: baseline;
  padding: .4rem 0; border-top: 1px solid var(--line); }
.changes a { text-decoration: none; }
.changes a:hover { text-decoration: underline; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.asked { overflow-wrap: anywhere; }
.asked small { display: block; font-weight: 400; }
.beside { color: var(--soft); font-size: .8125rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.case > div { padding: 0 0 1.25rem 5.25rem; overflow-wrap: anywhere; }
.case > div > :first-child { margin-top: .25rem; }
.answer { margin: .25rem 0; font-size: 1.0625rem; max-width: 68ch; }
.cited { margin: .5rem 0 .75rem; padding-left: .9rem; border-left: 3px solid var(--line); max-width: 72ch; }
.cited p { margin: 0 0 .15rem; font-size: .875rem; }
blockquote { margin: 0; }
mark { background: var(--quote); color: inherit; padding: .1em .15em; border-radius: .15em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone; }
mark mark { background: var(--term); color: var(--term-ink); font-weight: 600; padding: 0 .1em; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; margin: .5rem 0;
  font-size: .875rem; overflow-wrap: anywhere; }
dt { color: var(--soft); }
dd { margin: 0; }
footer { padding-top: 2rem; padding-bottom: 3rem; color: var(--soft); font-size: .8125rem; }
@media (max-width: 56rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 40rem) {
  nav ul { gap: 0 .9rem; }
  th, td { padding-left: .5rem; padding-right: .5rem; }
  table.figures td:nth-child(2) { width: 38%; }
  header, main, footer, nav ul { padding-left: 1rem; padding-right: 1rem; }
  details.case > summary { grid-template-columns: 1fr auto; }
  .asked { grid-column: 1 / -1; grid-row: 2; }
  .case > div { padding-left: 0; }
  .filter > * { flex: 1 1 9rem; }
}
@media print { nav, .filter { display: none; } details.case { break-inside: avoid; } }
"""

_SCRIPT = """
"use strict";
const cases = [...document.querySelectorAll("details.case")];
const filter = document.getElementById("filter");
const [kind, tag, words] = ["kind", "tag", "words"].map((name) => document.getElementById(name));
function narrow() {
  const wanted = words.value.trim().toLowerCase();
  let shown = 0;
  for (const each of cases) {
    const kept = (!kind.value || each.dataset.kind.split(" ").includes(kind.value))
      && (!tag.value || each.dataset.tags.split(" ").includes(tag.value))
      && (!wanted || each.textContent.toLowerCase().includes(wanted));
    each.hidden = !kept;
    shown += kept;
  }
  for (const group of document.querySelectorAll("section.group")) {
    group.hidden = !group.querySelector("details.case:not([hidden])");
  }
  filter.querySelector("output").value = `${shown} of ${cases.length} shown`;
}
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.matches("details")) { target.open = true; target.scrollIntoView(); }
}
if (filter) { filter.hidden = false; filter.addEventListener("input", narrow); narrow(); }
addEventListener("hashchange", open);
open();
"""

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    f"script-src 'sha256-{b64encode(sha256(_SCRIPT.encode()).digest()).decode()}'"
)

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>$title</title>
<style>$style</style>
</head>
<body>
$body
<script>$script</script>
</body>
</html>
""")


def page_frame(title: str, body: Html) -> str:
    """The whole page around a body."""
    return _PAGE.substitute(policy=_POLICY, title=escape_text(title), style=_STYLE, body=body, script=_SCRIPT)
