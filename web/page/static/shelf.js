/* The start page's shelf of recent conversations: open one, find one, remove one. */
const shelf = $('.recent');
function showRecent() {
  const off = recent() === 'off', list = off ? [] : recent().filter(one => questions(one).length);
  shelf.hidden = !list.length && !off;
  $('.find', shelf).hidden = list.length < 6;
  $('ul', shelf).replaceChildren(...list.map(address => {
    const [first, ...more] = questions(address);
    const a = make('a', { href: address + '#turn-' + (more.length + 1) }, make('span', {}, first, ...(more.length ? [make('small', { textContent: fill(W.start.more_questions, { n: more.length }) })] : [])));
    const remove = make('button', { className: 't', type: 'button', textContent: '×', ariaLabel: fill(W.start.remove, { title: first }) });
    remove.dataset.remove = address;
    return make('li', {}, a, remove);
  }));
  $('[data-recent=clear]', shelf).hidden = off;
  $('[data-recent=off]', shelf).textContent = off ? W.start.keep : W.start.stop_keeping;
}
if (shelf) {
  showRecent();
  shelf.addEventListener('click', e => {
    const { recent: what, remove } = e.target.dataset;
    if (remove) kept.set('recent', JSON.stringify(recent().filter(one => one !== remove)));
    else if (what) kept.set('recent', what === 'off' && recent() !== 'off' ? '"off"' : null);
    else return;
    showRecent();
    ($('.go a', shelf) || $('#q')).focus();
  });
}
