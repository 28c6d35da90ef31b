/** Of `/docs.js`: examples with the own address in them, and a button that copies. */
export const DOCS_SCRIPT = `const live = location.origin.replace(/^http/, 'ws') + '/v1/live';
for (const code of document.querySelectorAll('figure code')) {
  code.textContent = code.textContent.replaceAll('ws://localhost:8080/v1/live', live).replaceAll('http://localhost:8080', location.origin);
}
for (const button of document.querySelectorAll('.copy')) {
  button.hidden = navigator.clipboard === undefined;
  button.addEventListener('click', async () => {
    const said = document.querySelector('#said');
    try {
      await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent);
      said.textContent = 'Copied';
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; said.textContent = ''; }, 2000);
    } catch {
      said.textContent = 'The browser does not allow copying; select the text';
    }
  });
}
`;
