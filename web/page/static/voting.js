/* Voting. */
document.addEventListener('submit', async e => {
  const f = e.target, b = e.submitter;
  if (!f.matches('.vote')) return;
  e.preventDefault();
  const votes = $$('[data-vote]', f), on = b.getAttribute('aria-pressed') !== 'true', body = new URLSearchParams(new FormData(f));
  body.set(b.name, b.dataset.vote && on ? b.dataset.vote : b.value);
  if (b.dataset.vote && !on) body.set('vote', 'none');
  const r = await fetch(f.action, { method: 'POST', body }).catch(() => ({}));
  if (!r.ok) return say(W.acts.failed);
  const why = $('.why', f);
  if (b.dataset.vote) {
    votes.forEach(v => v.setAttribute('aria-pressed', String(v === b && on)));
    why.hidden = !on;
    $$('[data-for]', why).forEach(d => { d.hidden = !d.dataset.for.includes(b.dataset.vote); });
  } else b.parentNode.hidden = true;
  say(on ? plain($('p', why)) : W.acts.removed);
});
