// The other door: asks which hosts the app may reach, has the browser enforce exactly these, then starts the app.
(() => {
  'use strict';

  const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

  /** The origin that a line of the form names, or throws an Error that says what is wrong with it. */
  function origin(line) {
    const hint = 'write https://host or https://host:port';
    let url;
    try {
      url = new URL(line);
    } catch {
      throw new Error(`“${line}” is not a host: ${hint}.`);
    }
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOCAL.test(url.hostname))) {
      throw new Error(`“${line}” does not start with https:// (http:// is for localhost only).`);
    }
    // Whatever has a meaning in a policy (spaces, ; , ' *) is kept out of it.
    if (!/^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(url.origin)) {
      throw new Error(`“${line}” is not a host: ${hint}.`);
    }
    // What the policy will hold is what was read on the screen: nothing that the URL parser would have to drop or repair.
    const typed = line.replace(/\/$/, '').toLowerCase();
    const port = url.protocol === 'https:' ? ':443' : ':80';
    if (typed !== url.origin && typed !== url.origin + port) {
      throw new Error(`“${line}” is more than a host: ${hint}. Did you mean ${url.origin}?`);
    }
    return url.origin;
  }

  /** The distinct origins in the form's text, in order. */
  function origins(text) {
    const lines = text.split(/\s+/).filter(Boolean);
    if (lines.length === 0) throw new Error('Name at least one host, or use the local door.');
    return [...new Set(lines.map(origin))];
  }

  /** What `?open=URL` (any number of them) would need, to save typing; the person still decides. */
  function wanted() {
    const found = [];
    for (const open of new URLSearchParams(location.search).getAll('open')) {
      try {
        found.push(origin(new URL(open).origin));
      } catch {
        // Not an address this door can reach: the app says so when it is asked to open it.
      }
    }
    return [...new Set(found)];
  }

  function enforce(hosts) {
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
      `worker-src blob:; connect-src 'self' ${hosts.join(' ')}`;
    document.head.append(policy);
  }

  const form = document.getElementById('hosts-form');
  const field = document.getElementById('hosts');
  const error = document.getElementById('hosts-error');
  field.value = wanted().join('\n');
  field.focus();

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    let hosts;
    try {
      hosts = origins(field.value);
    } catch (problem) {
      error.textContent = problem.message;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
      return;
    }
    enforce(hosts);
    document.documentElement.dataset.hosts = hosts.join(' ');
    document.title = 'Trailbeam, online';
    const boot = document.getElementById('boot');
    boot.textContent = `Trailbeam is starting. It may reach ${hosts.join(', ')}.`;
    __trailbeam.start();
  });
})();
