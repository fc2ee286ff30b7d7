/* What every page's script starts with: finding elements, what this browser keeps, speaking, copying, the theme. */
const $ = (s, r = document) => r.querySelector(s);
const $$ = (s, r = document) => [...r.querySelectorAll(s)];
const wide = matchMedia('(min-width:67.5rem)');
const hovers = matchMedia('(hover:hover) and (pointer:fine)');
const plain = n => n.textContent.replace(/[\s\u2060]+/g, ' ').trim();
const fill = (text, given) => text.replace(/\{(\w+)\}/g, (_, k) => given[k]);
const make = (tag, props = {}, ...inside) => { const e = Object.assign(document.createElement(tag), props); e.append(...inside); return e; };
const status = $('#say');
const say = text => { status.textContent = text; };
const kept = { // localStorage may be blocked
  get(k) { try { return localStorage.getItem(k); } catch { return null; } },
  set(k, v) { try { if (v === null) localStorage.removeItem(k); else localStorage.setItem(k, v); } catch { /* not kept */ } },
};

/* theme */
const theme = kept.get('theme') || 'auto';
$$('input[name=theme]').forEach(i => {
  i.checked = i.value === theme;
  i.addEventListener('change', () => {
    if (i.value === 'auto') delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = i.value;
    kept.set('theme', i.value === 'auto' ? null : i.value);
  });
});

/* copying */
async function copy(button, text) { // text may be a promise: the browser then waits for it
  const was = button.textContent;
  try {
    const blob = Promise.resolve(text).then(t => new Blob([t], { type: 'text/plain' }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
    button.textContent = W.acts.copied;
  } catch {
    const turn = button.closest('.turn');
    if (turn) getSelection().selectAllChildren(turn);
    button.textContent = W.acts.press;
  }
  say(button.textContent);
  setTimeout(() => { button.textContent = was; }, 1800);
}

/* finding one among many */
$$('.find').forEach(i => i.addEventListener('input', () => {
  const list = i.parentNode, text = i.value.trim().toLowerCase(), items = $$('li', list);
  items.forEach(li => { li.hidden = !plain(li).toLowerCase().includes(text); });
  const fold = $('details', list);
  if (fold) fold.open = !!text;
  const n = items.filter(li => !li.hidden).length;
  if (i.closest('.among')) say(fill(n === 1 ? W.script.career : W.script.careers, { n }));
}));

/* conversations, by the address that holds them: in this browser only */
const recent = () => { try { return JSON.parse(kept.get('recent')) || []; } catch { return []; } };
const questions = address => new URLSearchParams(address.split('?')[1] || '').getAll('q');
const goesOn = (address, before) => (address + '&').startsWith(before + '&');
function remember(address) {
  if (kept.get('recent') === '"off"') return;
  const others = recent().filter(one => one.startsWith('/ask?') && !goesOn(address, one));
  kept.set('recent', JSON.stringify([address, ...others].slice(0, 30)));
}
