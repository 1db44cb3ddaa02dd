/** The frame of every page of the sandbox. The banner is the point: nobody may take these pages for the product or for the real service. */

/** Text as HTML. */
export function escapeHtml(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --accent: #0b66e4; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
.banner { background: repeating-linear-gradient(45deg, #ffd54a 0 18px, #fff1b8 18px 36px); color: #222; font-weight: 700; padding: .6rem 1rem; text-align: center; }
header { padding: .6rem 1rem; border-bottom: 1px solid var(--line); display: flex; gap: 1rem; flex-wrap: wrap; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: .8rem 0; }
.card.agent { border-left: 4px solid var(--accent); }
.meta { font-size: .85rem; opacity: .75; }
.chip { background: var(--soft); border-radius: 1rem; padding: .1rem .7rem; font-size: .85rem; margin-right: .3rem; display: inline-block; }
form.inline { display: inline; }
textarea, input[type=text], select { font: inherit; padding: .4rem .5rem; width: 100%; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; }
select option { color: #222; }
label { display: block; margin: .5rem 0; } label.check { display: inline-block; margin-right: 1rem; }
button { font: inherit; padding: .35rem .9rem; border-radius: 6px; border: 1px solid var(--line); cursor: pointer; background: var(--accent); color: #fff; }
button.quiet { background: transparent; color: inherit; }
pre, code { font-family: ui-monospace, monospace; background: var(--soft); border-radius: 4px; padding: 0 .25rem; } pre { padding: .6rem; overflow: auto; }
blockquote { border-left: 3px solid var(--line); margin-left: 0; padding-left: .8rem; }
`;

export interface PageFrame {
  title: string;
  /** What is imitated, for example "Atlassian". */
  imitates: string;
  /** Links in the head of the page: text and address. */
  links?: [string, string][];
}

/** A whole page. `content` is HTML; whoever builds it escapes. */
export function page(frame: PageFrame, content: string): string {
  const links = (frame.links ?? []).map(([name, href]) => `<a href="${escapeHtml(href)}">${escapeHtml(name)}</a>`).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(frame.title)} (sandbox)</title><style>${STYLE}</style></head><body>
<div class="banner" role="note">Sandbox: nothing here is real. This page imitates ${escapeHtml(frame.imitates)}.</div>
${links === '' ? '' : `<header>${links}</header>`}<main><h1>${escapeHtml(frame.title)}</h1>${content}</main></body></html>`;
}
