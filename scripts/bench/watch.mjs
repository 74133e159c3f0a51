// What runs in the page beside the app and sees how it fares. The app itself tells nothing and is not changed.

/** Put into the page before anything of it runs; leaves `bench` behind. */
export function watch() {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const now = () => performance.now();
  const painted = new WeakMap(); // a canvas, and when it was last drawn
  let lastPaint = 0;

  // Whoever draws a chart anew clears its canvas first; the task that does so ends with the drawing.
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function clear(...area) {
    clearRect.apply(this, area);
    queueMicrotask(() => painted.set(this.canvas, lastPaint = now()));
  };

  const tasks = [];
  new PerformanceObserver((seen) => tasks.push(...seen.getEntries())).observe({ entryTypes: ['longtask'] });

  /** Longest time between two ticks of a timer, and between two frames, until `stop`. */
  function gaps() {
    const longest = { tick: 0, frame: 0 };
    const last = { tick: now(), frame: now() };
    const see = (what) => {
      longest[what] = Math.max(longest[what], now() - last[what]);
      last[what] = now();
    };
    const timer = setInterval(see, 5, 'tick');
    let going = true;
    const frame = () => {
      if (!going) return;
      see('frame');
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return {
      stop() {
        clearInterval(timer);
        going = false;
        return longest;
      },
    };
  }

  const isRead = () => / from [\d,]+ source/.test(document.querySelector('.statusbar')?.textContent ?? '') && !document.querySelector('.loading');

  /** From the moment the page gets files: until all are read and the views know, and until no chart is drawn any more. */
  async function reading(began, quiet) {
    const ticks = gaps();
    while (!isRead()) await pause(15);
    const read = now();
    const { tick, frame } = ticks.stop();
    while (now() - Math.max(read, lastPaint) < quiet) await pause(50);
    const mine = tasks.filter((task) => task.startTime >= began && task.startTime < read);
    return {
      read: read - began,
      drawn: Math.max(read, lastPaint) - began,
      // A task that began before the page had the files is the browser's own.
      longest: Math.max(0, ...mine.map((task) => task.duration)),
      tick,
      frame,
      records: Number(document.querySelector('.statusbar').textContent.match(/([\d,]+) record/)[1].replaceAll(',', '')),
      unread: document.querySelector('.statusbar .status-yellow')?.textContent ?? '',
    };
  }

  globalThis.bench = {
    /** The next files that are chosen are measured: the result is in `bench.result`. */
    arm(quiet) {
      bench.result = undefined;
      for (const id of ['pick-files', 'pick-folder']) {
        document.getElementById(id).addEventListener('change', async () => { bench.result = await reading(now(), quiet); }, { capture: true, once: true });
      }
    },

    /**
     * How long after `change` the charts have been drawn anew, and how many. It is over when `charts` of them are and no more
     * follow; where that is not known yet, after a silence that no chart's question outlasts.
     */
    async redrawn(change, charts) {
      const began = now();
      change();
      for (;;) {
        await pause(20);
        const done = [...document.querySelectorAll('.chart-box canvas')].map((chart) => painted.get(chart)).filter((at) => at >= began);
        const last = Math.max(began, ...done);
        const silence = now() - last;
        if ((done.length >= charts && silence > 600) || silence > (charts ? 20_000 : 6000)) return { ms: last - began, drawn: done.length };
      }
    },

    /** Until no chart has been drawn for `ms`. */
    async quiet(ms) {
      const from = now();
      while (now() - Math.max(from, lastPaint) < ms) await pause(50);
    },

    /** When the page could be used: its head is there and so is its interface for scripts (ms since navigation began). */
    async usable() {
      while (!document.querySelector('header.topbar') || typeof globalThis.trailbeam?.open !== 'function') await pause(1);
      return now();
    },
  };
  bench.interactive = bench.usable();
}
