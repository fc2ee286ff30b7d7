/* What the tests ask a page, and what they note while it loads. Put into every page before its own script. */
(() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const by = (elements, numbers, text) => {
    const found = {};
    elements.forEach(e => numbers(e).forEach(n => (found[n] ||= []).push(text(e))));
    return found;
  };
  const probes = window.probes = { cls: 0, lcp: 0, inp: 0, said: [], paint: null, waited: 0 };

  /* noted: policy violations, layout shifts that no input caused, the largest paint, what the status line said, the longest click */
  addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI));
  const observe = (type, note) => new PerformanceObserver(l => l.getEntries().forEach(note)).observe({ type, buffered: true });
  observe('layout-shift', e => { if (!e.hadRecentInput) probes.cls += e.value; });
  probes.painted = new Promise(done => observe('largest-contentful-paint', e => { probes.lcp = e.startTime; done(true); }));
  new PerformanceObserver(l => l.getEntries().forEach(e => { probes.inp = Math.max(probes.inp, e.duration); })).observe({ type: 'event', durationThreshold: 16 });
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    probes.paint = getComputedStyle(document.documentElement).colorScheme;
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
  addEventListener('DOMContentLoaded', () => {
    const watch = (selector, note, options) => {
      const e = document.querySelector(selector);
      if (e) new MutationObserver(note).observe(e, { childList: true, subtree: true, ...options });
    };
    watch('#say', () => { const text = document.querySelector('#say').textContent; if (text) probes.said.push(text); }, { characterData: true });
    let sent = 0;
    watch('.thread', changes => changes.forEach(c => {
      if (c.target.className === 'wait late') probes.waited = performance.now() - sent; else sent ||= performance.now();
    }), { attributes: true, attributeFilter: ['class'] });
  });

  /* a slow network: set probes.delay */
  const real = fetch;
  window.fetch = (...a) => (probes.delay ? new Promise(r => setTimeout(r, probes.delay)).then(() => real(...a)) : real(...a));

  /* every text that shows in the serif face, with the number of the citation it stands in */
  probes.serif = () => {
    const found = [], walk = document.createTreeWalker(document.querySelector('.thread'), NodeFilter.SHOW_TEXT);
    for (let n; n = walk.nextNode();) {
      const e = n.parentElement, face = getComputedStyle(e).fontFamily;
      if (!n.data.trim() || !face.startsWith('"Iowan')) continue;
      const at = e.closest('[data-c],[data-n]');
      found.push([n.data, at ? +(at.dataset.c || at.dataset.n) : 0]);
    }
    return found;
  };
  probes.quotes = () => by(all('.qt'), q => [q.dataset.c], q => q.textContent);
  probes.marks = () => by(all('.text mark'), m => m.className.match(/\d+/g), m => {
    const copy = m.cloneNode(true);
    copy.querySelectorAll('sup').forEach(s => s.remove());
    return copy.textContent;
  });

  /* controls that are too small, texts that are cut off, whether the focused element can be seen */
  probes.small = () => all('a,button,textarea,summary,label').flatMap(e => {
    const r = e.getBoundingClientRect();
    const hidden = !r.width || getComputedStyle(e).visibility === 'hidden' || e.closest('.sr,.skip') || e.htmlFor === 'q';
    if (hidden || e.matches('.as a, .meta a, .about p a, .ext')) return []; // links within a sentence are exempt
    const least = matchMedia('(pointer: coarse)').matches && e.matches('button,.btn,.t,.notes a,.go a,.toc a,summary') ? 44 : 24;
    const fits = Math.round(r.width) >= 24 && Math.round(r.height) >= least;
    return fits ? [] : [`${e.outerHTML.slice(0, 90)} ${r.width}x${r.height}`];
  });
  probes.cut = () => all('.btn,.t,.name,.bar a,h2,.go a').filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 80));
  probes.focus = () => {
    const e = document.activeElement;
    if (e === document.body) return null;
    const r = e.getClientRects()[0], half = length => Math.min(length, 30) / 2;
    const hit = document.elementFromPoint(r.left + half(r.width), r.top + half(r.height));
    return [e.outerHTML.slice(0, 80), !!hit && (e.contains(hit) || !!hit.closest('label')?.contains(e))];
  };
})();
