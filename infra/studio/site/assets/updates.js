/**
 * Watches the event log for changes made under this window's session id, after a menu item that asks for it.
 * The pauses grow and it gives up in the end; coming back to the page starts it afresh.
 */
const FIRST_MS = 700;
const GROWTH = 1.35;
const LONGEST_MS = 10_000;
const GIVE_UP_MS = 20 * 60_000;

export function createUpdates(session) {
  let cursor = 0;
  let pause = FIRST_MS;
  let watched = 0;
  let timer;
  let started = false;

  async function look() {
    try {
      const response = await fetch(`/_web/updates?session_uuid=${encodeURIComponent(session)}&since=${cursor}`);
      const { cursor: next, rows } = await response.json();
      cursor = next;
      for (const row of rows) show(row);
    } catch {
      // The site is away for a moment; the next look may find it.
    }
    watched += pause;
    pause = Math.min(LONGEST_MS, pause * GROWTH);
    if (watched < GIVE_UP_MS) timer = setTimeout(look, pause);
  }
  function start() {
    started = true;
    clearTimeout(timer);
    pause = FIRST_MS;
    watched = 0;
    timer = setTimeout(look, pause);
  }
  window.addEventListener('focus', () => {
    if (started) start();
  });
  return { start };
}

function show({ type, id, retired, cells }) {
  if (document.getElementById('site').dataset.type !== type) return;
  const row = document.querySelector(`[data-id="${id}"]`);
  if (!row) return;
  if (retired) return row.remove();
  for (const [field, html] of Object.entries(cells)) {
    const cell = row.querySelector(`[data-field="${field}"]`);
    if (!cell || cell.innerHTML === html) continue;
    cell.innerHTML = html;
    row.classList.add('changed');
    setTimeout(() => row.classList.remove('changed'), 2500);
  }
}
