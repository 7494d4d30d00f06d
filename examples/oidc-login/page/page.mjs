/* global document, fetch, history, location, sessionStorage */

import { beginLogin, callApi, finishLogin } from './login.mjs';

/* What the page does: a button to sign in, and what the API says. The token is held in memory, and nowhere else. */

const redirectUri = location.origin + location.pathname;
const output = document.querySelector('output');

async function main() {
  const { issuer, clientId, apiUrl } = await (await fetch('configuration.json')).json();
  const configuration = { issuer, clientId, redirectUri };
  document.querySelector('button').addEventListener('click', async () => {
    const { address, pending } = await beginLogin(configuration);
    sessionStorage.setItem('pending', JSON.stringify(pending));
    location.assign(address);
  });
  const pending = sessionStorage.getItem('pending');
  if (pending === null || location.search === '') return;
  sessionStorage.removeItem('pending');
  const token = await finishLogin(configuration, location.href, JSON.parse(pending));
  // The code is used up, and is nobody's business in the history.
  history.replaceState(null, '', redirectUri);
  const answer = await callApi(apiUrl, '/recipes', token);
  output.textContent = `${answer.status}: ${await answer.text()}`;
}

main().catch((error) => {
  output.textContent = error.message;
});
