/** Of `/docs`: light or dark as the reader's system is, one column where there is no room for two. */
export const DOCS_STYLES = `
:root { color-scheme: light dark; --text: light-dark(#15191c, #e8ebee); --quiet: light-dark(#4d555c, #a5adb5);
  --bg: light-dark(#ffffff, #0f1214); --sunken: light-dark(#f2f4f6, #1a1f23); --line: light-dark(#d5dade, #333a40);
  --accent: light-dark(#2354c7, #8fb1ff); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--bg); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--bg); padding: .5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
header { padding: 1.5rem clamp(1rem, 4vw, 3rem) 1rem; border-bottom: 1px solid var(--line); }
h1, h2, h3, h4 { line-height: 1.25; }
h1 { margin: 0; } header p { margin: .25rem 0 0; color: var(--quiet); }
h2 { margin: 2.5rem 0 .5rem; } h3 { margin: 2rem 0 .5rem; font-size: 1.1rem; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 2rem; padding: 0 clamp(1rem, 4vw, 3rem) 4rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.5rem 0; font-size: .875rem; }
nav ul { list-style: none; margin: 0; padding: 0 0 0 1rem; } nav ul ul { padding-left: .75rem; }
nav a { display: block; } nav summary { margin-left: -1rem; } nav a, nav summary { padding: .25rem 0; overflow-wrap: anywhere; }
nav summary { cursor: pointer; text-transform: capitalize; }
main { max-width: 52rem; min-width: 0; }
code, pre, .method { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: .875em; }
p code, td code, li code { background: var(--sunken); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
.method { font-weight: 700; }
pre { background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; margin: 0; overflow-x: auto; }
pre code { font-size: 1em; }
figure { margin: 1rem 0; position: relative; } figcaption { color: var(--quiet); font-size: .875rem; margin-bottom: .25rem; padding-right: 5rem; }
.copy { position: absolute; right: 0; top: -.25rem; font: inherit; font-size: .8rem; padding: .1rem .6rem; color: var(--text);
  background: var(--bg); border: 1px solid var(--quiet); border-radius: 4px; cursor: pointer; min-height: 1.6rem; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; } th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
article details summary { cursor: pointer; color: var(--accent); }
#protocol li { margin: .5rem 0; } .rule { font-weight: 700; }
#protocol li:target { background: var(--sunken); }
@media (max-width: 50rem) { .columns { grid-template-columns: minmax(0, 1fr); gap: 0; } nav { position: static; max-height: none; padding-bottom: 0; } }
`;
