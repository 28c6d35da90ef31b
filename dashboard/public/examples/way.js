const stock = document.querySelector('#switched');
const used = document.querySelector('#used');

document.querySelector('#ways').addEventListener('change', ({ target }) => {
  stock.setAttribute('transport', target.value);
});
const showWay = () => (used.value = stock.getAttribute('way') ?? 'none yet');
new MutationObserver(showWay).observe(stock, { attributeFilter: ['way'] });
showWay();
