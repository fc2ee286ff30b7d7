/* The question box: what is wrong with a question, how much room is left, and questions that have an answer while one is typed. */
const form = $('form.ask'), box = form && $('textarea', form), button = form && $('.btn', form), thread = $('[role=log]');
const asked = () => $$('input[name=q]', form).map(i => i.value);
const guides = () => $$('input[name=g]', form).map(i => ['g', i.value]);
const query = (asks, of = guides()) => new URLSearchParams([...of, ...asks.map(q => ['q', q])]);
function wrong(text) {
  $('.err', form)?.remove();
  $('.box', form).append(make('p', { className: 'err', id: 'q-err', textContent: text }));
  box.setAttribute('aria-describedby', 'q-err'); box.setAttribute('aria-invalid', 'true'); box.focus();
}
function working(on) {
  button.textContent = on ? W.box.asking : W.box.ask;
  if (on) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
}
const left = () => +box.dataset.max - [...box.value.trim()].length;
function counted() {
  const n = left(), near = n < 60;
  let p = $('.count', form);
  if (!p && near) $('.box', form).append(p = make('p', { className: 'count', id: 'q-count' }));
  if (p) { p.hidden = !near; p.textContent = fill(n < 0 ? W.box.over : W.box.left, { n: Math.abs(n) }); }
  if (near) box.setAttribute('aria-describedby', 'q-count'); else box.removeAttribute('aria-describedby');
  if (near && (n % 20 === 0 || n === -1)) say(p.textContent);
}

/* completions: one list, fetched at the first letter and kept by its address; what matches is shown as links below the box */
let offers = null;
const offered = form && make('ul', { className: 'go offers', hidden: true, ariaLabel: W.box.completions });
const close_offers = () => { offered.hidden = true; };
async function complete() {
  const typed = box.value.trim().toLowerCase();
  if (typed.length < 3 || typed.length > 60) return close_offers();
  offers ||= fetch(form.dataset.offers + '?' + new URLSearchParams(guides())).then(r => (r.ok ? r.json() : [])).catch(() => []);
  const list = await offers, parts = typed.split(/\s+/);
  if (box.value.trim().toLowerCase() !== typed) return;
  const hits = list.filter(q => { const low = q.toLowerCase(); return low !== typed && parts.every(p => low.includes(p)); }).slice(0, 4);
  const before = offered.hidden ? 0 : offered.children.length;
  offered.replaceChildren(...hits.map(q => {
    const address = '/ask?' + query([...asked().slice(-11), q]) + '#turn-' + Math.min(asked().length + 1, 12);
    return make('li', {}, make('a', { href: address, textContent: q }));
  }));
  offered.hidden = !hits.length;
  if (hits.length && hits.length !== before) say(fill(hits.length === 1 ? W.script.completion : W.script.completions, { n: hits.length }));
}

if (form) {
  form.noValidate = true;
  form.append(offered);
  if (hovers.matches && $('.hero')) box.focus();
  box.addEventListener('keydown', e => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); form.requestSubmit(); }
    if (e.key === 'ArrowDown' && !offered.hidden) { e.preventDefault(); $('a', offered).focus(); }
  });
  offered.addEventListener('keydown', e => {
    const links = $$('a', offered), at = links.indexOf(document.activeElement), to = { ArrowDown: at + 1, ArrowUp: at - 1 }[e.key];
    if (to !== undefined) { e.preventDefault(); (links[to] || box).focus(); }
    if (e.key === 'Escape') { box.focus(); close_offers(); }
  });
  form.addEventListener('keyup', e => { if (e.key === 'Escape') close_offers(); });
  box.addEventListener('input', () => {
    $('.err', form)?.remove(); box.removeAttribute('aria-invalid'); box.removeAttribute('aria-describedby');
    counted(); complete();
  });
  addEventListener('pageshow', () => working(false));
  form.addEventListener('submit', e => {
    const q = box.value.trim();
    if (button.ariaDisabled === 'true') return e.preventDefault();
    close_offers();
    if (!q || left() < 0) {
      e.preventDefault();
      return wrong(q ? fill(W.box.long, { max: box.dataset.max, n: [...q].length }) : W.box.blank);
    }
    if (thread && asked().length && asked().length < 12) { e.preventDefault(); send(q); } else working(true);
  });
}
