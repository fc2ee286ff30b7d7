/* The source page: which mark is current, a link to its words, the contents beside the text. */
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
