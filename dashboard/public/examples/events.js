const form = document.querySelector('#order');
const heard = document.querySelector('#heard');

form.addEventListener('onhand-pickup-change', ({ detail: store }) => {
  heard.value = store === null ? 'Choose a store.' : `You chose ${store.name}: ${store.band}.`;
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  heard.value = `The form would send ${new URLSearchParams(new FormData(form))}.`;
});
