/* global atob, btoa, crypto, fetch, TextEncoder, URLSearchParams */

/**
 * Signing in to an OpenID Connect provider from a page: an authorization code with PKCE, no secret, no library.
 *
 * Source: https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth and RFC 7636
 */

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function discover(issuer) {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
  const provider = await answer.json();
  if (provider.issuer !== issuer) throw new Error(`${issuer} calls itself ${provider.issuer}`);
  return provider;
}

/**
 * Where to send the visitor, and what to remember meanwhile, in this tab alone (`sessionStorage`).
 *
 * `configuration` is `{ issuer, clientId, redirectUri }`.
 */
export async function beginLogin({ issuer, clientId, redirectUri }) {
  const { authorization_endpoint: endpoint } = await discover(issuer);
  const pending = { state: randomText(), nonce: randomText(), verifier: randomText() };
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  const address = new URL(endpoint);
  const parameters = {
    response_type: 'code',
    scope: 'openid',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return { address: address.href, pending };
}

/** The visitor's ID token; `address` is that of the page to which the provider has sent the visitor back. */
export async function finishLogin({ issuer, clientId, redirectUri }, address, pending) {
  const returned = new URL(address).searchParams;
  if (returned.get('state') !== pending.state) throw new Error('this sign-in was not begun here');
  const code = returned.get('code');
  if (code === null) throw new Error(returned.get('error') ?? 'the provider sent no code');
  const { token_endpoint: endpoint } = await discover(issuer);
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      redirect_uri: redirectUri,
      code_verifier: pending.verifier,
    }),
  });
  const { id_token: token } = await answer.json();
  if (!answer.ok || typeof token !== 'string') throw new Error('the provider gave no ID token');
  // It came from the provider itself; whether it is one that was asked for here, the nonce says.
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  if (JSON.parse(atob(payload)).nonce !== pending.nonce) throw new Error('the token is another’s');
  return token;
}

/** A call of the guarded API: the token is all that it needs. */
export function callApi(apiUrl, path, token) {
  return fetch(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
}
