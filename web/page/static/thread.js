/* Asking in place: waiting, faults, the answer when it comes; where a page that was loaded opens. */
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
  const conversation = query([...asked(), q]), stop = new AbortController();
  const timers = [
    setTimeout(() => $('.wait', turn).classList.add('late'), 150),
    setTimeout(() => say(W.wait.looking), 1000),
    setTimeout(() => { $('.wait p', turn).hidden = false; say(W.wait.still); }, 8000),
    setTimeout(() => stop.abort('late'), 21000),
  ];
  $('[data-stop]', turn).addEventListener('click', () => stop.abort('stopped'));
  const failed = (name, given = {}) => {
    if (next) next.hidden = false;
    if (!box.value) box.value = q;
    if (!name) return turn.remove();
    const oops = $('#t-' + name).content.cloneNode(true);
    $$('p', oops).forEach(p => { p.textContent = fill(p.textContent, given); });
    $('[data-retry]', oops)?.addEventListener('click', () => { box.focus({ preventScroll: true }); send(q); });
    turn.classList.add('failed');
    $('.wait', turn).replaceWith(oops);
    say(all('.oops h3,.oops p', turn));
  };
  fetch('/ask/turn?' + conversation, { signal: stop.signal })
    .then(async r => {
      if (r.status === 429) return failed('busy', { s: r.headers.get('Retry-After') || W.fault.a_few });
      if (r.status === 422) { failed(); return wrong((await r.json()).detail); }
      const answer = r.ok && new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('.turn');
      if (!answer) return failed('error');
      next?.remove();
      arrived(turn, document.importNode(answer, true), q, conversation);
    })
    .catch(e => (e === 'stopped' ? failed() : failed(e === 'late' ? 'error' : 'offline', { host: location.host })))
    .finally(() => { timers.forEach(clearTimeout); working(false); });
}

let shown = location.search;
function arrived(turn, answer, q, conversation) {
  answer.classList.add('fresh');
  turn.replaceWith(answer);
  form.insertBefore(make('input', { type: 'hidden', name: 'q', value: q }), $('.box', form));
  const address = '/ask?' + conversation;
  history.pushState(null, '', address + '#' + answer.id);
  shown = location.search;
  document.title = document.title.replace(/^.* – /, () => q + ' – ');
  form.action = '/ask#turn-' + Math.min(asked().length + 1, 12);
  $$('[data-newest]').forEach(a => { a.hash = answer.id; });
  $$('.only a').forEach(a => { a.href = '/ask?' + query(asked(), []); });
  $$('.keep a').forEach(a => { a.search = '?' + conversation; });
  if (asked().length > 11) $('.hint').textContent = fill(W.box.full, { n: 12 });
  remember(address);
  voiced(answer);
  say(spoken(answer));
}
const all = (selector, turn) => $$(selector, turn).map(plain).join(' ');
const spoken = turn => all('.none h3,.none p,.none .careers:first-of-type a,.near h3', turn) || W.wait.answer + ' ' + all('.qt,.a .ours', turn).slice(0, 400);
addEventListener('popstate', () => { if (location.search !== shown) location.reload(); });

/* a page that was loaded opens at its newest answer, unless its address says another, or the browser goes back to where it was */
const turns = () => $$('.turn', thread);
function arrive() {
  const kind = performance.getEntriesByType('navigation')[0]?.type;
  const draft = $('[autofocus]'), at = $(location.hash.startsWith('#turn-') ? location.hash : '#none') || draft?.closest('.turn') || turns().pop();
  if (!at || kind === 'back_forward') return;
  if (kind === 'reload') history.scrollRestoration = 'manual';
  if (turns().length > 1 || location.hash) at.scrollIntoView({ block: 'start' });
  if (draft) draft.focus(); // which a browser leaves undone where the address has a fragment
  else if (!box.value) at.focus({ preventScroll: true });
  setTimeout(() => { history.scrollRestoration = 'auto'; });
}
if (asked().length) remember('/ask?' + query(asked()));

/* paper cannot follow a relative address */
addEventListener('beforeprint', () => $$('.notes a').forEach(a => { a.dataset.url = new URL(a.dataset.url, location).href; }));

/* read aloud by the browser's own voice, where it has one of this computer */
function voiced(turn) {
  if (!('speechSynthesis' in window)) $$('[data-listen]', turn).forEach(b => { b.hidden = true; });
}
function listen(b) {
  const speaking = b.getAttribute('aria-pressed') === 'true';
  speechSynthesis.cancel();
  if (speaking) return;
  const said = new SpeechSynthesisUtterance(all('.qt,.a .ours', b.closest('.turn')));
  said.voice = speechSynthesis.getVoices().find(v => v.localService && v.lang.startsWith(document.documentElement.lang)) || null;
  const quiet = () => { b.setAttribute('aria-pressed', 'false'); b.textContent = W.acts.listen; };
  said.onend = said.onerror = quiet;
  b.setAttribute('aria-pressed', 'true'); b.textContent = W.acts.stop;
  speechSynthesis.speak(said);
}
voiced(thread);
