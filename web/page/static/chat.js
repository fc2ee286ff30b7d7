/* What script adds to a page that works without it: answers in place, the source panel, previews, copying, voting, the theme. */
(() => {
  'use strict';
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const wide = matchMedia('(min-width:67.5rem)');
  const hovers = matchMedia('(hover:hover) and (pointer:fine)');
  const plain = n => n.textContent.replace(/\s+/g, ' ').trim();
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
      button.textContent = 'Copied';
    } catch {
      const turn = button.closest('.turn');
      if (turn) getSelection().selectAllChildren(turn);
      button.textContent = 'Press Ctrl+C';
    }
    say(button.textContent);
    setTimeout(() => { button.textContent = was; }, 1800);
  }

  /* source page */
  const bar = $('.found');
  if (bar) {
    const current = () => $$('a[href^="#q"]', bar).forEach(a => (a.hash === location.hash ? a.setAttribute('aria-current', 'true') : a.removeAttribute('aria-current')));
    addEventListener('hashchange', current); current();
    $('[data-quote]', bar).addEventListener('click', e => {
      const id = /^#q\d+$/.test(location.hash) ? location.hash : '#q' + ($('mark')?.className.match(/\d+/)?.[0] || 1);
      const words = $$(`mark.m${id.slice(2)}`).map(m => { const c = m.cloneNode(true); $('sup', c)?.remove(); return plain(c); });
      const part = t => encodeURIComponent(t.join(' ')).replace(/-/g, '%2D');
      const first = words[0].split(' '), last = words[words.length - 1].split(' ');
      const one = words.length === 1 && first.length < 13;
      copy(e.target, location.href.split('#')[0] + id + ':~:text=' + (one ? part(first) : part(first.slice(0, 6)) + ',' + part(last.slice(-6))));
    });
  }
  const contents = $('.toc details');
  if (contents && wide.matches) contents.open = true; // beside the text, where it moves nothing

  /* finding a career among many */
  $$('.find').forEach(i => i.addEventListener('input', () => {
    const list = i.parentNode, text = i.value.trim().toLowerCase(), items = $$('li', list);
    items.forEach(li => { li.hidden = !plain(li).toLowerCase().includes(text); });
    $('details', list).open = !!text;
    const found = items.filter(li => !li.hidden).length;
    say(`${found} career${found === 1 ? '' : 's'}`);
  }));

  /* recent questions: in this browser only, on the start page only */
  const recent = () => { try { return JSON.parse(kept.get('recent')) || []; } catch { return []; } };
  function remember(q) { if (kept.get('recent') !== '"off"') kept.set('recent', JSON.stringify([q, ...recent().filter(x => x !== q)].slice(0, 20))); }
  const shelf = $('.recent');
  function showRecent() {
    const off = recent() === 'off', list = off ? [] : recent();
    shelf.hidden = !list.length && !off;
    $('ul', shelf).replaceChildren(...list.map(q => {
      const a = document.createElement('a'), li = document.createElement('li');
      a.href = '/ask?' + new URLSearchParams({ q }); a.textContent = q; li.append(a);
      return li;
    }));
    $('[data-recent=clear]', shelf).hidden = off;
    $('[data-recent=off]', shelf).textContent = off ? 'Keep recent questions' : 'Don’t keep';
  }
  if (shelf) {
    showRecent();
    shelf.addEventListener('click', e => {
      const what = e.target.dataset.recent;
      if (what) { kept.set('recent', what === 'off' && recent() !== 'off' ? '"off"' : null); showRecent(); if (shelf.hidden) $('#q').focus(); }
    });
  }

  const form = $('form.ask');
  if (!form) return;
  const box = $('textarea', form), button = $('.btn', form), thread = $('[role=log]');
  const asked = () => $$('input[name=q]', form).map(i => i.value);
  form.noValidate = true;
  if (hovers.matches && $('.hero')) box.focus();

  /* asking */
  function wrong(text) {
    $('.err', form)?.remove();
    const p = document.createElement('p');
    p.className = 'err'; p.id = 'q-err'; p.textContent = text;
    $('.box', form).append(p);
    box.setAttribute('aria-describedby', p.id); box.setAttribute('aria-invalid', 'true'); box.focus();
  }
  function working(on) {
    button.textContent = on ? 'Asking' : 'Ask';
    if (on) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
  }
  box.addEventListener('keydown', e => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); form.requestSubmit(); }
  });
  box.addEventListener('input', () => { $('.err', form)?.remove(); box.removeAttribute('aria-invalid'); box.removeAttribute('aria-describedby'); });
  addEventListener('pageshow', () => working(false));
  form.addEventListener('submit', e => {
    const q = box.value.trim(), length = [...q].length, max = +box.dataset.max;
    if (button.ariaDisabled === 'true') return e.preventDefault();
    if (!q || length > max) {
      e.preventDefault();
      return wrong(q ? `Shorten your question to ${max} characters. It has ${length}.` : 'Enter a question.');
    }
    if (thread && asked().length) { e.preventDefault(); send(q); } else working(true);
  });

  function send(q) {
    close(false);
    $$('.failed', thread).forEach(t => t.remove());
    const next = $('.next', thread);
    if (next) next.hidden = true;
    const turn = $('#t-wait').content.firstElementChild.cloneNode(true);
    $('.q', turn).textContent = q;
    thread.append(turn);
    if (box.value.trim() === q) box.value = '';
    working(true);
    turn.scrollIntoView({ block: 'start' });
    const query = new URLSearchParams([...asked(), q].map(x => ['q', x])), stop = new AbortController();
    const timers = [
      setTimeout(() => $('.wait', turn).classList.add('late'), 150),
      setTimeout(() => say('Looking through the guides'), 1000),
      setTimeout(() => { $('.wait p', turn).hidden = false; say('Still looking.'); }, 8000),
      setTimeout(() => stop.abort('late'), 21000),
    ];
    $('[data-stop]', turn).addEventListener('click', () => stop.abort('stopped'));
    const failed = (name, fill = {}) => {
      if (next) next.hidden = false;
      if (!box.value) box.value = q;
      if (!name) return turn.remove();
      const oops = $('#t-' + name).content.cloneNode(true);
      $$('p', oops).forEach(p => { p.textContent = p.textContent.replace(/\{(\w+)\}/g, (_, k) => fill[k]); });
      $('[data-retry]', oops)?.addEventListener('click', () => { box.focus({ preventScroll: true }); send(q); });
      turn.classList.add('failed');
      $('.wait', turn).replaceWith(oops);
      say(plain($('.oops', turn)));
    };
    fetch('/ask/turn?' + query, { signal: stop.signal })
      .then(async r => {
        if (r.status === 429) return failed('busy', { s: r.headers.get('Retry-After') || 'a few' });
        if (r.status === 422) { failed(); return wrong((await r.json()).detail); }
        const answer = r.ok && new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('.turn');
        if (!answer) return failed('error');
        next?.remove();
        arrived(turn, document.importNode(answer, true), q, query);
      })
      .catch(e => (e === 'stopped' ? failed() : failed(e === 'late' ? 'error' : 'offline', { host: location.host })))
      .finally(() => { timers.forEach(clearTimeout); working(false); });
  }

  let shown = location.search;
  function arrived(turn, answer, q, query) {
    answer.classList.add('fresh');
    turn.replaceWith(answer);
    const input = document.createElement('input');
    input.type = 'hidden'; input.name = 'q'; input.value = q;
    form.prepend(input);
    form.insertBefore(input, $('.box', form));
    history.pushState(null, '', '/ask?' + query);
    shown = location.search;
    document.title = document.title.replace(/^.* – /, () => q + ' – ');
    remember(q);
    if (asked().length > 5) location.reload(); // the page is full: the server says so
    else say(spoken(answer));
  }
  const all = (selector, turn) => $$(selector, turn).map(plain).join(' ');
  const spoken = turn => all('.none h3,.none p,.none .careers:first-of-type a,.near h3', turn) || 'Answer: ' + all('.qt,.a .ours', turn).slice(0, 400);
  addEventListener('popstate', () => { if (location.search !== shown) location.reload(); });
  if (!thread) return;
  if (asked().length) remember(asked().pop());

  /* paper cannot follow a relative address */
  addEventListener('beforeprint', () => $$('.notes a').forEach(a => { a.dataset.url = new URL(a.dataset.url, location).href; }));

  /* citations */
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
    const of = note(a), all = group(a), url = of.dataset.url.split('#')[0].replace('?', '/excerpt?');
    try {
      if (!excerpts.has(url)) {
        const r = await fetch(url);
        if (!r.ok) throw r;
        excerpts.set(url, await r.text());
      }
    } catch { location.href = a.href; return; }
    if (from !== a) return;
    scroller.replaceChildren(...new DOMParser().parseFromString(excerpts.get(url), 'text/html').body.childNodes);
    heading.textContent = `Source ${all.indexOf(of) + 1} of ${all.length}`;
    $$('[data-step]', panel).forEach(b => { b.hidden = all.length < 2; });
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
      if (a.closest('.next,.none .careers') && asked().length < 6) { e.preventDefault(); if (!button.ariaDisabled) send(a.dataset.ask || plain(a.firstElementChild?.firstChild || a)); }
      if (a.dataset.draft) { e.preventDefault(); box.value = a.dataset.draft; box.focus(); }
    }
    if (!b) return;
    if ('close' in b.dataset) close();
    if (b.dataset.step) { const all = group(from); open(all[(all.indexOf(note(from)) + +b.dataset.step + all.length) % all.length], false); }
    if ('link' in b.dataset) copy(b, location.origin + turnOf(b).dataset.address);
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
    s.textContent = plain($('a>span', of.parentNode));
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

  /* voting */
  document.addEventListener('submit', async e => {
    const f = e.target, b = e.submitter;
    if (!f.matches('.vote')) return;
    e.preventDefault();
    const votes = $$('[data-vote]', f), on = b.getAttribute('aria-pressed') !== 'true', body = new URLSearchParams(new FormData(f));
    body.set(b.name, b.dataset.vote && on ? b.dataset.vote : b.value);
    if (b.dataset.vote && !on) body.set('vote', 'none');
    const r = await fetch(f.action, { method: 'POST', body }).catch(() => ({}));
    if (!r.ok) return say('That could not be saved.');
    const why = $('.why', f);
    if (b.dataset.vote) {
      votes.forEach(v => v.setAttribute('aria-pressed', String(v === b && on)));
      why.hidden = !on;
      $$('[data-for]', why).forEach(d => { d.hidden = !d.dataset.for.includes(b.dataset.vote); });
    } else b.parentNode.hidden = true;
    say(on ? plain($('p', why)) : 'Vote removed.');
  });

  /* a link to an open source */
  const wanted = new URLSearchParams(location.search).get('c')?.split('.').map(Number);
  if (wanted && wide.matches) {
    const turns = $$('.turn', thread), turn = wanted.length > 1 ? turns[wanted[0] - 1] : turns[turns.length - 1];
    const a = turn && $(`.notes a[data-n="${wanted[wanted.length - 1]}"]`, turn);
    if (a) open(a, false);
  }
})();
