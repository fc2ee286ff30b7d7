/* Citations: the panel, the preview, what is lit up; and what can be clicked in a turn. */
const panel = $('#panel'), heading = $('#panel-h'), scroller = $('.scroller', panel), excerpts = new Map();
let from = null, peek = null, timer = 0;
const turnOf = a => a.closest('.turn');
const note = a => $(`.notes a[data-n="${a.dataset.n}"]`, turnOf(a));
const group = a => $$('.notes a', turnOf(a));
function light(a) {
  $$('.qt.on').forEach(q => q.classList.remove('on'));
  if (a) $$(`.qt[data-c="${a.dataset.n}"]`, turnOf(a)).forEach(q => q.classList.add('on'));
}
function current(a) {
  $$('.thread [aria-current]').forEach(x => x.removeAttribute('aria-current'));
  if (a) $$(`[data-n="${a.dataset.n}"]`, turnOf(a)).forEach(x => x.setAttribute('aria-current', 'true'));
  light(a);
}
const address = a => { // the open source is in the address, so that a link can open it
  const url = new URL(location);
  url.searchParams.delete('c');
  if (a) {
    const last = $$('.turn', thread).pop() === turnOf(a);
    url.searchParams.set('c', (last ? '' : turnOf(a).id.slice(5) + '.') + a.dataset.n);
  }
  history.replaceState(null, '', url);
  shown = location.search;
};
async function open(a, focus = true) {
  unpeek();
  from = a;
  const of = note(a), every = group(a), url = of.dataset.url.split('#')[0].replace('?', '/excerpt?');
  try {
    if (!excerpts.has(url)) {
      const r = await fetch(url);
      if (!r.ok) throw r;
      excerpts.set(url, await r.text());
    }
  } catch { location.href = a.href; return; }
  if (from !== a) return;
  scroller.replaceChildren(...new DOMParser().parseFromString(excerpts.get(url), 'text/html').body.childNodes);
  heading.textContent = fill(W.panel.of, { n: every.indexOf(of) + 1, all: every.length });
  $$('[data-step]', panel).forEach(b => { b.hidden = every.length < 2; });
  $('[data-full]', panel).href = of.href;
  panel.hidden = false;
  document.body.classList.add('reading');
  const fold = $(`.qt[data-c="${a.dataset.n}"]`, turnOf(a))?.closest('details');
  if (fold) fold.open = true;
  current(a); address(a);
  const mark = $('mark', scroller);
  scroller.scrollTop = mark ? mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 96 : 0;
  if (focus) heading.focus({ preventScroll: true }); else say(heading.textContent);
}
function close(back = true) {
  if (!thread || panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove('reading');
  current(null); address(null);
  if (back && from) ($(`.c[data-n="${from.dataset.n}"]`, turnOf(from)) || from).focus();
  from = null;
}
document.addEventListener('click', e => {
  const a = e.target.closest('a'), b = e.target.closest('button');
  if (a && e.button === 0 && !e.metaKey && !e.ctrlKey && !e.shiftKey && !e.altKey) {
    if (a.dataset.n && wide.matches) { e.preventDefault(); open(a); }
    if (a.closest('.next,.none .careers,.offers') && asked().length < 12) { e.preventDefault(); if (!button.ariaDisabled) send(a.dataset.ask || plain(a.firstElementChild?.firstChild || a)); }
    if (a.dataset.edit) a.href = '/ask' + shown + '&edit=' + a.dataset.edit + '#edit';
  }
  if (!b) return;
  if ('close' in b.dataset) close();
  if (b.dataset.step) { const every = group(from); open(every[(every.indexOf(note(from)) + +b.dataset.step + every.length) % every.length], false); }
  if ('link' in b.dataset) copy(b, location.origin + turnOf(b).dataset.address + '#' + turnOf(b).id);
  if ('listen' in b.dataset) listen(b);
  if ('print' in b.dataset) print();
  if ('copy' in b.dataset) {
    const url = turnOf(b).dataset.address.replace('/ask?', '/ask.md?') + '&only=' + turnOf(b).id.slice(5);
    copy(b, fetch(url).then(r => (r.ok ? r.text() : Promise.reject(r))));
  }
});
document.addEventListener('keydown', e => { if (e.key === 'Escape') { if (peek || $('.hot')) unpeek(); else close(); } });

/* preview: a fine pointer or keyboard focus. Wide screens light the margin note up, others get a card. */
function unpeek() {
  clearTimeout(timer);
  $$('.hot').forEach(x => x.classList.remove('hot'));
  if (peek) { $('[aria-describedby=peek]')?.removeAttribute('aria-describedby'); peek.remove(); peek = null; }
  if (panel.hidden) light(null);
}
const later = (f, ms) => { clearTimeout(timer); timer = setTimeout(f, ms); };
function preview(a) {
  if (!panel.hidden) return;
  unpeek(); light(a);
  const of = note(a);
  if (wide.matches) return of.classList.add('hot');
  peek = document.createElement('div');
  peek.className = 'peek'; peek.id = 'peek'; peek.setAttribute('role', 'tooltip');
  const q = document.createElement('q'), s = document.createElement('span');
  q.append(...$$(`.qt[data-c="${a.dataset.n}"]`, turnOf(a)).flatMap(x => [document.createTextNode(plain(x)), ' ']));
  s.textContent = $$('strong,span', of).map(plain).join(' · ');
  peek.append(q, s);
  document.body.append(peek);
  const r = a.getBoundingClientRect(), w = peek.offsetWidth, h = peek.offsetHeight;
  peek.style.left = Math.max(12, Math.min(r.left + r.width / 2 - w / 2, innerWidth - w - 12)) + scrollX + 'px';
  peek.style.top = (innerHeight - r.bottom > h + 16 ? r.bottom + 6 : r.top - h - 6) + scrollY + 'px';
  peek.addEventListener('pointerleave', () => later(unpeek, 200));
  peek.addEventListener('pointerenter', () => clearTimeout(timer));
  a.setAttribute('aria-describedby', 'peek');
}
const chip = e => (e.target.matches?.('a.c') ? e.target : null);
thread.addEventListener('pointerover', e => { const a = e.target.closest('a.c'); if (a && e.pointerType === 'mouse' && hovers.matches) later(() => preview(a), 250); });
thread.addEventListener('pointerout', e => { const a = e.target.closest('a.c'); if (a && !a.contains(e.relatedTarget)) later(unpeek, 200); });
thread.addEventListener('focusin', e => { if (chip(e) && chip(e).matches(':focus-visible') && hovers.matches) preview(chip(e)); });
thread.addEventListener('focusout', e => { if (chip(e)) unpeek(); });

/* a link to an open source */
const wanted = new URLSearchParams(location.search).get('c')?.split('.').map(Number);
if (wanted && wide.matches) {
  const every = turns(), turn = wanted.length > 1 ? every[wanted[0] - 1] : every[every.length - 1];
  const a = turn && $(`.notes a[data-n="${wanted[wanted.length - 1]}"]`, turn);
  if (a) open(a, false);
}
arrive();
