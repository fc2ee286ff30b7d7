/* <verbatim-ask base career label>: a conversation with the guides in a page of any site. It makes no HTML from strings. */
const HOME = document.currentScript?.src || location.href, sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
const fill = (text, given) => text.replace(/\{(\w+)\}/g, (_, k) => given[k]);
const make = (tag, given, ...inside) => {
  const e = document.createElement(tag);
  for (const k in given) e.setAttribute(k, given[k]);
  e.append(...inside);
  return e;
};
const act = (text, then) => {
  const b = make('button', { class: 't', type: 'button' }, text);
  b.onclick = then;
  return b;
};
const all = (turn, selector) => [...turn.querySelectorAll(selector)].map(e => e.textContent).join(' ');

function start(host) {
  const root = host.attachShadow({ mode: 'open' }), asked = [];
  const base = new URL(host.getAttribute('base') || HOME, HOME), at = path => new URL(path, base).href;
  const career = host.getAttribute('career')?.trim();
  const log = make('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': W.turn.thread, tabindex: 0, hidden: '' });
  const box = make('textarea', { id: 'q', rows: 1, dir: 'auto', autocomplete: 'off', 'aria-describedby': 'err' });
  const label = make('label', { for: 'q' }, W.box.label), button = make('button', { class: 'btn' }, W.box.ask);
  const err = make('p', { class: 'err', id: 'err' }), status = make('p', { class: 'sr', role: 'status' });
  const form = make('form', { class: 'box' }, label, box, button, err);
  const full = make('a', { href: at('/'), target: '_blank', rel: 'noopener' }, W.widget.full);
  const name = host.getAttribute('label') || (career ? fill(W.widget.about, { career }) : W.widget.label);
  root.adoptedStyleSheets = [sheet];
  root.append(make('section', { lang: W.page.lang, 'aria-labelledby': 'name' },
    make('div', { class: 'name', id: 'name' }, name), log, form, make('p', { class: 'foot' }, make('span', {}, W.widget.hint), full), status));

  let stop, turns = 0;
  const say = text => { status.textContent = text; };
  const focus = e => e.focus({ preventScroll: true });
  const wrong = text => { err.textContent = text; box.setAttribute('aria-invalid', !!text); };
  const working = on => { stop = on; button.textContent = on ? W.box.asking : W.box.ask; button.setAttribute('aria-disabled', !!on); };
  form.onsubmit = e => {
    e.preventDefault();
    const q = box.value.trim(), n = [...q].length;
    if (stop) return;
    if (q && n <= MAX_CHARS) return ask(q);
    wrong(q ? fill(W.box.long, { max: MAX_CHARS, n }) : W.box.blank);
    focus(box);
  };
  box.onkeydown = e => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); form.requestSubmit(); }
  };
  box.oninput = () => wrong('');
  log.onclick = e => {
    const offered = e.target.closest('[data-ask]');
    if (offered && !stop) ask(offered.dataset.ask, true);
  };

  /* the question shows at once and is put at the top, again when its answer has come; not where the reader scrolled meanwhile */
  const show = turn => { log.scrollTop = turn.offsetTop; return log.scrollTop; };
  const put = (from, to, seen) => { const there = log.scrollTop === seen; from.replaceWith(to); if (there) show(log.lastChild); };
  async function ask(q, offered) {
    const ending = new AbortController(), next = log.querySelector('.next');
    const still = make('p', { hidden: '' }, W.wait.still, act(W.wait.stop, () => ending.abort('stopped')));
    const wait = make('div', { class: 'wait late' }, W.wait.looking, make('div', { class: 'track' }, make('i')), still);
    const turn = make('article', { class: 'turn', tabindex: -1, 'aria-label': q }, make('h2', { class: 'q', dir: 'auto' }, q), wait);
    const held = () => turn.contains(root.activeElement);
    log.querySelector('.failed')?.remove();
    log.hidden = false;
    log.append(turn);
    if (next) next.hidden = true;
    if (box.value.trim() === q) box.value = '';
    const seen = show(turn);
    if (offered) focus(turn);
    working(ending);
    const timers = [[150, () => { wait.className = 'wait'; }], [1e3, () => say(W.wait.looking)],
      [8e3, () => { still.hidden = false; say(W.wait.still); }], [21e3, () => ending.abort()]].map(([ms, then]) => setTimeout(then, ms));
    const failed = (heading, why, retry = true) => {
      if (next) next.hidden = false;
      if (!box.value) box.value = q;
      if (held() || !heading) focus(box);
      if (!heading) return turn.remove();
      turn.classList.add('failed');
      const oops = make('div', { class: 'oops' }, make('h3', {}, heading), make('p', {}, why + ' ' + W.fault.in_box));
      if (retry) oops.append(act(W.fault.retry, () => { focus(box); ask(q); }));
      put(wait, oops, seen);
      say(all(oops, 'h3,p'));
    };
    try {
      const history = [...(career ? [career] : []), ...asked.slice((career ? 2 : 1) - MAX_TURNS)].map(question => ({ question }));
      const r = await fetch(at('/widget/turn'), {
        method: 'POST', signal: ending.signal, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ question: q, history }),
      });
      const told = await r.json();
      if (r.ok) {
        const answer = grow(told.turn, ++turns), had = held();
        next?.remove();
        put(turn, answer, seen);
        if (had) focus(answer.firstChild);
        asked.push(q);
        label.textContent = W.box.follow_up;
        full.href = at(told.address);
        say(all(answer, '.none h3,.none p,.none .careers:first-of-type button,.near h3') || W.wait.answer + ' ' + all(answer, '.qt,.a .ours').slice(0, 400));
      } else if (r.status === 401) failed(W.widget.key, W.widget.key_why, false);
      else if (r.status === 429) failed(W.fault.busy, fill(W.fault.busy_why, { s: r.headers.get('Retry-After') || W.fault.a_few }));
      else if (r.status === 422) { failed(); wrong(told.detail); } else failed(W.fault.failed, r.status > 500 ? told.detail : W.fault.failed_why);
    } catch (e) {
      const { host, origin } = base, here = location.origin;
      if (e === 'stopped') failed();
      else if (!(e instanceof TypeError)) failed(W.fault.failed, W.fault.failed_why);
      /* a browser does not say why a request failed: a script that any site may load tells whether the server is there */
      else if (origin !== here && await fetch(at('/widget.js'), { method: 'HEAD', mode: 'no-cors', cache: 'no-store' }).catch(() => 0))
        failed(W.widget.refused, fill(W.widget.refused_why, { host, origin: here }), false);
      else failed(W.fault.offline, fill(W.widget.offline_why, { host }));
    }
    timers.forEach(clearTimeout);
    working();
  }

  /* what the server drew, as elements; ids are told apart by the turn's number, links lead to the full page */
  function grow(node, n) {
    if (typeof node === 'string') return node;
    const [tag, given, ...inside] = node, asks = given['data-ask'], e = make(asks ? 'button' : /^s(cript|tyle)$/.test(tag) ? 'i' : tag);
    for (const k in given) {
      if (/^(aria-\w+|class|data-ask|data-of|dir|id|lang|role|scope|start|tabindex)$/.test(k)) e.setAttribute(k, /^id|by$/.test(k) ? given[k] + '-' + n : given[k]);
    }
    if (tag === 'a' && !asks && /^(https?|mailto|tel):/.test(at(given.href))) Object.assign(e, { href: at(given.href), target: '_blank', rel: 'noopener' });
    e.append(...inside.map(one => grow(one, n)));
    return e;
  }
}
customElements.get('verbatim-ask') || customElements.define('verbatim-ask', class extends HTMLElement {
  connectedCallback() { this.shadowRoot || start(this); }
});
